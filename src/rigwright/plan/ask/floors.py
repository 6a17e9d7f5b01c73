"""The oldest NVIDIA chip that a run's software still has kernels for on a day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rigwright.plan.ask.kinds import served
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run
from rigwright.spec.tables.table import table

FLOORS = Path(__file__).parent / "data" / "software_floors.csv"


@dataclass(frozen=True, slots=True)
class Floor:
    """From ``since`` on new releases of ``software`` have no kernels for lesser chips.

    names : engines (or an engine and the format it reads), frameworks, methods and optimizers of a
    run that need it.
    """

    software: str
    names: tuple[str, ...]
    since: dt.date
    compute_capability_min: str


def _number(capability: str) -> tuple[int, ...]:
    return tuple(map(int, capability.split(".")))


def _named(run: Run) -> Iterator[str]:
    """Software of today that a run needs; what it states a release of may be as old as that."""
    said = run.software
    if served(run):
        if said.engine_version is None:
            yield from (said.engine, f"{said.engine} {run.precision}")
    elif said.framework_version is None:
        yield from (said.framework, run.method, run.optimizer)


def floor_above(run: Run, chip: Chip, day: dt.date) -> Floor | None:
    """The floor that lies highest above a chip; None = the run's software knows it, or is not
    known to leave it out."""
    if chip.vendor != "nvidia" or chip.compute_capability is None:
        return None
    names, own = frozenset(_named(run)), _number(chip.compute_capability)
    rows = (r for r in table(Floor, FLOORS) if r.since <= day and names.intersection(r.names))
    above = (r for r in rows if _number(r.compute_capability_min) > own)
    return max(above, key=lambda row: _number(row.compute_capability_min), default=None)
