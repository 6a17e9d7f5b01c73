"""What makes a part dear: its facts as numbers, by kind, for a log-linear level of its price.

The weights are found from the observations at hand (``nowcast``); nothing here is fitted or typed.
"""

import functools
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.spec.parts import Card, Chip, Part
from rigwright.spec.tables.table import table

Facts = dict[str, float]


@dataclass(frozen=True, slots=True)
class _Row:
    """One number of a kind of part. fact : its name, with facts of the part (``{0.type}``).

    how : log, its square, ratio, count, flag, or a word, which is 1 where it holds; a line tells
    apart what never costs less than the cheapest of its like.
    field : of the part, of its chip, or of ``_MADE``.  usual : where nobody knows the field.
    """

    kind: str
    fact: str
    how: str
    field: str
    usual: float
    unit: float


def _log(value: Any, row: _Row) -> float:
    return math.log((value or row.usual) / row.unit)


_HOW: Mapping[str, Callable[[Any, _Row], float]] = {
    "log": _log,
    "square": lambda value, row: _log(value, row) ** 2,
    "ratio": lambda value, row: (value or row.usual) / row.unit,
    "count": lambda value, row: len(value or ()) / row.unit,
    "flag": lambda value, _: float(bool(value)),
}
_MADE: Mapping[str, Callable[[Any], Any]] = {
    "gib": lambda part: part.modules * part.module_gib,
    "latency": lambda part: (part.cas or 16) / ((part.speed_mt_s or 3000) / 1000),
    "threads": lambda part: part.threads or part.cores,
    "radiator": lambda part: part.radiator_mm or 0,
    "family": (lambda part: re.split(r"[ -]\w*\d{3}", part.name)[0]),
    "sort": "{0.type} {0.interface} {0.pcie_gen}".format,
}


@functools.cache
def _rows(kind: str) -> tuple[_Row, ...]:
    path = Path(__file__).parents[1] / "data" / "price_facts.csv"
    return tuple(row for row in table(_Row, path) if row.kind == kind)


_TOKEN = re.compile(r"[a-z0-9]+")
_LETTERS = re.compile(r"[a-z]+")
_NOTE = re.compile(r"\([^)]*\)|\b\d+(?:\.\d+)? ?(?:gb|tb|mm)\b")
DAYS_PER_YEAR = 365.25
_ORIGIN = 735_000  # about 2013


def facts_of(part: Part, chips: Mapping[str, Chip]) -> Facts:
    """The numbers of one part; what nobody knows stands at a usual value."""
    found: Facts = {"one": 1.0}
    chip = chips.get(part.chip) if isinstance(part, Card) else None
    for row in _rows(part.kind):
        if row.how == "line":
            continue
        owner, _, field = row.field.rpartition(".")
        if owner and chip is None:
            continue
        value = _MADE[field](part) if field in _MADE else getattr(chip if owner else part, field)
        name = row.fact.format(part) if "{" in row.fact else row.fact
        if row.how != "word":
            found[name] = _HOW[row.how](value, row)
        elif value is not None:
            found[f"{name}:{value}"] = 1.0
    if part.released is not None:
        found["released"] = (part.released.toordinal() - _ORIGIN) / DAYS_PER_YEAR / 5
    return found


def line_of(part: Part) -> tuple[Any, ...]:
    """Equal for parts of one line; what nobody knows of a part is a line of its own."""
    rows = (row for row in _rows(part.kind) if row.how == "line")
    return tuple(_MADE[r.field](part) if r.field in _MADE else getattr(part, r.field) for r in rows)


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


def no_less(chip: Chip, other: Chip) -> bool:
    """Whether a chip has all the memory and arithmetic of another of its maker's line."""
    return (chip.vendor, chip.segment) == (other.vendor, other.segment) and all(
        (getattr(chip, fact) or 0) >= (getattr(other, fact) or math.inf)
        for fact in ("vram_bytes", "fp32_flop_per_s")
    )
