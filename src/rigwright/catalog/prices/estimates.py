"""What a part without any observed price may cost: the median of priced parts that are like it.

Each kind has groupings from the closest to the loosest; the first one with enough priced parts
gives the estimate, and says what it is made of.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

from rigwright.catalog.prices.ledger import Quote, key
from rigwright.spec.parts import Part

BASIS = "estimate"
ENOUGH = 4
"""Priced parts that a median needs to mean something."""

Grouping = Callable[[Any], Hashable]


def _step(value: float | None, size: float) -> float | None:
    return None if value is None else round(value / size) * size


GROUPINGS: dict[str, tuple[tuple[str, Grouping], ...]] = {
    "card": (("chip", lambda p: p.chip),),
    "cpu": (
        ("generation, cores and socket", lambda p: (p.generation, p.cores, p.socket)),
        ("cores and socket", lambda p: (p.cores, p.socket)),
    ),
    "board": (
        ("chipset and form factor", lambda p: (p.chipset, p.form_factor)),
        ("chipset", lambda p: p.chipset),
        ("socket and form factor", lambda p: (p.socket, p.form_factor)),
    ),
    "cooler": (
        ("type and radiator", lambda p: (p.type, p.radiator_mm, _step(p.height_mm, 20))),
        ("type", lambda p: (p.type, p.radiator_mm)),
    ),
    "ram": (
        ("type, modules, size and speed", lambda p: (p.type, p.form, p.modules, p.module_gib,
                                                     _step(p.speed_mt_s, 800))),
        ("type, modules and size", lambda p: (p.type, p.form, p.modules, p.module_gib)),
        ("type and whole size", lambda p: (p.type, p.modules * p.module_gib)),
    ),
    "drive": (
        ("type, interface and size", lambda p: (p.type, p.interface, p.form_factor,
                                                _step(p.capacity_bytes, 1.2e11))),
        ("type and size", lambda p: (p.type, _step(p.capacity_bytes, 1.2e11))),
    ),
    "psu": (
        ("watts, form factor and ATX version", lambda p: (p.form_factor, p.watts, p.atx_version)),
        ("watts and form factor", lambda p: (p.form_factor, _step(p.watts, 100))),
    ),
    "case": (
        ("form factor and room", lambda p: (p.form_factor, _step(p.gpu_length_mm, 40))),
        ("form factor", lambda p: p.form_factor),
    ),
}  # fmt: skip


def estimates(parts: Iterable[Part], seen: Mapping[str, Quote]) -> Iterator[tuple[str, Quote]]:
    """(part key, estimate) of each part of one kind without a quote and with enough like it.

    The date is that of the oldest price the estimate rests on.
    """
    rows = list(parts)
    if not rows:
        return
    tables = [
        (group, _medians(rows, seen, group, words)) for words, group in GROUPINGS[rows[0].kind]
    ]
    for part in rows:
        place = key(part)
        if place in seen:
            continue
        for group, known in tables:
            found = known.get(group(part))
            if found is not None:
                yield place, found
                break


def _medians(
    rows: Iterable[Part], seen: Mapping[str, Quote], group: Grouping, words: str
) -> dict[Hashable, Quote]:
    """Group -> the median of its quotes, as old as the oldest of them."""
    found: dict[Hashable, list[Quote]] = {}
    for part in rows:
        quote = seen.get(key(part))
        if quote is not None and quote.basis != BASIS:
            found.setdefault(group(part), []).append(quote)
    medians = {}
    for place, quotes in found.items():
        if len(quotes) >= ENOUGH:
            low, middle, high = statistics.quantiles([q.usd for q in quotes], n=4)
            source = f"median of {len(quotes)} with the same {words}, ${low:,.0f} to ${high:,.0f}"
            oldest = max(quotes, key=lambda q: q.age_days)
            medians[place] = Quote(
                round(middle, 2), oldest.date, oldest.condition, BASIS, source, oldest.age_days
            )
    return medians
