"""The rest of the money: a host that suits the cards, part by part, by documented utilities.

Cards decide the speed; what is left buys memory, cores, storage and headroom as far as each is
worth its price. ``plan/data/outfit.csv`` says what a doubling of each is worth, as a share of the
budget, and from where on more is worth nothing. The search then looks for the machine with the
smallest sum of prices and of what is lacking: the one with the largest worth for its money.
"""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from rigwright.choose.problem import Choice, Option, Problem
from rigwright.choose.search import Search
from rigwright.plan.ask.goal import Goal
from rigwright.spec.parts import Part

DEAR_USD = 12_000
"""Shares are of the budget up to here: a terabyte costs no more beside a dearer machine."""
SCALES = (1.0, 0.5, 0.25, 0.1)
"""Tried in turn until the budget pays the machine; the cheapest one stands behind them."""
BESIDE_CPU_W = 60.0
UNDATED_DAYS = 5 * 365


@dataclass(frozen=True, slots=True)
class Worth:
    """What a doubling is worth as a share of the budget, and how much is enough."""

    share: float
    enough: float

    def lack(self, amount: float) -> float:
        """Share of the budget that is lacking with this amount; nothing from ``enough`` on."""
        if amount >= self.enough:
            return 0.0
        return self.share * math.log2(self.enough / max(amount, self.enough / 64))


@functools.cache
def worths() -> dict[str, Worth]:
    """The table by name."""
    text = (files("rigwright.plan") / "data/outfit.csv").read_text(encoding="utf-8")
    return {
        row["what"]: Worth(float(row["share_per_doubling"]), float(row["enough"]))
        for row in csv.DictReader(text.splitlines())
    }


def lacks(goal: Goal, option: Option, scale: float) -> Callable[[str, Sequence[Part]], int]:
    """Cents of worth that the parts of one kind lack beside the option's cards."""
    cents = min(goal.budget.usd, DEAR_USD) * 100 * scale
    vram_gib = option.chip.vram_bytes * option.count / 2**30
    watts = (option.chip.power_limit_w or 150.0) * option.count
    known = worths()

    def ram(parts: Sequence[Any]) -> float:
        gib = sum(p.modules * p.module_gib for p in parts)
        modules = sum(p.modules for p in parts)
        return known["ram"].lack(gib / vram_gib) + known["channels"].lack(modules / 2)

    def modern(parts: Sequence[Any]) -> float:
        days = [(goal.as_of - p.released).days for p in parts if p.released]
        return (
            known["modern"].lack(365.25 / max(days[0], 30)) if days else 2 * known["modern"].share
        )

    def cpu(parts: Sequence[Any]) -> float:
        return known["cores"].lack(parts[0].cores / option.count) + modern(parts)

    def drive(parts: Sequence[Any]) -> float:
        size = known["storage"].lack(sum(p.capacity_bytes for p in parts) / 1e12)
        rate = max((p.sequential_read_bytes_per_s or 0.0 for p in parts), default=0.0)
        return size + known["drive_rate"].lack(rate / 1e9)

    def psu(parts: Sequence[Any]) -> float:
        (part,) = parts
        return known["supply"].lack(part.watts / (watts + 2 * BESIDE_CPU_W))

    asked = {"ram": ram, "cpu": cpu, "drive": drive, "psu": psu, "board": modern}

    def lack(kind: str, parts: Sequence[Part]) -> int:
        if kind not in asked or not parts:
            return 0
        return round(cents * asked[kind](parts))

    return lack


def outfitted(goal: Goal, task: Problem, cheapest: Choice, verdicts: Any) -> Choice:
    """The machine around the chosen cards with the largest worth that the budget pays."""
    budget = task.budget_cents or 0
    for scale in SCALES:
        asked = replace(task, options=(cheapest.option,), lacks=lacks(goal, cheapest.option, scale))
        found = Search(asked, verdicts).best(cheapest.option).choice
        if found is not None and found.paid_cents <= budget:
            return replace(found, cents=found.paid_cents)
    return cheapest
