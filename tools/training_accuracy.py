"""Calibrate or score training times: ``python tools/training_accuracy.py calibrate|score``."""

from rigwright_accuracy.errors import calibrate_or_score
from rigwright_accuracy.training.score import recalibrate, scores

if __name__ == "__main__":
    raise SystemExit(calibrate_or_score("training", recalibrate, scores))
