"""What a good builder would not buy, whatever it saves: the least of a host by budget and day.

These are demands like the goal's own, on parts that are bought and were not asked for by name;
where no machine meets them all, one is given up, or else all of them, and the plan says so.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from rigwright.choose.problem import Demand
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.given.demands import ram_gib

CPU_YEARS = 6
"""A processor that was new before that lacks instructions, lanes and a board with a warranty."""
CORES, CORES_USD = 6, 2500
RAM_GIB, RAM_USD = 32, 2000
DRIVE_USD = 1500
"""Training reads all the time: beside a machine over this a SATA drive is the wrong saving."""
NVME_SINCE = dt.date(2016, 1, 1)
"""From here on boards of every class take an NVMe drive (Z170, H170, B150: Intel, 2015-08-05)."""
NVME_USUAL = dt.date(2020, 1, 1)
"""From here on an NVMe drive costs what a SATA drive does; 65 of 67 builders' lists have one."""
TRAINING = ("train", "forward_backward")


def _years_before(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def sensible(goal: Goal) -> tuple[Demand, ...]:
    """The demands that the budget, the day and the kind of run make, each by name; what is given
    up most lightly comes first."""
    usd, oldest = goal.parts_usd, _years_before(goal.as_of, CPU_YEARS)
    training = goal.workload.run().mode in TRAINING

    def recent(part: Any) -> bool:
        return part.released is None or part.released >= oldest

    nvme = training and usd > DRIVE_USD and goal.as_of >= NVME_SINCE
    nvme = (nvme or goal.as_of >= NVME_USUAL) and goal.limits.drive == "ssd"
    asked = (
        (nvme, Demand("an NVMe drive", "drive", lambda p: getattr(p, "interface", "") == "pcie")),
        (True, Demand("two modules of memory", "ram", amount=_modules, least=2)),
        (
            usd > RAM_USD,
            Demand(f"{RAM_GIB} GiB of memory", "ram", amount=ram_gib, least=RAM_GIB),
        ),
        (True, Demand("a processor of the last six years", "cpu", recent)),
        (usd > CORES_USD, Demand("six cores", "cpu", lambda p: getattr(p, "cores", 0) >= CORES)),
    )
    return tuple(d for wanted, d in asked if wanted and not _named(goal, d.kind))


def _modules(part: Any) -> float:
    return float(part.modules)


def _named(goal: Goal, kind: str) -> bool:
    """The user owns, or asked for, parts of this kind: they are not questioned."""
    field = {"drive": "drives", "card": "cards"}.get(kind, kind)
    return bool(getattr(goal.own, field) or getattr(goal.use, field))
