"""Coolers in the layout: a block on the processor, a radiator at one of the case's places."""

from __future__ import annotations

from collections.abc import Callable

from rigwright.assemble.boxes.frame import FEET_MM, Frame
from rigwright.assemble.boxes.geometry import Axis, Box, Span
from rigwright.assemble.boxes.sizes import FAN_MM, USUAL_MM, form_of, sizes_mm
from rigwright.spec.build import Build, Verdict
from rigwright.spec.parts import Cooler

Worst = Callable[[str], tuple[Verdict, Verdict]]
Usual = tuple[tuple[Axis, str], ...]
X: Axis = "x"
Y: Axis = "y"
Z: Axis = "z"
FOOTPRINT: Usual = ((Y, "width"), (X, "depth"))
LOW_MM = 80.0  # below this a cooler blows down on the board and is as deep as it is wide


def radiator_depth(build: Build) -> float:
    """Radiator with its fans, mm; 0 without one."""
    cooler = build.cooler
    if cooler is None or cooler.type != "liquid":
        return 0.0
    return (cooler.radiator_thickness_mm or USUAL_MM["radiator thickness"]) + FAN_MM


def _socket(build: Build, f: Frame) -> tuple[float, float]:
    """Middle of the processor socket."""
    small = build.board is not None and form_of(build.board.form_factor) == "MINIITX"
    return f.board_x + (80.0 if small else 104.0), f.top + (78.0 if small else 84.0)


def _around(middle: float, size: float) -> Span:
    return middle - size / 2, middle + size / 2


def air_cooler(build: Build, f: Frame, worst: Worst) -> tuple[Box, ...]:
    """The tower or flat cooler; also the one that came in the processor's box."""
    cooler, cpu = build.cooler, build.cpu
    if cpu is None or (cooler is not None and cooler.type == "liquid"):
        return ()
    x, y = _socket(build, f)
    side, front = worst("cooler")
    if cooler is None:
        if not cpu.includes_cooler:
            return ()
        z = (f.board_z - 60.0, f.board_z)
        where = (_around(x, 95.0), _around(y, 95.0), z)
        usual: Usual = (("z", "height"), *FOOTPRINT)
        return (Box("cooler", "boxed cooler", f"cooler in the box of {cpu.name}", *where,
                    side, front, usual),)  # fmt: skip
    height = cooler.height_mm or USUAL_MM["cooler height"]
    deep = USUAL_MM["cooler depth"] if height > LOW_MM else 110.0
    usual = FOOTPRINT if cooler.height_mm else (("z", "height"), *FOOTPRINT)
    across = _around(y, USUAL_MM["cooler width"])
    y0 = max(across[0], 2.0)
    where = (_around(x, deep), (y0, across[1]), (f.board_z - height, f.board_z))
    return (Box("cooler", "cooler", cooler.name, *where, side, front, usual),)


def liquid_cooler(build: Build, f: Frame, worst: Worst, place: str | None) -> tuple[Box, ...]:
    """Pump on the processor and radiator; a radiator without a place is left to the words."""
    cooler = build.cooler
    if cooler is None or cooler.type != "liquid":
        return ()
    x, y = _socket(build, f)
    high = cooler.height_mm or 55.0
    where = (_around(x, 75.0), _around(y, 75.0), (f.board_z - high, f.board_z))
    usual: Usual = FOOTPRINT if cooler.height_mm else (("z", "height"), *FOOTPRINT)
    pump = Box("cooler", "pump", cooler.name, *where, "ok", worst("cooler")[1], usual)
    return (pump, *_radiator(cooler, f, worst, place))


def _radiator(cooler: Cooler, f: Frame, worst: Worst, place: str | None) -> tuple[Box, ...]:
    size = sizes_mm("radiator").get(f"{cooler.radiator_mm or 0:g}")
    if place is None or size is None:
        return ()
    length, width = size
    thick = (cooler.radiator_thickness_mm or USUAL_MM["radiator thickness"]) + FAN_MM
    z_mid = _around(f.board_z / 2, min(width, f.width - 4))
    front = f.front or f.depth - 40.0
    along_x = _around(min((f.depth - 20) / 2, f.depth - length / 2 - 4), length)
    down = (8.0, 8.0 + length)
    places: dict[str, tuple[Span, Span, Span]] = {
        "front": ((front - thick, front), down, z_mid),
        "top": (along_x, (4.0, 4.0 + thick), (6.0, 6.0 + width)),
        "bottom": (along_x, (f.height - FEET_MM - thick, f.height - FEET_MM), (6.0, 6.0 + width)),
        "rear": ((2.0, 2.0 + thick), (f.top, f.top + length), z_mid),
        "side": (
            (f.board_x + 252.0, f.board_x + 252.0 + width), down, (f.board_z - thick, f.board_z)
        ),
    }  # fmt: skip
    if place not in places:
        return ()
    side, front_verdict = worst("radiator")
    thin: Axis = {"front": X, "rear": X, "side": Z}.get(place, Y)
    long, across = [axis for axis in (Y, X, Z) if axis != thin]
    usual: Usual = ((long, "length"), (across, "width"))
    if not cooler.radiator_thickness_mm:
        usual = (*usual, (thin, "thickness"))
    label = f"{cooler.radiator_mm} mm radiator"
    return (Box("radiator", label, cooler.name, *places[place], side, front_verdict, usual),)
