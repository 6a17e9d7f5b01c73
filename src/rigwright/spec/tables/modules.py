"""How high memory modules of a series stand, where a kit's own height is missing."""

import functools
import re
from pathlib import Path

from rigwright.spec.tables.table import records

_FILE = Path(__file__).parent / "data" / "modules.csv"
_NO_SERIES = re.compile(  # sizes, colours and brackets in front of the type
    r"\(?\d+ ?(?:x ?\d+ ?)?gb\)?|\([^)]*\)|\b(?:black|white|silver|gr[ae]y|red|blue|gold|green|pink"
    r"|orange|yellow|purple|matte)\b"
)


@functools.cache
def _heights() -> dict[tuple[str, str], float]:
    return {(row["series"], row["memory"]): float(row["height_mm"]) for row in records(_FILE)}


def series_of(name: str) -> str:
    """Maker and series as the table writes them: ``Corsair Vengeance LPX Black DDR4-3200 …``."""
    return re.sub(r"[^a-z0-9]", "", _NO_SERIES.sub(" ", name.lower().split("ddr")[0]))


@functools.cache
def series_height_mm(name: str, memory: str) -> float | None:
    """Height of the tallest module of the series that a kit's name tells. [mm]"""
    return _heights().get((series_of(name), memory))
