"""A part of which a line tells facts and no name: ``750 W Corsair``, ``ATX case with 3 fans``.

What is told is taken, everything else stays unknown: empty text, zero or None, as in imports.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from typing import Any

from rigwright.catalog.names.claims import Claims, claims_of
from rigwright.catalog.slug import slug
from rigwright.catalog.source import load
from rigwright.spec.fact import types_of
from rigwright.spec.parts import PART_TYPES, Board, Card, Chip, Cpu, Part

MARK = " (not identified)"
"""Ends the name of such a part, so that its name read again means the same part."""
TYPES: dict[str, type[Part]] = {t.kind: t for t in PART_TYPES if t is not Chip}
FORMS = {"itx": "Mini-ITX", "matx": "Micro-ATX", "atx": "ATX", "eatx": "E-ATX"}
SUPPLY_FORMS = {"atx": "ATX", "sfx": "SFX", "sfxl": "SFX-L", "tfx": "TFX", "flex": "Flex"}
TWO_SOCKETS = frozenset({"lga1151"})
"""Names that two sockets share."""
Facts = dict[str, Any]


TOLD = {
    "card": "its chip (RTX 3090)",
    "cpu": "its cores (8 cores, AM4)",
    "cooler": "its radiator or height in mm",
    "board": "its chipset (B450)",
    "ram": "type, modules and their size (DDR4-3200 2x16 GB)",
    "drive": "its capacity (1 TB NVMe)",
    "psu": "its watts (750 W)",
    "case": "the board it takes or its fans (ATX case with 3 fans)",
}
"""Facts that are enough."""


def is_loose(part: Part) -> bool:
    """Whether only what somebody wrote of the part is known."""
    return part.name.endswith(MARK)


def card_of_chip(chip: Chip, text: str) -> Card:
    """A card of which only the chip is known: reference power, size and plugs unknown."""
    dies = max((c.chip_count for c in load(Card) if c.chip == chip.id), default=1)
    return Card(
        id=f"unknown-{chip.id}",
        name=text.removesuffix(MARK) + MARK,
        source=f"reference values of the {chip.name}; {chip.source}",
        source_date=chip.source_date,
        chip=chip.id,
        chip_count=dies,
        power_limit_w=chip.power_limit_w * dies,
    )


def loose_part(kind: str, text: str) -> Part | None:
    """The part that a line tells facts of; None where they do not say enough, or another kind.

    A card is told by its chip: ``card_of_chip``.
    """
    told = text.removesuffix(MARK).strip()
    if kind not in _FACTS or _is_other(kind, told):
        return None
    facts = _FACTS[kind](claims_of(told, kind), told.lower())
    if facts is None:
        return None
    return replace(
        _blank(kind),
        id=f"unnamed-{kind}-{slug(told)}",
        name=told + MARK,
        source="given by the user",
        source_date=dt.date.today(),
        **facts,
    )


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
def _blank(kind: str) -> Part:
    """A part of a kind of which nothing is known."""
    hints = types_of(TYPES[kind])
    found: Facts = {}
    for f in fields(TYPES[kind]):
        nothing: dict[Any, Any] = {str: "", int: 0, float: 0.0}
        empty = () if str(hints[f.name]).startswith("tuple") else None
        found[f.name] = nothing.get(hints[f.name], empty) if f.default is MISSING else f.default
    return TYPES[kind](**found)


def _psu(c: Claims, _text: str) -> Facts | None:
    if c.watts is None or c.cores or c.capacities_gb:
        return None
    return {
        "watts": c.watts,
        "efficiency": c.efficiency,
        "form_factor": SUPPLY_FORMS.get(c.form or "", ""),
        "modular": c.modular if c.modular != "some" else None,
        "atx_version": c.atx,
    }


def _ram(c: Claims, _text: str) -> Facts | None:
    if c.memory_type is None or c.modules is None or c.module_gb is None:
        return None
    form = "" if c.registered is None else "RDIMM" if c.registered else "UDIMM"
    return {
        "type": c.memory_type,
        "modules": c.modules,
        "module_gib": c.module_gb,
        "speed_mt_s": c.mt_s,
        "cas": c.cas,
        "form": form,
    }


def _drive(c: Claims, text: str) -> Facts | None:
    if len(c.capacities_gb) != 1 or c.memory_type is not None:
        return None
    m2 = c.drive_form if c.drive_form in ("M.2-2242", "M.2-2280", "M.2-22110") else ""
    nvme = c.interface == "pcie" or "nvme" in text
    kind = "ssd" if nvme else c.drive_type or ("hdd" if c.rpm else "")
    return {
        "type": kind,
        "capacity_bytes": round(c.capacities_gb[0] * 1e9),
        "interface": c.interface or "",
        "form_factor": c.drive_form if c.drive_form in ("3.5", "2.5", "U.2") else m2,
        "pcie_gen": c.pcie_gen,
        "rpm": c.rpm,
    }


def _case(c: Claims, text: str) -> Facts | None:
    fans = re.search(r"\b(\d{1,2}) (?:\w+ )?fans?\b", text)
    if c.form is None and fans is None:
        return None
    return {
        "board_form_factors": (form,) if (form := _form(c, text)) else (),
        "fans_included": int(fans[1]) if fans else None,
    }


def _cooler(c: Claims, text: str) -> Facts | None:
    liquid = c.radiator_mm is not None or re.search(r"\b(?:aio|water|liquid)\b", text)
    if not liquid and c.height_mm is None:
        return None
    return {
        "type": "liquid" if liquid else "air",
        "radiator_mm": c.radiator_mm if liquid else None,
        "height_mm": None if liquid else c.height_mm,
    }


def _cpu(c: Claims, text: str) -> Facts | None:
    if c.cores is None:
        return None
    known = {cpu.socket.lower(): cpu.socket for cpu in load(Cpu)}
    said = known.keys() & set(text.replace("lga ", "lga").split()) - TWO_SOCKETS
    return {"cores": c.cores, "socket": known[said.pop()] if len(said) == 1 else ""}


def _form(c: Claims, text: str) -> str:
    """Size of a board; the server sizes near E-ATX are not told apart."""
    return "" if re.search(r"ssi|[ce]eb", text) else FORMS.get(c.form or "", "")


def _board(c: Claims, text: str) -> Facts | None:
    """A chipset that is on all our boards of one socket tells the socket too."""
    known: dict[str, list[Board]] = {}
    for board in load(Board):
        known.setdefault(board.chipset.lower(), []).append(board)
    chipsets = [word for word in c.order if word in known]
    if len(chipsets) != 1:
        return None
    like = known[chipsets[0]]
    facts: Facts = {"chipset": like[0].chipset, "form_factor": _form(c, text)}
    for name in ("socket", "memory_type"):
        values = {getattr(board, name) for board in like}
        facts[name] = values.pop() if len(values) == 1 else ""
    return facts | ({"memory_type": c.memory_type} if c.memory_type else {})


_FACTS: dict[str, Callable[[Claims, str], Facts | None]] = {
    "psu": _psu,
    "ram": _ram,
    "drive": _drive,
    "case": _case,
    "cooler": _cooler,
    "cpu": _cpu,
    "board": _board,
}
