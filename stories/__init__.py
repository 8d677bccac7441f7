"""A grammar of simple stories: seeded text from which a small language model learns habits one can look at."""
