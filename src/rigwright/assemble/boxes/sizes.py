"""Sizes that standards fix, and the usual ones where only a maker's drawing would tell."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import table

DATA = Path(__file__).parents[1] / "data"
SLOT_MM = 20.32  # pitch of expansion slots, ATX 2.2 and PCIe CEM
FIRST_SLOT_MM = 163.0  # top of the board to the middle of slot 1; the microATX drawing, about
FAN_MM = 25.0
USUAL_MM = {
    "card length": 270.0, "card height": 120.0, "card slots": 2.5, "cooler height": 155.0,
    "cooler width": 125.0, "cooler depth": 85.0, "psu length": 160.0, "radiator thickness": 27.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """Outer sizes of one form; ``meaning`` says which, in order.

    what : board, psu, drive, radiator (by class in mm) or module.
    """

    what: str
    name: str
    mm: tuple[float, ...]
    meaning: str


@functools.cache
def sizes_mm(what: str) -> dict[str, tuple[float, ...]]:
    """Form -> sizes, as ``data/sizes.csv`` says."""
    return {row.name: row.mm for row in table(Size, DATA / "sizes.csv") if row.what == what}


def form_of(text: str | None) -> str:
    """``Micro-ATX`` -> ``MICROATX``: the spelling of the table."""
    key = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    return {"MATX": "MICROATX", "UATX": "MICROATX", "MITX": "MINIITX", "ITX": "MINIITX"}.get(
        key, key
    )
