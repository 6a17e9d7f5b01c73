"""What makes a part dear: its facts as numbers, by kind, for a log-linear level of its price.

The weights are found from the observations at hand (``nowcast``); nothing here is fitted or typed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from rigwright.spec.parts import Chip, Part

Facts = dict[str, float]


def _log(value: float | None, usual: float = 1.0) -> float:
    return math.log(value if value and value > 0 else usual)


def _words(prefix: str, *values: object) -> Facts:
    return {f"{prefix}:{value}": 1.0 for value in values if value is not None}


def _card(part: Any, chips: Mapping[str, Chip]) -> Facts:
    chip = chips.get(part.chip)
    found: Facts = {
        "slots": part.thickness_slots or 2.0,
        "length": (part.length_mm or 280.0) / 300,
        **_words("cooling", part.cooling),
    }
    if chip is not None:
        found |= {
            "vram": _log(chip.vram_bytes / 2**30),
            "bandwidth": _log((chip.bandwidth_bytes_per_s or 1e11) / 1e11),
            "power": _log((chip.power_limit_w or 150) / 150),
            **_words("segment", chip.segment),
            **_words("architecture", chip.architecture),
        }
    return found


def _cpu(part: Any, _: Mapping[str, Chip]) -> Facts:
    cores = _log(part.cores)
    return {
        "cores": cores,
        "cores^2": cores * cores,
        "threads": _log(part.threads or part.cores),
        "boost": (part.boost_mhz or 3500) / 1000,
        "tdp": _log(part.tdp_w, 65),
        "igpu": float(bool(part.has_igpu)),
        **_words("generation", part.generation),
        **_words("socket", part.socket),
    }


def _board(part: Any, _: Mapping[str, Chip]) -> Facts:
    return {
        "m2": float(len(part.m2_slots or ())),
        "slots": float(len(part.slots or ())),
        "modules": float(part.memory_slots or 4),
        "eps": float(part.eps_plugs or 1),
        **_words("chipset", part.chipset),
        **_words("form", part.form_factor),
        **_words("memory", part.memory_type),
    }


def _cooler(part: Any, _: Mapping[str, Chip]) -> Facts:
    return {
        "height": (part.height_mm or 150) / 150,
        "sockets": float(len(part.sockets or ())) / 10,
        "capacity": (part.capacity_w or 180) / 200,
        **_words("type", part.type),
        **_words("radiator", part.radiator_mm or 0),
    }


def _ram(part: Any, _: Mapping[str, Chip]) -> Facts:
    gib, speed = _log(part.modules * part.module_gib), (part.speed_mt_s or 3000) / 1000
    return {
        "gib^2": gib * gib,
        f"gib {part.type}": gib,
        f"speed {part.type}": speed,
        "modules": _log(part.modules),
        "latency": (part.cas or 16) / speed / 10,
        "ecc": float(bool(part.ecc)),
        **_words("type", part.type),
        **_words("form", part.form),
    }


def _drive(part: Any, _: Mapping[str, Chip]) -> Facts:
    size = _log(part.capacity_bytes / 1e12)
    kind = f"{part.type} {part.interface} {part.pcie_gen}"
    return {
        f"size {kind}": size,
        "size^2": size * size,
        "read": _log((part.sequential_read_bytes_per_s or 5e8) / 1e9),
        **_words("kind", kind),
        **_words("form", part.form_factor),
        **_words("rpm", part.rpm),
    }


def _psu(part: Any, _: Mapping[str, Chip]) -> Facts:
    watts = _log(part.watts / 1000)
    return {
        "watts": watts,
        "watts^2": watts * watts,
        "16-pin": float(bool(part.pcie_16pin_plugs)),
        **_words("efficiency", part.efficiency),
        **_words("form", part.form_factor),
        **_words("modular", part.modular),
        **_words("atx", part.atx_version),
    }


def _case(part: Any, _: Mapping[str, Chip]) -> Facts:
    return {
        "volume": _log(part.volume_l, 45),
        "fans": float(part.fans_included or 0),
        "length": (part.gpu_length_mm or 350) / 400,
        "cooler": (part.cooler_height_mm or 160) / 160,
        "radiators": float(len(part.radiators or ())),
        **_words("form", part.form_factor),
    }


FACTS: Mapping[str, Callable[[Any, Mapping[str, Chip]], Facts]] = {
    "card": _card, "cpu": _cpu, "board": _board, "cooler": _cooler,
    "ram": _ram, "drive": _drive, "psu": _psu, "case": _case,
}  # fmt: skip
_TOKEN = re.compile(r"[a-z0-9]+")
_LETTERS = re.compile(r"[a-z]+")
_NOTE = re.compile(r"\([^)]*\)|\b\d+(?:\.\d+)? ?(?:gb|tb|mm)\b")
DAYS_PER_YEAR = 365.25
_ORIGIN = 735_000  # about 2013


def facts_of(part: Part, chips: Mapping[str, Chip]) -> Facts:
    """The numbers of one part; what nobody knows stands at a usual value."""
    found = FACTS[part.kind](part, chips)
    if part.released is not None:
        found["released"] = (part.released.toordinal() - _ORIGIN) / DAYS_PER_YEAR / 5
    return {"one": 1.0, **found}


def likenesses(part: Part) -> tuple[str, ...]:
    """What parts of about the same price share, from the loosest to the closest.

    The class, the maker, the product line (first words of the name), the line within the class, and
    the model (the whole name without sizes, colours told apart by words).
    """
    text = _NOTE.sub(" ", part.name.lower())
    tokens, letters = _TOKEN.findall(text), _LETTERS.findall(text)
    line, name = " ".join(letters[:3]), moves_with(part)
    model = " ".join(t for t in tokens if not t.isdigit())
    return (name, (part.brand or "").lower(), line, f"{name} {line}", " ".join(letters[:4]), model)


def moves_with(part: Any) -> str:
    """The class whose price moves with the part's: chip, generation, chipset, memory, drive."""
    kind = part.kind
    if kind == "card":
        return f"chip:{part.chip}"
    if kind == "ram":
        return f"memory:{part.type}"
    if kind == "drive":
        return f"drive:{'nvme' if part.interface == 'pcie' else part.type}"
    if kind == "cpu":
        return f"generation:{part.generation}"
    if kind == "board":
        return f"chipset:{part.chipset}"
    return f"kind:{kind}"
