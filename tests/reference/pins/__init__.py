"""Our own numbers for a spread of questions, pinned: ``python -m tests.reference.pins`` makes
``tests/reference/pinned.csv`` again. A change of any of them is seen, and has to be meant.
"""
