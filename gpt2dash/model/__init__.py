"""GPT-2 itself: shape, weights, tokens."""
