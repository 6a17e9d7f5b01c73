"""Are the committed constants what their inputs give? ``python tools/calibrate_check.py``."""

from rigwright_accuracy.stale import main

if __name__ == "__main__":
    raise SystemExit(main())
