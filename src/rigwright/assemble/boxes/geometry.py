"""What the case drawing is made of: boxes in millimetres, and the room that is left.

Axes, looking at the open side of a tower: x from the rear to the front, y from the top down, z from
the side panel to the far side. A case that lies on its side is the same picture, turned.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rigwright.spec.build import Verdict
from rigwright.spec.tables.table import records

Axis = Literal["x", "y", "z"]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """One part where it sits.

    kind : kind of part, or ``front`` for what a case has in front of the cards.
    x, y, z : spans in mm.  side, front : worst verdict of the rules on the room a view shows.
    usual : axis and name of its sizes that no data sheet gave, drawn at a usual value.
    hidden : behind the board tray, drawn dashed from the side.
    """

    kind: str
    label: str
    name: str
    x: Span
    y: Span
    z: Span
    side: Verdict = "ok"
    front: Verdict = "ok"
    usual: tuple[tuple[Axis, str], ...] = ()
    hidden: bool = False

    def span(self, axis: Axis) -> Span:
        """(from, to) along an axis, mm."""
        return {"x": self.x, "y": self.y, "z": self.z}[axis]


@dataclass(frozen=True, slots=True)
class Clearance:
    """How much of a room a part takes; both numbers come from the makers, the verdict from a rule.

    need, have : in ``unit``; None = not known.  axis, start, sign : where and which way it is
    measured, for the drawing; axis "" = only in words.
    """

    what: str
    part: str
    need: float | None
    have: float | None
    unit: str
    verdict: Verdict
    rule: str
    axis: Axis | Literal[""] = ""
    start: float = 0.0
    sign: int = 1

    @property
    def margin(self) -> float | None:
        """Room left, in ``unit``; negative when the part is too large; None = not known."""
        return None if self.need is None or self.have is None else self.have - self.need

    @property
    def words(self) -> str:
        """``160 of 161 mm, 1 mm left``."""
        text = f"{_number(self.need)} of {_number(self.have)} {self.unit}"
        margin = self.margin
        if margin is None:
            return f"{text}: measure it"
        word = "left" if margin >= 0 else "too much"
        return f"{text}, {_number(abs(margin))} {self.unit} {word}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.4g}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A build in its case.

    case_mm : outer depth (x), height (y) and width (z) as drawn.  lying : the case lies on its
    side, so y is its width and z its height.  openings : middle of each slot opening along y, none
    where cards sit elsewhere.  notes : what the drawing assumes.
    """

    case: str
    case_mm: tuple[float, float, float]
    lying: bool
    boxes: tuple[Box, ...]
    clearances: tuple[Clearance, ...]
    openings: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a card sits. position : slot opening, 1 = nearest the processor; width : lanes."""

    position: int
    width: int | None = None
    known: bool = True


# -- sizes that standards fix, and the usual ones where only a drawing would tell ----------
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
