"""Calibrate or score peak memory: ``python tools/memory_accuracy.py calibrate|score``."""

from rigwright_accuracy.memory.score import main

if __name__ == "__main__":
    raise SystemExit(main())
