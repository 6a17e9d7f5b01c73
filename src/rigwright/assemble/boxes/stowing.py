"""Supply and drives in the layout."""

from __future__ import annotations

from collections.abc import Callable

from rigwright.assemble.boxes.frame import FEET_MM, Frame
from rigwright.assemble.boxes.geometry import Axis, Box, Span
from rigwright.assemble.boxes.sizes import USUAL_MM, form_of, sizes_mm
from rigwright.spec.build import Build, Verdict
from rigwright.spec.parts import Drive

Worst = Callable[[str], tuple[Verdict, Verdict]]
BEHIND_MM = 20.0  # room behind the tray that takes a 2.5-inch drive
Where = tuple[Span, Span, Span]


def psu_start(f: Frame) -> float:
    """Where a supply's length is measured from, mm from the rear."""
    return 3.0 if f.psu in ("bottom", "behind") else f.board_x + 182.0


def psu(build: Build, f: Frame, worst: Worst) -> tuple[Box, ...]:
    """The supply at its usual place."""
    part = build.psu
    if part is None:
        return ()
    known = sizes_mm("psu")
    wide, high = known.get(form_of(part.form_factor), known["ATX"])
    length = part.length_mm or USUAL_MM["psu length"]
    along: Axis = "z" if f.psu == "front" else "x"
    usual = () if part.length_mm else ((along, "length"),)
    start, floor = psu_start(f), f.height - FEET_MM
    back = f.width - 6.0
    if f.psu == "bottom":
        where: Where = ((start, start + length), (floor - high, floor), (back - wide, back))
    elif f.psu == "behind":
        where = ((start, start + length), (floor - wide, floor), (back - high, back))
    elif f.psu == "front":
        end = f.depth - 24.0
        where = ((end - high, end), (f.top, f.top + wide), (4.0, 4.0 + length))
    else:
        where = ((start, start + length), (f.top, f.top + wide), (4.0, 4.0 + high))
    side, front = worst("psu")
    return (Box("psu", "power supply", part.name, *where, side, front, usual),)


def drives(build: Build, f: Frame, worst: Worst) -> tuple[Box, ...]:
    """M.2 on the board, 2.5-inch behind the tray, the rest low at the front."""
    found: list[Box] = []
    count = {"m2": 0, "behind": 0, "low": 0}
    for drive in build.drives:
        if drive.form_factor.startswith("M.2"):
            where, hidden, kind = _m2(drive, f, count["m2"]), False, "m2"
        else:
            thin = drive.form_factor == "2.5" and f.width - f.board_z >= BEHIND_MM
            kind = "behind" if thin else "low"
            where = _behind(f, count[kind]) if thin else _low(drive, f, count[kind])
            hidden = thin
        count[kind] += 1
        fine: tuple[Verdict, Verdict] = ("ok", "ok")
        side, front = fine if kind == "m2" else worst("drive")
        label = "M.2 drive" if kind == "m2" else f"{drive.form_factor}″ drive"
        found.append(Box("drive", label, drive.name, *where, side, front, (), hidden))
    return tuple(found)


def _m2(drive: Drive, f: Frame, index: int) -> Where:
    digits = drive.form_factor.removeprefix("M.2-")
    length = float(digits[2:]) if digits.isdigit() and len(digits) in (4, 5) else 80.0
    x = f.board_x + 62.0
    y = f.slot_y(1) - 28.0 + index * 40.64
    return (x, x + length), (y, y + 22.0), (f.board_z - 4.0, f.board_z)


def _behind(f: Frame, index: int) -> Where:
    long, wide, thick = sizes_mm("drive")["2.5"]
    x = f.board_x + 110.0
    y = f.top + 20.0 + index * (wide + 8.0)
    return (x, x + long), (y, y + wide), (f.board_z + 6.0, f.board_z + 6.0 + thick)


def _low(drive: Drive, f: Frame, index: int) -> Where:
    known = sizes_mm("drive")
    long, wide, thick = known.get(drive.form_factor, known["3.5"])
    end = (f.front or f.depth - 40.0) - 8.0
    bottom = f.height - FEET_MM - 4.0 - index * (thick + 8.0)
    middle = f.width / 2
    z = (max(middle - long / 2, 2.0), min(middle + long / 2, f.width - 2.0))
    return (end - wide, end), (bottom - thick, bottom), z
