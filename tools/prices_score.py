"""Score or calibrate prices: ``python tools/prices_score.py score|calibrate [--db FILE]``."""

from __future__ import annotations

import argparse

from rigwright.catalog import source
from rigwright_accuracy import page
from rigwright_accuracy.errors import plain, write_csv
from rigwright_accuracy.prices.score import recalibrate, scores


def main() -> int:
    """Calibrate or score."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("what", choices=("score", "calibrate"))
    asked.add_argument("--db", help="database with an imported catalogue")
    asked.add_argument("--write", action="store_true", help="write the CSV and the page")
    given = asked.parse_args()
    if given.what == "calibrate":
        recalibrate()
    source.use("none")
    made = scores()
    print(plain(made))
    if given.write:
        write_csv(page.PRICES, made)
        page.PAGE.write_text(page.text(), encoding="utf-8")
    if given.db:
        source.use(given.db)
        print(f"\nWith {given.db}:\n\n{plain(scores())}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
