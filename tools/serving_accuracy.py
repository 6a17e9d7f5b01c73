"""Calibrate or score serving times: ``python tools/serving_accuracy.py calibrate|score``."""

from rigwright_accuracy.errors import calibrate_or_score
from rigwright_accuracy.serving.score import recalibrate, scores

if __name__ == "__main__":
    raise SystemExit(calibrate_or_score("serving", recalibrate, scores))
