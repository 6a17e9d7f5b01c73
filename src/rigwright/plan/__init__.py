"""The use cases: what commands and pages call; every result is a frozen value."""
