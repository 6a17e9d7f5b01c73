"""One CSV cell -> one typed fact. Empty means unknown (None); `none` means explicitly empty."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from rigwright.spec.fact import known_type
from rigwright.spec.parts import M2Slot, Slot

Reader = Callable[[str, float], Any]

_WORDS = {"yes": True, "no": False}


def read_bool(cell: str, _scale: float) -> bool:
    """``yes`` or ``no``."""
    if cell not in _WORDS:
        raise ValueError("yes or no")
    return _WORDS[cell]


def read_number(cell: str, scale: float) -> float:
    """A finite number, converted to the stored unit."""
    value = float(cell) * scale
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("a finite number")
    return value


def read_int(cell: str, scale: float) -> int:
    """A number stored as an integer, e.g. bytes from GiB."""
    value = read_number(cell, scale)
    if scale == 1 and value != int(value):
        raise ValueError("a whole number")
    return round(value)


def read_words(cell: str, _scale: float) -> tuple[str, ...]:
    """``a|b`` or ``none``."""
    return () if cell == "none" else tuple(w.strip() for w in cell.split("|") if w.strip())


def read_numbers(cell: str, scale: float) -> tuple[float, ...]:
    """``32|64|128``."""
    return tuple(read_number(word, scale) for word in read_words(cell, scale))


def read_slots(cell: str, _scale: float) -> tuple[Slot, ...]:
    """``position/length/gen/host`` joined by ``;``."""
    if cell == "none":
        return ()
    slots = []
    for item in cell.split(";"):
        position, length, gen, host = item.strip().split("/")
        if host not in ("cpu", "chipset"):
            raise ValueError("host cpu or chipset")
        slots.append(Slot(int(position), int(length), float(gen), host))
    return tuple(slots)


def read_plans(cell: str, _scale: float) -> tuple[tuple[int, ...], ...]:
    """``16+0+4|8+8+4``."""
    return tuple(tuple(int(w) for w in plan.split("+")) for plan in cell.split("|"))


def read_m2(cell: str, _scale: float) -> tuple[M2Slot, ...]:
    """``sizes/PCIe/host/shares`` joined by ``;``; PCIe is ``3.0x4``, ``3.0x4+sata`` or ``sata``."""
    if cell == "none":
        return ()
    slots = []
    for item in cell.split(";"):
        sizes, bus, host, *shares = item.strip().split("/", 3)
        if host not in ("cpu", "chipset"):
            raise ValueError("host cpu or chipset")
        pcie, _, sata = bus.partition("+")
        gen, _, lanes = ("", "", "0") if pcie == "sata" else pcie.partition("x")
        slots.append(
            M2Slot(
                tuple(int(s) for s in sizes.split(",")), float(gen) if gen else None, int(lanes),
                "sata" in (pcie, sata), host, shares[0] if shares else "",
            )
        )  # fmt: skip
    return tuple(slots)


_BY_TYPE: dict[Any, Reader] = {
    str: lambda cell, _scale: cell, int: read_int, float: read_number, bool: read_bool,
    dt.date: lambda cell, _scale: dt.date.fromisoformat(cell), tuple[str, ...]: read_words,
    tuple[float, ...]: read_numbers, tuple[Slot, ...]: read_slots,
    tuple[tuple[int, ...], ...]: read_plans, tuple[M2Slot, ...]: read_m2,
}  # fmt: skip


def reader_for(hint: Any) -> Reader:
    """The reader of a field's type; ``X | None`` reads as ``X``."""
    return _BY_TYPE[known_type(hint)]


def cell_of(value: Any) -> str:
    """A value of a build file or question as a cell says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "|".join(map(str, value)) if isinstance(value, list) else str(value).strip()
