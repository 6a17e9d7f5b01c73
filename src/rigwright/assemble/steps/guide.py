"""The steps of putting a machine together, in one of the two orders that work."""

import functools
import graphlib
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rigwright.spec.build import Build
from rigwright.spec.tables.table import records
from rigwright.spec.tables.worded import expressions, worded

DATA = Path(__file__).parents[1] / "data"
STEPS = DATA / "steps.toml"
Order = Literal["bench", "case-first"]
ORDERS: tuple[Order, ...] = ("bench", "case-first")
Seats = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done at once, with what must hold before the next one.

    after : ids of steps that must be done before; ids of steps that these parts do not need are
    allowed and mean nothing.  minutes : for somebody who does it often, and for a first time.
    drawing : its line drawing's name; empty = none.
    """

    id: str
    phase: str
    title: str
    do: tuple[str, ...]
    checks: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    minutes: tuple[int, int] = (5, 10)
    after: tuple[str, ...] = ()
    drawing: str = ""


def ordered(steps: Sequence[Step], wish: Iterable[str]) -> tuple[Step, ...]:
    """The steps so that each comes after what it needs, as near to ``wish`` as that allows.

    wish : ids in the order one would like them; steps that it does not name come last.
    Raises graphlib.CycleError when steps need each other, KeyError when an id occurs twice.
    """
    by_id: dict[str, Step] = {}
    for step in steps:
        if step.id in by_id:
            raise KeyError(step.id)
        by_id[step.id] = step
    rank = {name: place for place, name in enumerate(wish)}
    sorter = graphlib.TopologicalSorter(
        {s.id: [a for a in s.after if a in by_id] for s in by_id.values()}
    )
    sorter.prepare()
    ready: list[tuple[int, str]] = []
    found = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heapq.heappush(ready, (rank.get(name, len(rank)), name))
        _, name = heapq.heappop(ready)
        found.append(by_id[name])
        sorter.done(name)
    return tuple(found)


@functools.cache
def _holding() -> dict[str, str]:
    """Socket -> how it holds a processor, where that is not by pins and a lever of its own."""
    return {row["socket"]: row["holds"] for row in records(DATA / "sockets.csv")}


def traits(
    build: Build, order: Order = "bench", seats: Seats = (), shares: Sequence[int] = ()
) -> dict[str, Any]:
    """What of a build changes how it is put together: the section ``traits`` of ``steps.toml``."""
    m2 = [drive for drive in build.drives if drive.form_factor.startswith("M.2")]
    found: dict[str, Any] = {
        "seats": seats, "shares": shares, "m2": m2,
        "cabled": [drive for drive in build.drives if drive not in m2],
        "plugs": [
            p for c in build.cards for p in (("?",) if c.plugs is None else c.plugs) if p != "none"
        ],
    }  # fmt: skip
    for name, value in expressions(STEPS, "traits").items():
        found[name] = value(b=build, t=found, order=order, holds=_holding())
    return found


def steps(
    build: Build,
    order: Order,
    seats: Seats = (),
    later: Sequence[Step] = (),
    shares: Sequence[int] = (),
) -> tuple[Step, ...]:
    """What to do with these parts, each step after what it needs.

    seats : (slot, lanes) of each card where known.  later : steps of the software to sort in.
    shares : cards that each supply feeds.
    """
    told = traits(build, order, seats, shares)
    found = [Step(**facts) for facts in worded(STEPS, "step", b=build, t=told)]
    (wish,) = worded(STEPS, "order", name=order)
    return ordered([*found, *later], wish["steps"])
