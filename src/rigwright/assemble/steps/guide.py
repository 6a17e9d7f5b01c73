"""The steps of a build, in one of the two orders that work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rigwright.assemble.steps.step import Order, Step, ordered
from rigwright.assemble.steps.traits import Traits
from rigwright.spec.build import Build
from rigwright.spec.tables.worded import worded

STEPS = Path(__file__).parents[1] / "data" / "steps.toml"

WISH: dict[Order, tuple[str, ...]] = {
    "bench": (
        "parts", "cpu", "m2", "ram", "backplate", "cooler", "bench-test", "case", "psu", "board",
        "radiator", "power-cables", "front-panel", "drives", "card", "card-power", "look",
        "first-power", "bios", "more-cards",
    ),
    "case-first": (
        "parts", "case", "backplate", "board", "cpu", "radiator", "ram", "cooler", "m2", "psu",
        "power-cables", "front-panel", "drives", "card", "card-power", "look", "first-power",
        "bios", "more-cards",
    ),
}  # fmt: skip
"""``bench``: processor, memory and cooler outside the case, then a test. ``case-first``: the board
goes into the case early, as many first builders do. Hard precedence wins over both."""


def steps(
    build: Build, order: Order, seats: Sequence[tuple[int, int]] = (), later: Sequence[Step] = ()
) -> tuple[Step, ...]:
    """What to do with these parts, each step after what it needs.

    seats : (slot, lanes) of each card where known.  later : steps of the software to sort in.
    """
    traits = Traits(build, seats, order)
    found = [Step(**facts) for facts in worded(STEPS, "step", b=build, t=traits)]
    return ordered([*found, *later], WISH[order])
