"""What a goal asks of single parts, and how many of one are bought."""

import math

from rigwright.choose.problem import Demand
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.given.named import PLURAL, named_parts
from rigwright.plan.memory import sizing
from rigwright.plan.memory.results import disk_words, total
from rigwright.spec.parts import Case, Cooler, Cpu, Drive, Part, RamKit

DISK, MEMORY = "disk: ", "memory: "
"""How the names of demands begin that are sums."""


def demands(goal: Goal) -> tuple[Demand, ...]:
    """The goal's limits on single parts, each by name."""
    limits = goal.limits
    least, cores = limits.storage_gb_min * 1e9, limits.cores_min
    found = [
        Demand("limits.storage_gb_min", "drive", lambda p: capacity(p) >= least),
        *disk_demand(goal),
        Demand("limits.cores_min", "cpu", lambda p: isinstance(p, Cpu) and p.cores >= cores),
    ]
    if not goal.own.ram:
        found.insert(
            0, Demand("limits.ram_gib_min", "ram", amount=ram_gib, least=limits.ram_gib_min)
        )
    if limits.drive == "ssd":
        asked = {p.id for p in named_parts("use", goal.use).get("drive", ())}
        found.append(
            Demand(
                "limits.drive", "drive",
                lambda p: isinstance(p, Drive) and (p.type == "ssd" or p.id in asked),
            )
        )  # fmt: skip
        if named(goal, "drive"):
            name = "limits.drive: a hard disk is never alone"
            found.append(Demand(name, "drive", amount=beside_disk, least=1))
    if limits.noise_dba_max is not None:
        loudest, unrated = limits.noise_dba_max, math.inf
        quiet = lambda p: isinstance(p, Cooler) and (p.noise_dba or unrated) <= loudest  # noqa: E731
        found.append(Demand("limits.noise_dba_max", "cooler", quiet))
    if limits.case_volume_l_max is not None or limits.case_height_mm_max is not None:
        found.append(Demand("limits.case size", "case", lambda p: _small(p, goal)))
    return tuple(found)


def disk_demand(goal: Goal) -> tuple[Demand, ...]:
    """Room on all drives together for what lies on them, where that is more than the goal's least
    and the goal does not say this itself."""
    if "storage_gb_min" in goal.limits.model_fields_set:
        return ()
    terms = sizing.disk_sum(goal.workload.run(), goal.job())
    if total(terms) <= goal.limits.storage_gb_min * 1e9:
        return ()
    name = f"{DISK}{disk_words(terms)}"
    return (Demand(name, "drive", amount=capacity, least=total(terms)),)


def beside_disk(part: Part) -> float:
    """1 for a drive that may be the only one: not a hard disk."""
    return float(isinstance(part, Drive) and part.type != "hdd")


def named(goal: Goal, kind: str) -> bool:
    """Whether parts of a kind are owned or asked for."""
    return any(getattr(parts, PLURAL.get(kind, kind)) for parts in (goal.own, goal.use))


def capacity(part: Part) -> float:
    """Bytes of a drive."""
    return part.capacity_bytes if isinstance(part, Drive) else 0.0


def ram_gib(part: Part) -> float:
    """GiB of a kit."""
    return part.modules * part.module_gib if isinstance(part, RamKit) else 0.0


SERVER_MODULES, MODULES, DDR5_MODULES = (1, 2, 4, 6, 8, 12), (1, 2, 4), (1, 2)
"""Modules that builders buy singly or in equal kits: servers have up to 12 channels, and four DDR5
modules on two channels run at half their speed unless they were made as one kit."""


def kits(part: Part) -> tuple[int, ...]:
    """How many equal kits of memory a builder buys: those whose modules fill channels."""
    if not isinstance(part, RamKit) or not part.modules:
        return (1,)
    plain = DDR5_MODULES if part.type == "DDR5" else MODULES
    filled = SERVER_MODULES if registered(part) else plain
    return tuple(n // part.modules for n in filled if n % part.modules == 0) or (1,)


def registered(kit: RamKit) -> bool:
    """Whether a kit is for boards of servers and workstations."""
    return "RDIMM" in (kit.form or "")


def _small(part: Part, goal: Goal) -> bool:
    limits = goal.limits
    if not isinstance(part, Case):
        return False
    height, volume = part.height_mm, part.volume_l
    if limits.case_height_mm_max is not None and not 0 < (height or 0) <= limits.case_height_mm_max:
        return False
    return limits.case_volume_l_max is None or 0 < (volume or 0) <= limits.case_volume_l_max
