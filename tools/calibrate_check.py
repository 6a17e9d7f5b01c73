"""Are the committed constants what their inputs give? ``python tools/calibrate_check.py``."""

from collections.abc import Iterator
from pathlib import Path

from rigwright.predict.constants import read
from rigwright_accuracy.stale import TABLES, main, rows_of

NEAR = 1e-3  # of its range: a constant that near to an end is stopped by it


def at_an_end(table: Path) -> Iterator[str]:
    """One line for each calibrated constant that its plausible range stops: no row tells it."""
    for row in read(table):
        if row.error and min(row.value - row.low, row.high - row.value) <= NEAR * (
            row.high - row.low
        ):
            yield f"{table.name}: {row.name}: {row.value:g} is an end of its range"


if __name__ == "__main__":
    stopped = [
        line for table in TABLES if "low" in next(iter(rows_of(table).values()))
        for line in at_an_end(table)
    ]  # fmt: skip
    print("\n".join(stopped) or "no calibrated constant is at an end of its range")
    raise SystemExit(main() or bool(stopped))
