"""A part as one JSON object of its known facts (stored units), and back."""

import dataclasses
import datetime as dt
import functools
import gc
import json
from collections.abc import Callable, Iterable
from typing import Any

from rigwright.spec.fact import known_type, types_of
from rigwright.spec.parts import PART_TYPES, M2Slot, Part, Slot

TYPES: dict[str, type[Part]] = {t.kind: t for t in PART_TYPES}


def encode(part: Part) -> str:
    """Compact JSON without unknown facts; dates as ISO text, slots as lists."""
    facts = {
        f.name: _plain(value)
        for f in dataclasses.fields(part)
        if (value := getattr(part, f.name)) is not None
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Slot | M2Slot):
        return [_plain(getattr(value, f.name)) for f in dataclasses.fields(value)]
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


# Few slots, sockets and days are different ones: each is made once.
_slot = functools.lru_cache(maxsize=4096)(Slot)
_day = functools.lru_cache(maxsize=4096)(dt.date.fromisoformat)


@functools.lru_cache(maxsize=4096)
def _m2_slot(sizes: tuple[int, ...], *rest: Any) -> M2Slot:
    return M2Slot(sizes, *rest)


_READERS: dict[Any, Callable[[Any], Any]] = {
    dt.date: _day, tuple[str, ...]: tuple,
    tuple[Slot, ...]: lambda value: tuple(_slot(*v) for v in value),
    tuple[tuple[int, ...], ...]: lambda value: tuple(map(tuple, value)),
    tuple[M2Slot, ...]: lambda value: tuple(_m2_slot(tuple(v[0]), *v[1:]) for v in value),
}  # fmt: skip


@functools.cache
def _special(kind: str) -> tuple[dict[str, Callable[[Any], Any]], dict[str, None]]:
    """Facts that JSON has no type for, and the required ones that may be unknown."""
    readers: dict[str, Callable[[Any], Any]] = {}
    required: dict[str, None] = {}
    hints = types_of(TYPES[kind])
    for field in dataclasses.fields(TYPES[kind]):
        hint = known_type(hints[field.name])
        if hint in _READERS:
            readers[field.name] = _READERS[hint]
        if field.metadata["required"]:
            required[field.name] = None
    return readers, required


def decode(kind: str, rows: Iterable[str]) -> list[Part]:
    """Parts from their JSON texts, all read in one call of the JSON reader: the fast way."""
    readers, required = _special(kind)
    part_type, found, special = TYPES[kind], [], tuple(readers.items())
    collecting = gc.isenabled()
    gc.disable()  # thousands of new objects and no garbage: the collector would only look at them
    try:
        for facts in json.loads(f"[{','.join(rows)}]"):
            for name, read in special:
                if name in facts:
                    facts[name] = read(facts[name])
            found.append(part_type(**{**required, **facts}))
    finally:
        if collecting:
            gc.enable()
    return found
