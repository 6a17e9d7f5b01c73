"""Calibrate the constants of step times again: ``python tools/calibrate.py``."""

from rigwright_accuracy.step.calibration import main

if __name__ == "__main__":
    raise SystemExit(main())
