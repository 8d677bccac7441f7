"""gpt2dash: why did GPT-2 write this?"""

__version__ = "0.1.0"
