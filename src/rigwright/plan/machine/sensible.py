"""What a good builder would not buy, whatever it saves: the least of a host by budget and day.

These are demands like the goal's own, on parts that are bought and were not asked for by name;
where no machine meets them all, one is given up, or else all of them, and the plan says so.
``plan/data/floors.csv`` says from which day, over which budget, and why.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.catalog.loose import MARK
from rigwright.choose.problem import Demand
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.given.demands import named, ram_gib, registered
from rigwright.plan.machine.given.named import may_be, named_parts
from rigwright.spec.build import Build
from rigwright.spec.parts import Card
from rigwright.spec.tables.table import table

FLOORS = Path(__file__).parents[1] / "data" / "floors.csv"
TRAINING = ("train", "forward_backward")
TWO = "two modules of memory (four of registered)"


@dataclass(frozen=True, slots=True)
class Floor:
    """The ``least`` of one thing from a day on, over a budget. training : only of such runs."""

    what: str
    since: dt.date
    over_usd: float
    least: float
    training: bool


def floors(goal: Goal) -> dict[str, float]:
    """What a good builder would have at least on the goal's day, for its budget and run."""
    training, held = goal.workload.run().mode in TRAINING, dict[str, float]()
    for row in table(Floor, FLOORS):
        if row.since <= goal.as_of and row.over_usd < goal.parts_usd and training >= row.training:
            held[row.what] = max(row.least, held.get(row.what, 0.0))
    return held


def sensible(goal: Goal) -> tuple[Demand, ...]:
    """The demands that the budget, the day and the kind of run make, each by name; what is given
    up most lightly comes first."""
    held = floors(goal)
    if goal.limits.drive != "ssd":
        held.pop("nvme", None)
    gib, years, cores, gen = (held.get(k, 0.0) for k in ("memory", "years", "cores", "gen"))
    day = goal.as_of
    oldest = day.replace(year=day.year - int(years), day=min(day.day, 28))

    def in_pairs(kit: Any) -> float:  # processors of registered ones have four channels and more
        return float(kit.modules) / (2.0 if registered(kit) else 1.0)

    def recent(part: Any) -> bool:
        return part.released is None or part.released >= oldest

    asked = {
        "nvme": Demand("an NVMe drive", "drive", lambda p: getattr(p, "interface", "") == "pcie"),
        "modules": Demand(TWO, "ram", amount=in_pairs, least=held.get("modules", 0.0)),
        "memory": Demand(f"{gib:g} GiB of memory", "ram", amount=ram_gib, least=gib),
        "years": Demand(f"a processor of the last {years:g} years", "cpu", recent),
        "gen": Demand(f"PCIe {gen:g}", "cpu", lambda p: (getattr(p, "pcie_gen", 0) or 0) >= gen),
        "cores": Demand(f"{cores:g} cores", "cpu", lambda p: getattr(p, "cores", 0) >= cores),
    }
    by_floor = (demand for what, demand in asked.items() if what in held)
    return tuple(d for d in (*by_floor, *_for_any(goal)) if not named(goal, d.kind))


def _for_any(goal: Goal) -> Iterator[Demand]:
    """Room and plugs for whichever product an owned card is of which the chip alone is told."""
    owned = [p for p in named_parts("own", goal.own).get("card", ()) if p.name.endswith(MARK)]
    each = [[c for c in may_be(p, Build()).parts if isinstance(c, Card)] for p in owned]
    longest = max((card.length_mm or 0.0 for cards in each for card in cards), default=0.0)
    plugs = sum(max(sum(p in ("6", "8") for p in c.plugs or ()) for c in cards) for cards in each)
    if longest and not goal.limits.open_frame:
        room = f"room for whichever card it is ({longest:g} mm)"
        yield Demand(room, "case", lambda p: (getattr(p, "gpu_length_mm", 0) or 0) >= longest)
    if plugs:
        name = f"plugs for whichever card it is ({plugs} of 8 pins)"
        yield Demand(name, "psu", lambda p: (getattr(p, "pcie_8pin_plugs", 0) or 0) >= plugs)
