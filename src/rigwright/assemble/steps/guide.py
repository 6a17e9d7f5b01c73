"""The steps of a build, in one of the two orders that work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rigwright.assemble.steps.boardwork import board_steps
from rigwright.assemble.steps.cardwork import bench_test, card_steps, start_steps
from rigwright.assemble.steps.casework import case_steps
from rigwright.assemble.steps.step import Order, Step, ordered
from rigwright.assemble.steps.traits import Traits
from rigwright.spec.build import Build

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
    t = Traits(build, seats)
    found = [*start_steps(t), *board_steps(t), *case_steps(t), *card_steps(t), *later]
    if order == "bench" and build.psu is not None and build.board is not None and not t.liquid:
        test = bench_test(t)
        found = [
            *(replace(s, after=(*s.after, test.id)) if s.id == "board" else s for s in found),
            test,
        ]
    return ordered(found, WISH[order])
