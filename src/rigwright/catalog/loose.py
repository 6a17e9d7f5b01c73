"""A part of which a line tells facts and no name: ``750 W Corsair``, ``ATX case with 3 fans``.

What is told is taken, everything else stays unknown: empty text, zero or None, as in imports.
"""

import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any

from rigwright.catalog import tables
from rigwright.catalog.names.claims import Claims, claims_of, plain
from rigwright.catalog.names.namewords import said
from rigwright.catalog.source import load
from rigwright.catalog.tables import slug
from rigwright.fit.facts.platforms import families, platforms, sockets
from rigwright.spec.fact import types_of
from rigwright.spec.parts import PART_TYPES, Card, Case, Chip, Cooler, Cpu, Part, RamKit
from rigwright.spec.tables.table import table

MARK = " (not identified)"
"""Ends the name of such a part, so that its name read again means the same part."""
TYPES: dict[str, type[Part]] = {t.kind: t for t in PART_TYPES if t is not Chip}
FORMS = {"itx": "Mini-ITX", "matx": "Micro-ATX", "atx": "ATX", "eatx": "E-ATX"}
SUPPLY_FORMS = {"atx": "ATX", "sfx": "SFX", "sfxl": "SFX-L", "tfx": "TFX", "flex": "Flex"}
TWO_SOCKETS = frozenset({"lga1151"})
"""Names that two sockets share."""
MODULE_GIB = frozenset((1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256))
"""Sizes in which modules are made. [GiB]"""
MODULE_GIB_LEAST = {("DDR4", ""): 4, ("DDR5", ""): 8, ("DDR5", "RDIMM"): 16}
MODULE_GIB_MOST = {("DDR3", ""): 32, ("DDR4", ""): 256, ("DDR5", ""): 256}
MODULE_GIB_MOST |= {("DDR3", "UDIMM"): 8, ("DDR4", "UDIMM"): 32, ("DDR5", "UDIMM"): 64}
MODULES_MOST = 16
BARE_GB = frozenset(map(str, (120, 128, 240, 250, 256, 480, 500, 512, 960, 1000, 1024)))
"""Sizes that people write of a drive without the unit."""
Facts = dict[str, Any]
_CPUS = Path(__file__).parent / "data" / "cpu_series.csv"
_MATX = re.compile(r"\b(?:ga-)?[abhqz]\d{2,3}m(?![a-z\d])")
"""``H110M-A``: 624 of 644 boards of OpenDB with an M behind the chipset are micro-ATX."""


@dataclass(frozen=True, slots=True)
class CpuSeries:
    """What the model number of a processor tells, where no row of its own is known.

    written : how people write it, as a regular expression in lower case; the first row wins.
    """

    written: str
    socket: str
    generation: str
    memory_types: tuple[str, ...]
    registered_memory: str


LABELS = frozenset(f.name for f in fields(Part))


TOLD = {kind: text for text, kind in said("told").items()}
"""Facts that are enough."""


def is_loose(part: Part) -> bool:
    """Whether only what somebody wrote of the part is known."""
    return part.name.endswith(MARK)


def card_of_chip(chip: Chip, text: str) -> Card:
    """A card of which only the chip is known: reference power, size and plugs unknown."""
    dies = max((c.chip_count for c in load(Card) if c.chip == chip.id), default=1)
    return Card(
        id=f"unknown-{chip.id}", name=text.removesuffix(MARK) + MARK,
        source=f"reference values of the {chip.name}; {chip.source}", source_date=chip.source_date,
        chip=chip.id, chip_count=dies, power_limit_w=chip.power_limit_w * dies,
    )  # fmt: skip


def loose_part(kind: str, text: str) -> Part | None:
    """The part that a line tells facts of; None where they do not say enough, or another kind.

    A card is told by its chip: ``card_of_chip``.
    """
    part = stated_part(kind, text)
    return part if part is not None and _enough(part) else None


def stated_part(kind: str, text: str) -> Part | None:
    """A part of which is known what a line states, be it nothing; None if that is another kind."""
    told = text.removesuffix(MARK).strip()
    if kind not in _FACTS or _is_other(kind, told):
        return None
    facts = _FACTS[kind](claims_of(told, kind), told.lower())
    if facts is None:
        return None
    return replace(
        blank(kind), id=f"unnamed-{kind}-{slug(told)}", name=told + MARK,
        source="given by the user", source_date=dt.date.today(), **facts,
    )  # fmt: skip


@functools.cache
def filled_in(part: Part) -> Part:
    """The part with every fact that nobody told as the nearest known part of its kind has it."""
    names = [f.name for f in fields(part) if f.name not in LABELS]
    told = [name for name in names if getattr(part, name) not in (None, "", 0, ())]

    def nearness(other: Part) -> tuple[int, int]:
        same = sum(getattr(other, name) == getattr(part, name) for name in told)
        return same, sum(getattr(other, name) not in (None, "", ()) for name in names)

    like = max(load(type(part)), key=nearness)
    return replace(part, **{n: getattr(like, n) for n in names if n not in told})


