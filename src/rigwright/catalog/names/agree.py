"""Where the specifications a line states and those of a part do not agree, one check per kind.

A check yields one phrase per contradiction. ``enough`` says whether the line states what tells
parts of this kind apart at all: a memory kit without its size and speed names nothing.
"""

from collections.abc import Callable, Iterable, Iterator

from rigwright.catalog.names.claims import Claims
from rigwright.catalog.names.namewords import sorts
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit

_TWO_MEMORIES = ("H610", "B660", "H670", "Z690", "B760", "H770", "Z790")
_BOARD_SIZES = {"Mini-ITX": "itx", "Micro-ATX": "matx", "ATX": "atx"}


def _near(have: float | None, claimed: Iterable[float], tolerance: float) -> bool:
    values = tuple(claimed)
    return have is None or not values or any(abs(have - v) <= tolerance * have for v in values)


def _size(gib: float) -> str:
    return f"{gib / 1000:g} TB" if gib >= 1000 else f"{gib:g} GB"


def _card(part: Card, name: Claims, line: Claims, chip: Chip | None) -> Iterator[str]:
    if chip is not None:
        vram_gib = chip.vram_bytes * part.chip_count / 2**30
        if not _near(vram_gib, line.capacities_gb, 0.03):
            yield f"it has {vram_gib:g} GB"
    vram = name.vram_type or (chip.memory_type or "" if chip else "").lower()
    # GDDR6X is often shortened to GDDR6, never the other way round.
    if line.vram_type and vram and line.vram_type not in (vram, vram.removesuffix("x")):
        yield f"it has {vram.upper()}"


_LINES = sorts("processor line")["line"]


def _cpu(part: Cpu, name: Claims, line: Claims, _chip: Chip | None) -> Iterator[str]:
    if other := (line.words & _LINES) - name.words:
        yield f"it is no {min(other).capitalize()}"
    if line.cores not in (None, part.cores):
        yield f"it has {part.cores} cores"
    if "pro" in line.words and "pro" not in name.words:
        yield "it is no PRO"
    pro = "pro" in name.words and "pro" not in line.words
    if pro and "threadripper" not in name.words:
        yield "it is a PRO"


def _older(part: Board, name: Claims) -> bool:
    both = part.chipset[:4] in _TWO_MEMORIES and part.memory_type == "DDR4"
    return both and (name.memory_type == "DDR4" or "d4" in name.words)


def _board(part: Board, name: Claims, line: Claims, _chip: Chip | None) -> Iterator[str]:
    told = line.memory_type or ("DDR4" if "d4" in line.words else None)
    # Boards for either memory are sold in two editions; the one for the older says so.
    if told not in (None, part.memory_type) or (told is None and _older(part, name)):
        yield f"it takes {part.memory_type}"
    if line.socket is not None and line.socket[:4] not in part.socket:
        yield f"its socket is {part.socket}"
    socket = part.socket.lower().lstrip("s")
    if line.amd_socket and line.amd_socket.lstrip("s")[:3] != socket[:3]:
        yield f"its socket is {part.socket}"
    form = _BOARD_SIZES.get(part.form_factor or "", name.form or "eatx")
    # Whether a board is ATX or a little larger is said in many ways.
    if (
        line.form
        and part.form_factor
        and line.form != form
        and {line.form, form} != {"atx", "eatx"}
    ):
        yield f"it is {part.form_factor}"


def _cooler(part: Cooler, name: Claims, line: Claims, _chip: Chip | None) -> Iterator[str]:
    if (
        part.type == "liquid"
        and line.radiator_mm
        and part.radiator_mm not in (None, line.radiator_mm)
    ):
        yield f"its radiator is {part.radiator_mm} mm"
    height = part.height_mm if part.type == "air" else None
    if line.height_mm and height and abs(height - line.height_mm) > 1.5:
        yield f"it is {height:g} mm high"
    if line.cfm and name.cfm and abs(line.cfm - name.cfm) > 0.06 * name.cfm:
        yield f"it moves {name.cfm:g} CFM"


_CASE_SIZES = {"itx": "mini-itx", "matx": "micro-atx", "atx": "atx"}


def _case(part: Case, name: Claims, line: Claims, _chip: Chip | None) -> Iterator[str]:
    if line.panel and name.panel and line.panel != name.panel:
        yield f"its side is {name.panel}"
    if line.form is None or "eatx" in (line.form, name.form):
        return
    if name.form is not None and name.form != line.form:
        yield f"it is {name.form.upper()}"
    taken = {form.lower().replace(" ", "-") for form in part.board_form_factors}
    if name.form is None and taken and _CASE_SIZES[line.form] not in taken:
        yield f"it takes {' and '.join(part.board_form_factors)}"


