"""What parts of a class usually are, where a part's own figure is missing (``data/usual.csv``).

It proves nothing: an unknown stays one. But it weighs less where nothing usual would be too much.
"""

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from itertools import combinations, product
from typing import Any

from rigwright.fit.facts.names import socket_key, splits
from rigwright.fit.facts.placement import CARD_LENGTH, long_slots, positions_known, surely_fed
from rigwright.fit.facts.platforms import DATA
from rigwright.fit.facts.ratings import card_plugs
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Card, M2Slot, Part, Slot
from rigwright.spec.tables.table import table

MOST = 96
"""Ways of filling in what is missing that one rule is asked about."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What nearly all parts of a class have; of a measure the least or the most favourable end.

    when : ``fact=one/another``, ``fact^=beginning/another``, ``fact!=value``, ``fact>=number``,
        ``fact<=number``, all of them true; empty = of every part.
    values : all usual ones; several words in one are joined by ``+``, ``none`` is an empty list.
    share : of the parts of the class that have a figure, as counted by the source.
    """

    kind: str
    fact: str
    when: tuple[str, ...]
    values: tuple[str, ...]
    share: float


@functools.cache
def usual() -> Mapping[str, Mapping[str, tuple[Usual, ...]]]:
    """Kind -> fact -> rows; the first whose condition a part meets is its class."""
    found: dict[str, dict[str, tuple[Usual, ...]]] = {}
    for row in table(Usual, DATA / "usual.csv"):
        of_kind = found.setdefault(row.kind, {})
        of_kind[row.fact] = (*of_kind.get(row.fact, ()), row)
    return found


def classed_by(kind: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, and the attributes that say of which class a part is where these are missing."""
    rows = (row for fact, some in usual().get(kind, {}).items() if fact in names for row in some)
    more = (_split(condition)[0] for row in rows for condition in row.when)
    return tuple(dict.fromkeys((*names, *more)))


def _split(condition: str) -> tuple[str, str, str]:
    sign = next(s for s in (">=", "<=", "!=", "^=", "=") if s in condition)
    fact, value = condition.split(sign, 1)
    return fact, sign, value


def _meets(part: Part, condition: str) -> bool:
    fact, sign, value = _split(condition)
    held = getattr(part, fact)
    if sign in ("=", "^="):
        told = socket_key(held or "") if fact == "socket" else str(held).upper()
        some = tuple(value.upper().split("/"))
        return bool(held) and (told in some if sign == "=" else told.startswith(some))
    if sign == "!=":
        return str(held) != value
    return bool(held) and (held >= float(value) if sign == ">=" else held <= float(value))


def _missing(part: Part, fact: str) -> bool:
    if isinstance(part, Card) and fact == "plugs":
        return card_plugs(part) is None
    if isinstance(part, Board) and fact == "slots":
        return not positions_known(part)
    if isinstance(part, Board) and fact == "m2_slots" and part.m2_slots:
        return part.m2_slots_most is not None
    held = getattr(part, fact)
    return held is None or (held in ("", 0, ()) and fact not in ("radiators", "pcie_16pin_plugs"))


def _read(part: Part, fact: str, text: str) -> dict[str, Any]:
    """The fields that a usual value fills."""
    words = () if text == "none" else tuple(text.split("+"))
    if isinstance(part, Board) and fact == "slots":
        return _slots(part, tuple(map(int, words)))
    if isinstance(part, Board) and fact == "m2_slots":
        first = M2Slot((2280,), 3.0, 4, "sata" in words, "cpu", "?")
        return {fact: (first, *(part.m2_slots or ())[1:])}
    of = next(str(f.type) for f in fields(part) if f.name == fact)
    if of.startswith("tuple"):
        return {fact: words}
    number = int if of.startswith("int") else float
    return {fact: text if of.startswith("str") else number(text)}


def _slots(board: Board, places: tuple[int, ...]) -> dict[str, Any]:
    """Long slots at these positions, of which any that are fed together have eight lanes."""
    fed = len(places) if splits(board) else surely_fed(len(places))
    plans = (tuple(8 * (i in some) for i in range(len(places)))
             for some in combinations(range(len(places)), fed))  # fmt: skip
    return {
        "slots": tuple(Slot(place, CARD_LENGTH, 3.0, "cpu") for place in places),
        "lane_plans": board.lane_plans or tuple(plans),
    }


@functools.lru_cache(maxsize=1 << 14)
def _filled(part: Part, names: tuple[str, ...]) -> list[Part]:
    """The part with what is usual of its class in the place of what is missing."""
    made = [part]
    for fact, rows in usual().get(part.kind, {}).items():
        if fact in names and _missing(part, fact):
            made = [new for old in made for new in _with_usual(old, fact, rows)]
    return made


def _with_usual(part: Part, fact: str, rows: tuple[Usual, ...]) -> list[Part]:
    if isinstance(part, Board) and fact == "slots":
        rows = tuple(r for r in rows if len(r.values[0].split("+")) == long_slots(part))
    row = next((r for r in rows if all(_meets(part, c) for c in r.when)), None)
    if row is None:
        return [part]
    return [replace(part, **_read(part, fact, text)) for text in row.values]


def as_usual(build: Build, reads: Mapping[str, tuple[str, ...]]) -> Iterable[Build]:
    """The build in every usual way of having what a rule reads and nobody knows; () = no such."""
    kinds = [k for k in reads if k in usual() and build.has(k)]
    # Equal parts are filled alike.
    others = [part for part, *_ in build.more]
    parts = dict.fromkeys(p for k in kinds for p in (*build.of(k), *others) if p.kind == k)
    made = {part: _filled(part, reads[part.kind]) for part in parts}
    if all(some == [part] for part, some in made.items()):
        return ()
    if math.prod(map(len, made.values())) > MOST:
        return ()
    return (build.with_parts(zip(made, new, strict=True)) for new in product(*made.values()))
