"""Errors on published measurements: ``python tools/score.py [--write] [--quick]``."""

from rigwright_accuracy.score import main

if __name__ == "__main__":
    raise SystemExit(main())
