"""Calibrate or score peak memory: ``python tools/memory_accuracy.py calibrate|score``."""

from rigwright_accuracy.errors import calibrate_or_score
from rigwright_accuracy.memory.score import recalibrate, scored

if __name__ == "__main__":
    raise SystemExit(calibrate_or_score("memory", recalibrate, scored))
