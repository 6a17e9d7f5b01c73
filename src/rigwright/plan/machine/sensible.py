"""What a good builder would not buy, whatever it saves: the least of a host by budget and day.

These are demands like the goal's own, on parts that are bought and were not asked for by name;
where no machine meets them they are given up together, and the plan says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from rigwright.choose.problem import Demand
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.candidates import ram_gib

CPU_YEARS = 6
"""A processor that was new before that lacks instructions, lanes and a board with a warranty."""
CORES, CORES_USD = 6, 2500
RAM_GIB, RAM_USD = 32, 2000
DRIVE_USD = 1500
"""Training reads all the time: beside a machine over this a SATA drive is the wrong saving."""
NVME_SINCE = dt.date(2016, 1, 1)
"""From here on boards of every class take an NVMe drive (Z170, H170, B150: Intel, 2015-08-05)."""
TRAINING = ("train", "forward_backward")


def _years_before(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def sensible(goal: Goal) -> tuple[Demand, ...]:
    """The demands that the budget, the day and the kind of run make, each by name."""
    usd, oldest = goal.budget.usd, _years_before(goal.as_of, CPU_YEARS)
    training = goal.workload.run().mode in TRAINING

    def recent(part: Any) -> bool:
        return part.released is None or part.released >= oldest

    asked: dict[str, tuple[bool, str, Callable[[Any], bool]]] = {
        "a processor of the last six years": (True, "cpu", recent),
        "six cores": (usd > CORES_USD, "cpu", lambda p: p.cores >= CORES),
        "an NVMe drive": (
            training and usd > DRIVE_USD and goal.limits.drive == "ssd"
            and goal.as_of >= NVME_SINCE,
            "drive",
            lambda p: p.interface == "pcie",
        ),
    }  # fmt: skip
    found = tuple(
        Demand(name, kind, accepts)
        for name, (wanted, kind, accepts) in asked.items()
        if wanted and not _named(goal, kind)
    )
    if usd <= RAM_USD or _named(goal, "ram"):
        return found
    return (*found, Demand(f"{RAM_GIB} GiB of memory", "ram", amount=ram_gib, least=RAM_GIB))


def _named(goal: Goal, kind: str) -> bool:
    """The user owns, or asked for, parts of this kind: they are not questioned."""
    field = {"drive": "drives", "card": "cards"}.get(kind, kind)
    return bool(getattr(goal.own, field) or getattr(goal.use, field))
