"""Listings that are one part for everything the program asks: the same facts under two names."""

import dataclasses
import functools
from collections.abc import Iterable
from typing import Any

from rigwright.catalog.tables import DATA
from rigwright.spec.parts import PART_TYPES, Part
from rigwright.spec.tables.table import records


def telling(use: str) -> dict[str, tuple[str, ...]]:
    """Kind of part -> its facts of one use (``data/telling.csv``); none where nothing is."""
    rows = {r["kind"]: r["facts"] for r in records(DATA / "telling.csv") if r["use"] == use}
    return {t.kind: tuple(filter(None, rows.get(t.kind, "").split("|"))) for t in PART_TYPES}


IDENTITY = telling("identity")
"""Facts that make it another product."""
MEASURES = {
    kind: tuple((fact, float(apart)) for fact, _, apart in (m.partition(":") for m in measures))
    for kind, measures in telling("measure").items()
}
"""Measures that tell one revision from the next, and how far listings of one may be apart."""
_TELLS, _SIZES = telling("tells"), telling("size")
"""Facts by which people tell parts apart, beside identity; facts that listings of one product agree
on: a small and a large case of one name do not."""
# Facts without a way to say "unknown".
_ALWAYS_SAID = frozenset(
    ("memory_form", "registered_memory", "generation", "has_igpu", "type", "chip_count", "chip")
)
# Lists of what a part takes: only what every listing says is certain.
CERTAIN = ("sockets", "board_form_factors", "memory_types")
# Facts that hold together: doubt about one is doubt about all.
TOGETHER = {
    **dict.fromkeys(("slots", "lane_plans"), ("slots", "lane_plans")),
    **dict.fromkeys(("m2_slots", "m2_slots_most"), ("m2_slots", "m2_slots_most")),
}
_LABELS = frozenset(f.name for f in dataclasses.fields(Part))
_TOLERANCE = 0.01  # lengths are rounded to a millimetre, clocks to ten megahertz


@functools.cache
def facts_of(kind: str) -> tuple[str, ...]:
    """Names of a kind's facts without those that every part has."""
    part_type = next(t for t in PART_TYPES if t.kind == kind)
    return tuple(f.name for f in dataclasses.fields(part_type) if f.name not in _LABELS)


def known(value: Any) -> bool:
    """Whether a fact is told."""
    return value is not None and value != "" and value != ()


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, float | int) and isinstance(b, float | int) and not isinstance(a, bool):
        return abs(a - b) <= _TOLERANCE * max(abs(a), abs(b))
    if isinstance(a, str) and isinstance(b, str):
        return _key(a) == _key(b)
    if isinstance(a, tuple) and isinstance(b, tuple) and all(isinstance(v, str) for v in (*a, *b)):
        return {_key(v) for v in a} == {_key(v) for v in b}
    return bool(a == b)


def _key(word: str) -> str:
    return word.lower().replace("-", "").replace(" ", "")


def differing(a: Part, b: Part, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Facts that both parts know and that are not the same."""
    return tuple(
        name
        for name in (facts_of(a.kind) if names is None else names)
        if known(x := getattr(a, name)) and known(y := getattr(b, name)) and not _equal(x, y)
    )


def distinct(a: Part, b: Part) -> bool:
    """Whether two listings are surely two products."""
    return bool(differing(a, b, (*IDENTITY[a.kind], *_TELLS[a.kind])))


def fullness(part: Part) -> int:
    """How many facts are known of a part."""
    return sum(known(getattr(part, name)) for name in facts_of(part.kind))


def representative(parts: tuple[Part, ...], ours: frozenset[str]) -> Part | None:
    """The one to check in place of all, or None when they are different parts.

    parts : listings that a line fits equally well. A part of our own table (ids in ``ours``)
    stands for listings that differ in no fact of identity and no measure. Imported ones stand for
    each other when identity is the same: the fullest is taken, and what they say differently is
    unknown, so that no rule is decided by a fact of the wrong listing.
    """
    own = [part for part in parts if part.id in ours]
    first = own[0] if own else max(parts, key=fullness)
    kind = first.kind
    if len(own) > 1 or any(distinct(first, p) for p in parts):
        return None
    if own:
        close = all(
            abs(getattr(first, n) - getattr(p, n)) <= most
            for n, most in MEASURES[kind]
            for p in parts
            if getattr(first, n) is not None and getattr(p, n) is not None
        )
        return first if close else None
    if any(differing(first, part, _SIZES[kind]) for part in parts):
        return None
    doubtful = {n for i, a in enumerate(parts) for b in parts[i + 1 :] for n in differing(a, b)}
    doubtful.update([n for name in doubtful for n in TOGETHER.get(name, ())])
    if doubtful & _ALWAYS_SAID:
        return None
    return dataclasses.replace(first, **{n: _doubt(n, parts) for n in doubtful})


def _doubt(name: str, parts: tuple[Part, ...]) -> Any:
    if name not in CERTAIN:
        return None
    said = [getattr(p, name) for p in parts]
    others = [{_key(v) for v in values} for values in said if values]
    return tuple(v for v in next(filter(None, said)) if all(_key(v) in o for o in others))
