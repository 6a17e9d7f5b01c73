"""The rest of the money: a host that suits the cards, part by part, by documented utilities.

Cards decide the speed; what is left buys memory, cores, storage and headroom as far as each is
worth its price. ``plan/data/outfit.csv`` says what a doubling of each is worth, as a share of the
budget, and from where on more is worth nothing. The search then looks for the machine with the
smallest sum of prices and of what is lacking: the one with the largest worth for its money.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rigwright.choose.problem import Choice, Option, Problem
from rigwright.choose.search import cheapest_below
from rigwright.choose.verdicts import Verdicts
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.candidates import registered
from rigwright.spec.parts import Part
from rigwright.spec.tables.table import table

DEAR_USD = 12_000
"""Shares are of the budget up to here: a terabyte costs no more beside a dearer machine."""
SCALES = (1.0, 0.5, 0.25, 0.1)
"""Tried in turn until the budget pays the machine; the cheapest one stands behind them."""
BESIDE_CPU_W = 60.0
DESKTOP_CHANNELS, SERVER_CHANNELS = 2, 4
"""The fewest memory channels of platforms that take plain and registered modules."""
TABLE = Path(__file__).parents[1] / "data" / "outfit.csv"


@dataclass(frozen=True, slots=True)
class Worth:
    """What a doubling of one thing (in its unit) is worth, and how much of it is enough.

    share_per_doubling : of the budget.
    """

    what: str
    unit: str
    share_per_doubling: float
    enough: float
    meaning: str

    def lack(self, amount: float) -> float:
        """Share of the budget that is lacking with this amount; nothing from ``enough`` on."""
        if amount >= self.enough:
            return 0.0
        return self.share_per_doubling * math.log2(self.enough / max(amount, self.enough / 64))


def worths() -> dict[str, Worth]:
    """The table by name."""
    return {row.what: row for row in table(Worth, TABLE)}


def lacks(goal: Goal, option: Option, scale: float) -> Callable[[str, Sequence[Part]], int]:
    """Cents of worth that the parts of one kind lack beside the option's cards."""
    cents = min(goal.budget.usd, DEAR_USD) * 100 * scale
    vram_gib = option.chip.vram_bytes * option.count / 2**30
    watts = (option.chip.power_limit_w or 150.0) * option.count
    known = worths()

    def ram(parts: Sequence[Any]) -> float:
        gib = sum(p.modules * p.module_gib for p in parts)
        channels = SERVER_CHANNELS if registered(parts[0]) else DESKTOP_CHANNELS
        modules = sum(p.modules for p in parts)
        return known["ram"].lack(gib / vram_gib) + known["channels"].lack(modules / channels)

    def modern(parts: Sequence[Any]) -> float:
        released = parts[0].released
        if released is None:  # as one of two years
            return 2 * known["modern"].share_per_doubling
        return known["modern"].lack(365.25 / max((goal.as_of - released).days, 30))

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


def outfitted(goal: Goal, task: Problem, cheapest: Choice, verdicts: Verdicts) -> Choice:
    """The machine around the chosen cards with the largest worth that the budget pays."""
    budget = task.budget_cents or 0
    for scale in SCALES:
        lack = lacks(goal, cheapest.option, scale)
        asked = replace(task, options=(cheapest.option,), lacks=lack)
        most = cheapest.cents + sum(lack(kind, cheapest.build.of(kind)) for kind in task.candidates)
        found = cheapest_below(asked, cheapest.option, most, verdicts)
        if found is not None and found.paid_cents <= budget:
            return replace(found, cents=found.paid_cents)
    return cheapest
