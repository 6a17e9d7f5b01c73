"""Card height against the side panel: body, cable, and what is not known."""

from __future__ import annotations

import pytest
from tests.fit.story import STORY, change

from rigwright.fit.rules import BY_ID


def found(height, plugs, room):
    build = change(STORY, card__height_mm=height, card__plugs=plugs, case__gpu_height_mm=room)
    return BY_ID["gpu_height"].check(build)


@pytest.mark.parametrize(
    ("height", "plugs", "room", "verdict", "severity"),
    [
        (137, ("16",), 131, "conflict", "error"),  # the panel does not close
        (131.5, (), 131, "conflict", "error"),
        (120, ("16",), 131, "warning", "error"),  # 155 mm with the cable
        (112, ("8",), 131, "warning", "error"),
        (105, ("8",), 131, "ok", "error"),
        (112, (), 131, "ok", "error"),  # fed by the slot
        (96, ("16",), 131, "ok", "error"),
        (None, ("8",), 131, "unknown", "error"),  # a printed limit is tight: the height decides
        (112, ("8",), None, "unknown", "note"),  # no limit printed: a roomy case
        (112, None, 131, "unknown", "note"),
        (90, None, 131, "ok", "error"),  # whatever the plug
    ],
)
def test_body_and_cable(height, plugs, room, verdict, severity):
    answer = found(height, plugs, room)
    assert (answer.verdict, answer.severity) == (verdict, severity), answer.why


def test_a_card_too_tall_beside_one_that_nobody_measured():
    two = change(STORY, case__gpu_height_mm=131)
    other = change(STORY, card__height_mm=None).cards[0]
    tall = change(STORY, card__height_mm=140).cards[0]
    build = change(two, cards=(tall, other))
    assert BY_ID["gpu_height"].check(build).verdict == "conflict"
