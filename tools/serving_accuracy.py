"""Calibrate or score serving times: ``python tools/serving_accuracy.py calibrate|score``."""

from rigwright_accuracy.serving.score import main

if __name__ == "__main__":
    raise SystemExit(main())
