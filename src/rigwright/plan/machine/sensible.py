"""What a good builder would not buy, whatever it saves: the least of a host by budget and day.

These are demands like the goal's own, on parts that are bought and were not asked for by name;
where no machine meets them all, one is given up, or else all of them, and the plan says so.
"""

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any

from rigwright.choose.problem import Demand, Option
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.given.demands import ram_gib
from rigwright.plan.machine.given.named import PLURAL

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
HOST_USD, HOST_CORES, CORES_EACH, HOST_GEN = 6500, 8, 4, 4.0
"""Beside cards of this price: cores, those for each card, and PCIe as fast as the cards' up to 4.0.
Builders' lists over it have 8 to 12 cores a card at the median, 6 beside four, and server
processors beside four or more; no worth of money decides it, or the cheapest processor with a
picture of its own would carry data-centre cards on half their links."""
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


def suited(goal: Goal, found: tuple[Option, ...]) -> tuple[tuple[Option, ...], tuple[Demand, ...]]:
    """The options, those with dear cards asking for a processor that suits them, and these
    demands; none where the user owns or names the processor."""
    if goal.parts_usd <= HOST_USD or goal.own.cpu or goal.use.cpu:
        return found, ()
    asking, demands = [], dict[str, Demand]()
    for option in found:
        if min((c.cents for c in option.cards), default=0) * option.count > HOST_USD * 100:
            cores = max(HOST_CORES, CORES_EACH * option.count)
            gen = min(option.chip.pcie_gen or 0.0, HOST_GEN)
            name = f"a processor of {cores} cores and PCIe {gen:g} beside dear cards"
            demands[name] = Demand(name, "cpu", partial(_carries, cores, gen), some=True)
            option = replace(option, asks=option.asks | {name})
        asking.append(option)
    return tuple(asking), tuple(demands.values())


def _carries(cores: int, gen: float, part: Any) -> bool:
    return bool(part.cores >= cores and (part.pcie_gen or 0.0) >= gen)


def _modules(part: Any) -> float:
    return float(part.modules)


def _named(goal: Goal, kind: str) -> bool:
    """The user owns, or asked for, parts of this kind: they are not questioned."""
    field = PLURAL.get(kind, kind)
    return bool(getattr(goal.own, field) or getattr(goal.use, field))
