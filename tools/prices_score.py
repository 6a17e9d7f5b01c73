"""Score or calibrate prices: ``python tools/prices_score.py score|calibrate [--db FILE]``."""

from rigwright_accuracy.prices.score import main

if __name__ == "__main__":
    raise SystemExit(main())
