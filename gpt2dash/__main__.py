"""`python -m gpt2dash`: the same as the command `gpt2dash`."""

from gpt2dash.cli import main

main()
