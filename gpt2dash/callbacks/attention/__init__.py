"""The panels of the attention page, one a file."""
