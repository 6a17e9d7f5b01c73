"""The placement search against trying everything."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st
from tests.fit.story import BOARD

from rigwright.fit.facts.placement import physical
from rigwright.spec.parts import Slot


def brute(slots, plans, cards, openings):
    """Worth of the best placement by trying every order of slots, cards and plans."""
    best = None
    for chosen in permutations(range(len(slots)), len(cards)):
        spots = sorted(zip((slots[i].position for i in chosen), cards, chosen, strict=True))
        for plan in plans:
            widths = [plan[i] for _, _, i in spots]
            if min(widths) == 0:
                continue
            clear = all(a[0] + a[1][0] - 1 + a[1][1] < b[0] for a, b in pairwise(spots))
            if clear and spots[-1][0] + spots[-1][1][0] - 1 <= openings:
                worth = (min(widths), sum(widths))
                best = worth if best is None or worth > best else best
    return best


@given(
    positions=st.lists(st.integers(1, 8), min_size=2, max_size=5, unique=True),
    cards=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 1)), min_size=1, max_size=3),
    openings=st.integers(5, 10),
    data=st.data(),
)
def test_equals_brute_force(positions, cards, openings, data):
    cards = cards[: len(positions)]
    slots = tuple(Slot(p, 16, 4.0, "cpu") for p in positions)
    width = st.sampled_from((0, 4, 8, 16))
    plan = st.tuples(*[width] * len(slots))
    plans = tuple(data.draw(st.lists(plan, min_size=1, max_size=3)))
    board = replace(BOARD, slots=slots, lane_plans=plans)
    sizes, gaps = [c[0] for c in cards], [c[1] for c in cards]
    found = physical(board, sizes, openings, gaps)
    assert (found and found.worth) == brute(slots, plans, cards, openings)
