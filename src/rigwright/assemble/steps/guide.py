"""The steps of putting a machine together, in one of the two orders that work."""

import graphlib
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rigwright.assemble.steps.traits import Order, Traits
from rigwright.spec.build import Build
from rigwright.spec.tables.worded import worded


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


STEPS = Path(__file__).parents[1] / "data" / "steps.toml"


def steps(
    build: Build, order: Order, seats: Sequence[tuple[int, int]] = (), later: Sequence[Step] = ()
) -> tuple[Step, ...]:
    """What to do with these parts, each step after what it needs.

    seats : (slot, lanes) of each card where known.  later : steps of the software to sort in.
    """
    traits = Traits(build, seats, order)
    found = [Step(**facts) for facts in worded(STEPS, "step", b=build, t=traits)]
    (wish,) = worded(STEPS, "order", name=order)
    return ordered([*found, *later], wish["steps"])
