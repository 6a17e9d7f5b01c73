"""What coolers of a class carry where their maker rates none (``data/coolers.csv``)."""

import functools
from pathlib import Path

from rigwright.spec.tables.table import records

_FILE = Path(__file__).parent / "data" / "coolers.csv"


@functools.cache
def class_w(type_: str, size_mm: float | None) -> float | None:
    """Heat that air coolers of a height, or radiators of a length, carry, about [W]; else None."""
    size = max(size_mm or 0.0, 0.0)
    some = (r for r in records(_FILE) if r["type"] == type_ and 0 < size <= float(r["up_to_mm"]))
    return next((float(row["sustained_w"]) for row in some), None)