def states(part: Part) -> bool:
    """Whether anything is known of a part that a line tells."""
    empty = blank(part.kind)
    names = (f.name for f in fields(part) if f.name not in LABELS)
    return any(getattr(part, name) != getattr(empty, name) for name in names)


def _enough(part: Part) -> bool:
    if isinstance(part, RamKit):
        return bool(part.type and part.modules and part.module_gib)
    if isinstance(part, Case):
        return bool(part.board_form_factors) or part.fans_included is not None
    if isinstance(part, Cooler):
        return part.type == "liquid" or part.height_mm is not None
    return bool(getattr(part, _ENOUGH[part.kind]))


def _is_other(kind: str, text: str) -> bool:
    """Whether the line's own words say another kind of part, and none of them this one."""
    from rigwright.catalog.paste.words import kind_of_label, kind_of_text  # many patterns

    said = kind_of_text(text)
    if said not in TYPES or said == kind:
        return False
    words = text.split()
    pairs = (" ".join(words[i : i + n]) for n in (1, 2) for i in range(len(words) - n + 1))
    return kind not in map(kind_of_label, pairs)


@functools.cache
def blank(kind: str) -> Part:
    """A part of a kind of which nothing is known."""
    hints = types_of(TYPES[kind])
    found: Facts = {}
    for f in fields(TYPES[kind]):
        nothing: dict[Any, Any] = {str: "", int: 0, float: 0.0}
        empty = () if str(hints[f.name]).startswith("tuple") else None
        found[f.name] = nothing.get(hints[f.name], empty) if f.default is MISSING else f.default
    return TYPES[kind](**found)


def _psu(c: Claims, text: str) -> Facts | None:
    if c.watts is not None and (c.cores or c.capacities_gb):
        return None
    # ``RM850x (2021)``: of the numbers in a supply's name one can be a rating.
    rated = {n for n in map(int, re.findall(r"(?<!\d)\d{3,4}(?!\d)", text)) if _rating(n)}
    return {
        "watts": float(rated.pop()) if c.watts is None and len(rated) == 1 else c.watts,
        "efficiency": c.efficiency,
        "form_factor": SUPPLY_FORMS.get(c.form or "", ""),
        "modular": c.modular if c.modular != "some" else None,
        "atx_version": c.atx,
    }


def _rating(number: int) -> bool:
    """Whether a supply may be rated so; a year is no rating."""
    return 200 <= number <= 2500 and number % 10 == 0 and not 2010 <= number <= 2030


def _ram(c: Claims, text: str) -> Facts | None:
    registered = c.registered or bool(re.search(r"\bl?rdimm|\breg\b", text)) or None
    form = "" if (c.registered, registered) == (None, None) else "RDIMM" if registered else "UDIMM"
    # A registered module has ECC; of plain ones it is said.
    ecc = True if registered or re.search(r"\becc\b(?! less)", text) else None
    return {
        "type": c.memory_type or "", "modules": c.modules or 0, "module_gib": c.module_gb or 0.0,
        "speed_mt_s": c.mt_s, "cas": c.cas, "form": form,
        "ecc": ecc if c.memory_type else None,
    }  # fmt: skip


def kits_of(part: RamKit, text: str, *, any_type: bool = False) -> tuple[RamKit, ...]:
    """The ways of making up the memory that a line states without saying how many modules.

    any_type : where it does not say the type either, of which type; and a size if it says none.
    """
    total = claims_of(text.removesuffix(MARK), "ram").capacities_gb
    if len(total) > 1 or not (total or any_type):
        return ()
    types = ("DDR3", "DDR4", "DDR5") if any_type and not part.type else (part.type,)
    counts = (part.modules,) if part.modules else tuple(range(1, MODULES_MOST + 1))
    total = tuple(1.024 * gb if gb % 1000 == 0 else gb for gb in total)  # 1 TB is 1,024 GiB
    sizes = (part.module_gib,) if part.module_gib else MODULE_GIB if not total else ()
    forms = ("UDIMM", "RDIMM") if any_type and not part.form else (part.form,)
    ways = ((t, n, size) for t in types for n in counts for size in sizes or (total[0] / n,))
    return tuple(
        replace(part, type=t, modules=n, module_gib=size, form=form)
        for t, n, size in ways
        for form in forms
        if size in MODULE_GIB
        and _limit(MODULE_GIB_LEAST, t, form) <= size
        and size <= _limit(MODULE_GIB_MOST, t, part.form)
    )


