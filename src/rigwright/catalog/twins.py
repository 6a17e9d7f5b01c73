"""Listings that are one part for everything the program asks: the same facts under two names."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from typing import Any

from rigwright.spec.parts import Part

# Facts that make it another product.
IDENTITY: dict[str, tuple[str, ...]] = {
    "cpu": ("cores", "threads", "socket"),
    "card": ("chip",),
    "board": ("socket", "chipset", "memory_type", "memory_slots", "form_factor"),
    "ram": ("type", "form", "modules", "module_gib", "speed_mt_s"),
    "drive": ("capacity_bytes", "form_factor", "interface", "pcie_gen"),
    "psu": ("watts", "form_factor"),
    "case": (),
    "cooler": ("type", "radiator_mm"),
}
_LABELS = frozenset(("id", "name", "brand", "released", "source", "source_date"))
_TOLERANCE = 0.01  # lengths are rounded to a millimetre, clocks to ten megahertz


@functools.cache
def _facts(part_type: type[Part]) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(part_type) if f.name not in _LABELS)


def _known(value: Any) -> bool:
    return value is not None and value != "" and value != ()


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, float | int) and isinstance(b, float | int) and not isinstance(a, bool):
        return abs(a - b) <= _TOLERANCE * max(abs(a), abs(b))
    if isinstance(a, str) and isinstance(b, str):
        return a.lower().replace("-", "") == b.lower().replace("-", "")
    return bool(a == b)


def differing(a: Part, b: Part, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Facts that both parts know and that are not the same."""
    return tuple(
        name
        for name in (_facts(type(a)) if names is None else names)
        if _known(x := getattr(a, name))
        and _known(y := getattr(b, name))
        and not _equal(x, y)
    )


def _fullness(part: Part) -> int:
    return sum(_known(getattr(part, name)) for name in _facts(type(part)))


def representative(parts: tuple[Part, ...], ours: frozenset[str]) -> Part | None:
    """The one to check in place of all, or None when they are different parts.

    Imported listings stand for each other when no fact differs; the fullest one is taken. A part
    of our own table (ids in ``ours``) stands for listings that differ in no fact of identity.
    """
    own = [part for part in parts if part.id in ours]
    if len(own) == 1:
        same = all(not differing(own[0], p, IDENTITY[p.kind]) for p in parts if p is not own[0])
        return own[0] if same else None
    first = max(parts, key=_fullness)
    pairs = ((a, b) for i, a in enumerate(parts) for b in parts[i + 1 :])
    return first if all(not differing(a, b) for a, b in pairs) else None
