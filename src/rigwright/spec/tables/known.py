"""What names and classes tell where a part's own maker does not: each read from a small table.

Links of PCIe, coolers of a class, product lines of processors, heights of memory modules.
"""

import functools
import re
from collections.abc import Iterator
from pathlib import Path

from rigwright.spec.tables.table import column, records

DATA = Path(__file__).parent / "data"


@functools.cache
def lane_rates() -> dict[float, float]:
    """Generation of PCIe -> payload of one lane in one direction. [B/s]"""
    rates = column(DATA / "pcie.csv", "gen", "lane_bytes_per_s")
    return {float(gen): rate for gen, rate in rates.items()}


@functools.cache
def class_w(type_: str, size_mm: float | None) -> float | None:
    """Heat that air coolers of a height, or radiators of a length, carry, about [W]; else None."""
    size, rows = max(size_mm or 0.0, 0.0), records(DATA / "coolers.csv")
    some = (r for r in rows if r["type"] == type_ and 0 < size <= float(r["up_to_mm"]))
    return next((float(row["sustained_w"]) for row in some), None)


@functools.cache
def product_lines() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(line, pattern of how names write it), in the order in which they are tried.

    Processors of one core and socket are sold as lines that boards treat differently: Xeon E3 v5
    and Core i7-6700 are both Skylake on LGA1151, and a Z170 board starts only one of them.
    """
    rows = records(DATA / "lines.csv")
    return tuple((row["line"], re.compile(row["written"])) for row in rows)


@functools.cache
def line_of(name: str) -> str:
    """``Intel Xeon E3-1230 v5`` -> ``xeon-e3-v5``; empty where the name does not tell."""
    text = " ".join(re.sub(r"\(.*?\)|[™®]", " ", name.lower()).split())
    return next((line for line, written in product_lines() if written.search(text)), "")


_NO_SERIES = re.compile(  # sizes, colours and brackets in front of the type
    r"\(?\d+ ?(?:x ?\d+ ?)?gb\)?|\([^)]*\)|\b(?:black|white|silver|gr[ae]y|red|blue|gold|green|pink"
    r"|orange|yellow|purple|matte)\b"
)


@functools.cache
def module_heights() -> dict[tuple[str, str], float]:
    """(series as ``series_of`` writes it, type of memory) -> height of its modules. [mm]"""
    rows = records(DATA / "modules.csv")
    return {(row["series"], row["memory"]): float(row["height_mm"]) for row in rows}


def series_of(name: str) -> str:
    """Maker and series as the table writes them: ``Corsair Vengeance LPX Black DDR4-3200 …``."""
    return re.sub(r"[^a-z0-9]", "", _NO_SERIES.sub(" ", name.lower().split("ddr")[0]))


NAMES_KEPT = 1 << 14
"""Of names whose series were looked up; lists that people paste bring ever new ones."""


def _series(table: str, name: str) -> Iterator[dict[str, str]]:
    """Rows of a table for the series that a name tells; ``maker`` is its first word, or empty."""
    text = name.lower()
    first = text.split(" ", 1)[0]
    for row in records(DATA / table):
        if row["maker"] in ("", first) and re.search(row["written"], text):
            yield row


@functools.lru_cache(maxsize=NAMES_KEPT)
def series_depth_mm(name: str) -> float | None:
    """Rear edge to front edge of the boards of the series that a name tells. [mm]"""
    return next((float(row["depth_mm"]) for row in _series("board_series.csv", name)), None)


@functools.lru_cache(maxsize=NAMES_KEPT)
def least_plugs(name: str, watts: float | None) -> tuple[int, int]:
    """(6+2-pin, 16-pin) plugs that supplies of a family have at least; zeros = not known."""
    rows = _series("supply_families.csv", name)
    row = next((r for r in rows if float(r["watts_least"]) <= (watts or 0.0)), None)
    return (int(row["eight_least"]), int(row["sixteen_least"])) if row else (0, 0)


@functools.lru_cache(maxsize=NAMES_KEPT)
def least_room(name: str) -> tuple[tuple[str, ...], float | None]:
    """(radiator places, cooler height [mm]) that cases of a series have at least."""
    row = next(_series("case_series.csv", name), None)
    if row is None:
        return (), None
    return tuple(row["radiators_least"].split("|")), float(row["cooler_least_mm"])


def series_height_mm(name: str, memory: str) -> float | None:
    """Height of the tallest module of the series that a kit's name tells. [mm]"""
    return module_heights().get((series_of(name), memory))