def _limit(limits: dict[tuple[str, str], int], memory: str, form: str) -> int:
    """The smallest or largest module of a type and form; 0 = not known. [GiB]"""
    return limits.get((memory, form), limits.get((memory, ""), 0))


def _drive(c: Claims, text: str) -> Facts | None:
    if len(c.capacities_gb) > 1 or c.memory_type is not None:
        return None
    bare = [float(w) for w in c.order if w in BARE_GB]
    sizes = c.capacities_gb or (bare if len(bare) == 1 else ())
    m2 = c.drive_form if c.drive_form in ("M.2-2242", "M.2-2280", "M.2-22110") else ""
    nvme = c.interface == "pcie" or "nvme" in text
    kind = "ssd" if nvme else c.drive_type or ("hdd" if c.rpm else "")
    return {
        "type": kind,
        "capacity_bytes": round(sum(sizes) * 1e9),
        "interface": "pcie" if nvme else c.interface or "",
        "form_factor": c.drive_form if c.drive_form in ("3.5", "2.5", "U.2") else m2,
        "pcie_gen": c.pcie_gen,
        "rpm": c.rpm,
    }


def _case(c: Claims, text: str) -> Facts | None:
    fans = re.search(r"\b(\d{1,2}) (?:\w+ )?fans?\b", text)
    return {
        "board_form_factors": (form,) if (form := _form(c, text)) else (),
        "fans_included": int(fans[1]) if fans else None,
    }


def _cooler(c: Claims, text: str) -> Facts | None:
    size = re.search(r"\b(240|280|360|420)\b", text)  # no air cooler is called that
    radiator = c.radiator_mm or (int(size[1]) if size else None)
    liquid = radiator is not None or re.search(r"\b(?:aio|water|liquid)\b", text)
    air = c.height_mm is not None
    return {
        "type": "liquid" if liquid else "air" if air else "",
        "radiator_mm": radiator if liquid else None,
        "height_mm": None if liquid else c.height_mm,
        "sockets": tuple(key for key in sockets() if re.search(rf"\b{key.lower()}\b", text)),
    }


def _sockets() -> dict[str, str]:
    """Sockets in lower case -> as our tables of parts write them."""
    return {cpu.socket.lower(): cpu.socket for cpu in tables.load(Cpu)}


def _cpu(c: Claims, text: str) -> Facts | None:
    known = _sockets()
    said = known.keys() & set(text.replace("lga ", "lga").split()) - TWO_SOCKETS
    facts: Facts = {"cores": c.cores or 0, "socket": known[said.pop()] if len(said) == 1 else ""}
    row = next((r for r in table(CpuSeries, _CPUS) if re.search(r.written, plain(text))), None)
    told = {} if row is None else {f.name: getattr(row, f.name) for f in fields(CpuSeries)[1:]}
    return facts | told


def _form(c: Claims, text: str) -> str:
    """Size of a board; the server sizes near E-ATX are not told apart."""
    return "" if re.search(r"ssi|[ce]eb|x[el]-?atx", text) else FORMS.get(c.form or "", "")


def _board(c: Claims, text: str) -> Facts | None:
    """A chipset tells its socket; and the memory where all processors of that take one type."""
    known = platforms()
    chipsets = _chipsets(text) & known.keys()
    form = _form(c, text) or ("Micro-ATX" if _MATX.search(text) else "")
    facts: Facts = {"form_factor": form, "memory_type": c.memory_type or ""}
    if len(chipsets) != 1:
        return facts
    row = known[chipsets.pop()]
    types = {f.memory_types for f in families().values() if f.socket == row.socket}
    if not facts["memory_type"] and len(types) == 1 and len(only := types.pop()) == 1:
        facts["memory_type"] = only[0]
    return facts | {
        "chipset": row.chipset,
        "socket": _sockets().get(row.socket.lower(), row.socket),
    }


def _chipsets(text: str) -> set[str]:
    """Words of a text without the letters that makers put behind a chipset: ``WRX90E``, ``B450M``.

    A chipset may end in such a letter itself, as X670E does: the longest counts.
    """
    found = set()
    for word in re.findall(r"(?<![^\W_])(?:ga-a?)?([a-z]{1,3}\d{2,3}[a-z]{0,3})(?![^\W_])", text):
        ends = [word[: len(word) - n].upper() for n in range(3)]
        found.update([end for end in ends if end in platforms()][:1])
    return found


_ENOUGH = {"psu": "watts", "drive": "capacity_bytes", "cpu": "cores", "board": "chipset"}
_FACTS: dict[str, Callable[[Claims, str], Facts | None]] = {
    "psu": _psu, "ram": _ram, "drive": _drive, "case": _case, "cooler": _cooler, "cpu": _cpu,
    "board": _board,
}  # fmt: skip
