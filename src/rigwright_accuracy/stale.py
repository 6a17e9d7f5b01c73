"""Is a committed table of constants what its inputs give? ``python tools/calibrate_check.py``.

Fits every table again beside the committed one and compares them cell by cell. Exit 1 when one is
stale, 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rigwright.catalog.prices import nowcast
from rigwright.predict import constants, serving, training
from rigwright.predict.memory import peak
from rigwright_accuracy.measured import SharedDataMissingError, cells_of
from rigwright_accuracy.memory import score as memory_fit
from rigwright_accuracy.prices import score as prices_fit
from rigwright_accuracy.serving import score as serving_fit
from rigwright_accuracy.step import calibration as step_fit
from rigwright_accuracy.training import score as training_fit

TABLES: dict[Path, Callable[[Path], Any]] = {
    constants.TABLE: step_fit.recalibrate, peak.TABLE: memory_fit.recalibrate,
    serving.TABLE: serving_fit.recalibrate, training.TABLE: training_fit.recalibrate,
    nowcast.TABLE: prices_fit.recalibrate,
}  # fmt: skip
VALUE, ERROR = 0.005, 0.2
"""Relative differences that libraries and processors make, of values and of their errors."""


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    """Rows by the constant's name."""
    return {row["name"]: row for row in cells_of(path)}


def same(column: str, old: str, new: str) -> bool:
    """Whether two cells are the same but for what another processor may change."""
    if old == new:
        return True
    allowed = {"value": VALUE, "error": ERROR, "low": 0.0, "high": 0.0}.get(column)
    try:
        first, second = float(old), float(new)
    except ValueError:
        return False
    return allowed is not None and abs(first - second) <= allowed * max(abs(first), abs(second))


def stale(committed: Path, made: Path) -> Iterator[str]:
    """One line for each cell that is not what the inputs give."""
    old, new = rows_of(committed), rows_of(made)
    for name in {**old, **new}:
        before, after = old.get(name, {}), new.get(name, {})
        for column in {**before, **after}:
            was, gives = before.get(column, "nothing"), after.get(column, "nothing")
            if not same(column, was, gives):
                yield f"{committed.name}: {name}: {column} is {was}, its inputs give {gives}"


def main() -> int:
    """Fit again and compare."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for table, refit in TABLES.items():
                refit(Path(folder) / table.name)
                found += stale(table, Path(folder) / table.name)
        except SharedDataMissingError as missing:
            print(f"calibrate-check: {missing}", file=sys.stderr)
            return 2
    print("\n".join(found) or f"{len(TABLES)} tables are what their inputs give")
    if found:
        print(f"{len(found)} cells are stale: make calibrate", file=sys.stderr)
    return 1 if found else 0
