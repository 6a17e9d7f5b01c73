"""Supply, drives and coolers in the layout: a block on the processor, a radiator at its place."""

from collections.abc import Callable

from rigwright.assemble.boxes.frame import FEET_MM, Frame
from rigwright.assemble.boxes.geometry import FAN_MM, USUAL_MM, Axis, Box, Span, form_of, sizes_mm
from rigwright.spec.build import Build, Verdict
from rigwright.spec.parts import Cooler, Drive

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
