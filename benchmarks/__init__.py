"""gpt2dash's speed and memory, measured beside `transformers` in one run: `python -m benchmarks --help`."""

# gpt2dash sets how torch's threads wait, which counts only before torch is first imported
from gpt2dash import __version__ as __version__
