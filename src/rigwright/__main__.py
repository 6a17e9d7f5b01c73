"""``python -m rigwright``: the same as the command."""

from rigwright.cli import main

if __name__ == "__main__":
    main()
