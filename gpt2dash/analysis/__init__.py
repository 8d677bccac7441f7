"""What can be computed from a trace: pure functions of tensors."""
