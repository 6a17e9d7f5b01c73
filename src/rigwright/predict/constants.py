"""The tables of calibrated constants (``data/``), each read once.

``make calibrate`` writes them from published measurements; nothing else in prediction is
calibrated.
"""

import csv
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.errors import CatalogError

TABLE = Path(__file__).parent / "data" / "constants.csv"
COLUMNS = ("name", "value", "low", "high", "unit", "meaning", "calibrated_on", "error")
MAX_CONSTANTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """One row: a value inside its plausible range, what it means and where it was calibrated.

    error : half width of the value's 68 % interval by the curvature at the minimum, same unit;
    ``None`` when the value is a documented fact that was not calibrated.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    meaning: str
    calibrated_on: str
    error: float | None


class Constants(Mapping[str, float]):
    """name -> value; ``c["x"]`` or ``c.x``."""

    def __init__(self, values: Mapping[str, float]) -> None:
        vars(self).update(values)

    def __getitem__(self, name: str) -> float:
        return vars(self)[name]  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> float:
        raise AttributeError(f"no constant named {name!r}")

    def __iter__(self) -> Iterator[str]:
        return iter(vars(self))

    def __len__(self) -> int:
        return len(vars(self))

    def replace(self, values: Mapping[str, float]) -> "Constants":
        """A copy with some values changed. Raises KeyError for a name not in the table."""
        if unknown := set(values) - set(self):
            raise KeyError(sorted(unknown))
        return Constants({**self, **values})


def read(path: Path = TABLE) -> tuple[Constant, ...]:
    """Rows of the table. Raises CatalogError for a bad cell or a value outside its range."""
    rows = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            try:
                low, value, high = (float(row[k]) for k in ("low", "value", "high"))
                error = float(row["error"]) if row["error"] else None
            except (KeyError, ValueError) as bad:
                raise CatalogError(f"{path.name}: {row.get('name')}: {bad}") from None
            if not low <= value <= high:
                raise CatalogError(f"{path.name}: {row['name']}: {value} is not in {low}..{high}")
            texts = {k: row[k] for k in ("name", "unit", "meaning", "calibrated_on")}
            rows.append(Constant(value=value, low=low, high=high, error=error, **texts))
    return tuple(rows)


@functools.cache
def shipped(table: str = "constants") -> Constants:
    """A table in the package: ``constants`` (steps), ``memory``, ``serving`` or ``training``."""
    return Constants({row.name: row.value for row in read(TABLE.with_name(f"{table}.csv"))})
