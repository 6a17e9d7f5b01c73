"""A torch module to operations, with fake tensors (extra: torch)."""
