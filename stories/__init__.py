"""A grammar of simple stories: seeded text that teaches a small language model habits one can look at."""
