"""When nothing fits: which demands clash, and what would help, each with its price."""
