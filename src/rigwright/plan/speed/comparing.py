"""Use case: GPUs side by side for one run, with what they cost on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rigwright.catalog.prices.ledger import Quote, key
from rigwright.catalog.source import load, prices_on
from rigwright.plan.ask.goal import parse_day
from rigwright.plan.ask.questions import machine_of, run_of
from rigwright.plan.speed.predicting import predict_run
from rigwright.plan.speed.results import Compared, Comparison
from rigwright.plan.speed.runs import chip_named, counted
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Card, Chip
from rigwright.spec.run import Prediction

GIB = 1024**3
SLOW_SHARE = 1 / 7
"""GTX 970: the last 0.5 GiB sits behind one of eight 32-bit channels while the other seven serve
the first 3.5 GiB (NVIDIA's statement to AnandTech, 2015-01-26: 28 of 224 GB/s, not usable
together)."""


def cheapest_cards(as_of: dt.date) -> dict[str, Quote]:
    """Chip id -> cheapest dated price of a card that carries one such chip."""
    seen = prices_on(as_of)
    best: dict[str, Quote] = {}
    for card in load(Card):
        quote = seen.get(key(card))
        if quote is None or card.chip_count != 1:
            continue
        if card.chip not in best or quote.usd < best[card.chip].usd:
            best[card.chip] = quote
    return best


def memory_notes(chip: Chip, p: Prediction) -> tuple[str, ...]:
    """What a buyer must know about this chip's memory for this run."""
    notes = []
    fast = chip.fast_vram_bytes
    if fast and p.memory_bytes > fast:
        notes.append(
            f"needs {p.memory_bytes / GIB:.1f} GiB but only {fast / GIB:.1f} GiB run at full "
            f"speed; the rest has {SLOW_SHARE:.0%} of the bandwidth, so expect stalls that the "
            "step time above does not contain"
        )
    elif fast:
        notes.append(
            f"only {fast / GIB:.1f} of {chip.vram_bytes / GIB:.1f} GiB run at full speed; "
            f"this run needs {p.memory_bytes / GIB:.1f} GiB and stays inside"
        )
    return tuple(notes)


def _at_least_one(number: int | None) -> int:
    if number == 0:
        raise InputError("compare", "gpu", "0 x", "one or more cards")
    return number or 1


def compare_chips(names: Sequence[str], values: dict[str, Any], as_of: str | None) -> Comparison:
    """Step time, memory and price of each named GPU, or several (``2x RTX 3090``), for a run."""
    if len(names) < 2:
        raise InputError("compare", "gpu", list(names), "two or more GPU names")
    run, day = run_of(values, "compare"), parse_day(as_of)
    prices = cheapest_cards(day)
    rows: list[Compared] = []
    for number, name in map(counted, names):
        chip, count = chip_named(name), _at_least_one(number)
        machine = machine_of(values | {"gpu_count": count}, chip, run, "compare")
        p = predict_run(run, machine)
        quote = prices.get(chip.id)
        first = rows[0].prediction.throughput if rows else p.throughput
        rows.append(
            Compared(
                gpu=chip.name,
                released=chip.released,
                vram_bytes=chip.vram_bytes,
                prediction=p,
                relative_speed=p.throughput / first,
                usd=quote.usd * count if quote else None,
                usd_date=quote.seen_date if quote else None,
                usd_per_speed=quote.usd * count / p.throughput if quote else None,
                notes=memory_notes(chip, p),
                gpu_count=count,
            )
        )
    return Comparison(run, day, tuple(rows))
