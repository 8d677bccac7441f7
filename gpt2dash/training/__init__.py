"""Training a tokenizer and a GPT-2 from text files: the code behind `gpt2dash train`."""
