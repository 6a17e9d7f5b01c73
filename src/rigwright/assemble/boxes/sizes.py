"""Sizes that standards fix, and the usual ones where only a maker's drawing would tell."""

import functools
import re
from pathlib import Path

from rigwright.spec.tables.table import records

DATA = Path(__file__).parents[1] / "data"
SLOT_MM = 20.32  # pitch of expansion slots, ATX 2.2 and PCIe CEM
FIRST_SLOT_MM = 163.0  # top of the board to the middle of slot 1; the microATX drawing, about
FAN_MM = 25.0
USUAL_MM = {
    "card length": 270.0, "card height": 120.0, "card slots": 2.5, "cooler height": 155.0,
    "cooler width": 125.0, "cooler depth": 85.0, "psu length": 160.0, "radiator thickness": 27.0,
}  # fmt: skip


@functools.cache
def sizes_mm(what: str) -> dict[str, tuple[float, ...]]:
    """Form of a board, psu, drive, radiator or module -> sizes, in the order of its ``meaning``."""
    rows = (row for row in records(DATA / "sizes.csv") if row["what"] == what)
    return {row["name"]: tuple(map(float, row["mm"].split("|"))) for row in rows}


def form_of(text: str | None) -> str:
    """``Micro-ATX`` -> ``MICROATX``: the spelling of the table."""
    key = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    return {"MATX": "MICROATX", "UATX": "MICROATX", "MITX": "MINIITX", "ITX": "MINIITX"}.get(
        key, key
    )
