"""One file per view: register, lay out, wire."""