def _ram(part: RamKit, _name: Claims, line: Claims, _chip: Chip | None) -> Iterator[str]:
    if line.memory_type not in (None, part.type):
        yield f"it is {part.type}"
    if line.cas is not None and part.cas not in (None, line.cas):
        yield f"it is CL{part.cas}"
    if line.mt_s is not None and line.mt_s != part.speed_mt_s:
        yield f"it runs at {part.speed_mt_s or 0:g} MT/s"
    if line.registered is not None and part.form and line.registered != (part.form == "RDIMM"):
        yield f"it is a {part.form}"
    if line.modules is not None and line.module_gb is not None:
        if (line.modules, line.module_gb) != (part.modules, part.module_gib):
            yield f"it is {part.modules} x {part.module_gib:g} GB"
        total = line.modules * line.module_gb
        for odd in set(line.capacities_gb) - {total, line.module_gb}:
            yield f"{line.modules} x {line.module_gb:g} GB are not {odd:g} GB"
    elif line.capacities_gb and part.modules * part.module_gib not in line.capacities_gb:
        yield f"it is {part.modules} x {part.module_gib:g} GB"


# A short drive is named with its length.
_SHORT = ("M.2-2230", "M.2-2242")


def _capacity(part: Drive, line: Claims) -> bool:
    """1 TB may be 1024 GB; 500 GB and 512 GB are two drives."""
    have = part.capacity_bytes / 1e9
    return any(
        abs(have - gb) <= (0.025 * have if gb >= 1000 and gb % 250 == 0 else 0.5)
        for gb in line.capacities_gb
    )


def _drive(part: Drive, name: Claims, line: Claims, _chip: Chip | None) -> Iterator[str]:
    if line.rpm not in (None, part.rpm):
        yield f"it turns at {part.rpm} rpm" if part.rpm else "it does not turn"
    form = line.drive_form
    if part.form_factor in _SHORT and form in (None, "M.2"):
        yield f"it is {part.form_factor}"
    if form and part.form_factor and not part.form_factor.startswith(form):
        yield f"it is {part.form_factor}"
    if line.capacities_gb and not _capacity(part, line):
        yield f"it holds {_size(part.capacity_bytes / 1e9)}"
    if line.drive_type and part.type and line.drive_type != part.type:
        yield f"it is an {part.type.upper()}"
    if line.hybrid and not name.hybrid:
        yield "it is no hybrid"
    if line.interface and part.interface in ("pcie", "sata") and line.interface != part.interface:
        yield f"its link is {part.interface}"
    if line.pcie_gen and part.pcie_gen and line.pcie_gen != part.pcie_gen:
        yield f"it is PCIe {part.pcie_gen:g}"


def _psu(part: Psu, name: Claims, line: Claims, _chip: Chip | None) -> Iterator[str]:
    if line.watts not in (None, part.watts):
        yield f"it gives {part.watts or 0:g} W"
    if line.efficiency and part.efficiency not in (None, line.efficiency):
        yield f"it is 80+ {part.efficiency}"
    if line.modular and part.modular:
        good = part.modular != "no" if line.modular == "some" else part.modular == line.modular
        if not good:
            yield {"full": "it is fully modular", "semi": "it is semi-modular"}.get(
                part.modular, "it is not modular"
            )
    form = part.form_factor.lower().replace("-", "")
    if line.form and form and not form.startswith(line.form):
        yield f"it is {part.form_factor}"
    if line.atx and name.atx is None and not (part.atx_version or "").startswith(line.atx):
        yield f"it is ATX {part.atx_version}" if part.atx_version else "it may not be ATX 3"


_CHECKS: dict[str, Callable[..., Iterator[str]]] = {
    "card": _card, "cpu": _cpu, "board": _board, "cooler": _cooler, "ram": _ram, "drive": _drive,
    "psu": _psu, "case": _case,
}  # fmt: skip


def clashes(part: Part, name: Claims, line: Claims, chip: Chip | None) -> tuple[str, ...]:
    """What the line says of the part that is not so; empty when nothing speaks against it."""
    check = _CHECKS.get(part.kind)
    found = list(check(part, name, line, chip)) if check else []
    both = line.colours and name.colours
    # `Black / Silver` may be called black, not silver.
    if both and line.colours[0] != name.colours[0] and set(line.colours) != set(name.colours):
        found.append(f"it is {' and '.join(name.colours)}")
    return tuple(found)


def enough(kind: str, line: Claims, chip: Chip | None) -> bool:
    """Whether the line tells parts of this kind apart: kits by size and speed, drives by size."""
    if kind == "ram":
        return line.mt_s is not None and line.modules is not None
    if kind == "drive":
        return bool(line.capacities_gb)
    return kind != "card" or chip is not None
