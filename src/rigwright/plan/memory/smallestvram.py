"""Use case: the smallest memory that carries a run, and the cheapest chips that have it."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

from rigwright.catalog.source import load
from rigwright.plan.ask.goal import money_in, parse_day
from rigwright.plan.ask.questions import machine_of, run_of
from rigwright.plan.memory.changes import lighter
from rigwright.plan.memory.results import Carrier, SmallestVram
from rigwright.plan.speed import stepping, vram
from rigwright.plan.speed.cardprices import bought, by_chip
from rigwright.predict import memory
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run

SHOWN = 8
SHARED = "soc"
"""Chips without memory of their own: what they have depends on the computer."""
LATEST = "ampere"
"""The generation of chips (and later ones) whose driver context the answer assumes."""


def smallest_vram(
    values: dict[str, Any], as_of: str | None = None, currency: str | None = None
) -> SmallestVram:
    """The least VRAM per card for the run of ``values``. Raises RigwrightError for bad input."""
    run, day = run_of(values, "fit"), parse_day(as_of)

    def on(chip: Chip) -> Machine:
        return machine_of(values, chip, run, "fit")

    chips = [c for c in load(Chip) if c.segment != SHARED and c.released and c.released <= day]
    if not chips:
        raise InputError("fit", "as-of", day, "a day after the first chip of the catalogue")
    by_generation: dict[str, vram.Held] = {}
    for chip in chips:
        kind = memory.generation(chip)
        if kind not in by_generation:
            by_generation[kind] = vram.held(run, on(chip))
    holding = [c for c in chips if by_generation[memory.generation(c)].verdict(c) == vram.FITS]
    latest = max(chips, key=lambda c: (memory.generation(c) == LATEST, c.vram_bytes))
    found = by_generation[memory.generation(latest)]
    return SmallestVram(
        run=run, gpu_count=on(latest).gpu_count, as_of=day,
        vram_bytes=found.needed_bytes + memory.DRIVER_BYTES, memory_bytes=found.peak.bytes,
        chance_from=found.source, moment=str(found.peak.moment), shares=found.peak.shares,
        smallest_bytes=min((c.vram_bytes for c in holding), default=None),
        carriers=_cheapest(run, holding, on, day), lighter=lighter(run, on(latest)),
        money=money_in(currency, day),
    )  # fmt: skip


def _cheapest(
    run: Run, chips: list[Chip], on: Callable[[Chip], Machine], day: dt.date
) -> tuple[Carrier, ...]:
    """Chips by what a card costs, those sold new first; where none can be bought, the smallest."""
    known = by_chip(day)
    prices = {c.id: price for c in chips if (price := bought(known, c.id)) is not None}
    wanted = [c for c in chips if c.id in prices] or chips
    order = {name: (price.condition == "used", price.usd) for name, price in prices.items()}
    wanted = sorted(wanted, key=lambda c: (order.get(c.id, (True, math.inf)), c.vram_bytes))
    found = []
    for chip in wanted[:SHOWN]:
        machine = on(chip)
        p, count = stepping.predict_run(run, machine), machine.gpu_count
        price = prices.get(chip.id)
        carrier = Carrier(
            gpu=chip.name, gpu_count=count, vram_bytes=chip.vram_bytes, memory_bytes=p.memory_bytes,
            chance=p.fit_chance or 0.0, step_s=p.step_s,
            usd=price.usd * count if price and price.usd else None,
            usd_date=price.seen_date if price else None,
            usd_condition=price.condition if price else "",
        )  # fmt: skip
        found.append(carrier)
    return tuple(found)
