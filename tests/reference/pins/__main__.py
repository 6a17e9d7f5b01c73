"""Make ``tests/reference/pinned.csv`` again: ``python -m tests.reference.pins``."""

from tests.reference.pins.table import write

if __name__ == "__main__":
    for line in write():
        print(line)
