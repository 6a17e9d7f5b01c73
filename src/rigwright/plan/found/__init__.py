"""Use cases about a finished machine: what was found, and whether it is what was planned."""
