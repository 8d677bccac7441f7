"""The panels of the generation page, one a file."""
