"""Calibrate or score training times: ``python tools/training_accuracy.py calibrate|score``."""

from rigwright_accuracy.training.score import main

if __name__ == "__main__":
    raise SystemExit(main())
