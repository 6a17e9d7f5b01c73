"""Our own numbers are what they were. Meant to change: ``python -m tests.reference.pins``."""

from __future__ import annotations

import functools

import pytest
from tests.reference.pins.leaves import Leaves
from tests.reference.pins.table import ROOMS, differing, read, text_of


def test_the_table_tells_a_small_change():
    answer = {"step_s": 0.0123456, "bound": "host", "fits": 1.0}
    assert differing(text_of(answer), answer) == []
    assert differing(text_of(answer), {**answer, "step_s": 0.01235}) != []
    assert differing(text_of(answer), {**answer, "bound": "network"}) != []
    assert differing(text_of(answer), {"step_s": 0.0123456, "bound": "host"}) != []


@functools.cache
def answered(room: str) -> dict[str, Leaves]:
    return dict(ROOMS[room].cases())


@pytest.mark.parametrize("room", ROOMS)
def test_answers_are_what_they_were(room):
    pinned, wrong = read(), {}
    for case, answer in answered(room).items():
        found = differing(pinned[case], answer) if case in pinned else ["is not pinned"]
        if found:
            wrong[case] = found[:3]
    assert not wrong, f"{len(wrong)} changed: {dict(list(wrong.items())[:5])}"


def test_what_is_pinned_is_asked_and_answered():
    asked = {case: answer for room in ROOMS for case, answer in answered(room).items()}
    assert asked.keys() == read().keys()
    refused = [case for case, answer in asked.items() if "refused" in answer]
    assert len(refused) < 0.02 * len(asked), refused
