"""What ``tools/mutants.py`` plants, and which tests reach it."""
