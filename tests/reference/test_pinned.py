"""Our own numbers are what they were. Meant to change: ``python -m tests.reference.pins``."""

from __future__ import annotations

import pytest
from tests.reference.pins.table import ROOMS, differing, read, text_of


def test_the_table_tells_a_small_change():
    answer = {"step_s": 0.0123456, "bound": "host", "fits": 1.0}
    assert differing(text_of(answer), answer) == []
    assert differing(text_of(answer), {**answer, "step_s": 0.01235}) != []
    assert differing(text_of(answer), {**answer, "bound": "network"}) != []
    assert differing(text_of(answer), {"step_s": 0.0123456, "bound": "host"}) != []


@pytest.mark.parametrize("room", ROOMS)
def test_answers_are_what_they_were(room):
    pinned, wrong, asked = read(), {}, 0
    for case, answer in ROOMS[room].cases():
        asked += 1
        found = differing(pinned[case], answer) if case in pinned else ["is not pinned"]
        if found:
            wrong[case] = found[:3]
    assert asked > 20
    assert not wrong, f"{len(wrong)} of {asked} changed: {dict(list(wrong.items())[:5])}"


def test_nothing_is_pinned_that_nobody_asks():
    asked = {case for room in ROOMS.values() for case, _ in room.cases()}
    assert asked == set(read())
