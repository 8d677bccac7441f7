"""Arrays in, `Figure` out: one function per pair of axes."""
