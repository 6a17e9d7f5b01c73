"""Memory under a tower cooler: what sticks out moves the fan, and the case decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fit.story import STORY, change

from rigwright.fit.rules import BY_ID


def found(memory, clear, height, room):
    build = change(
        STORY, ram__height_mm=memory, cooler__memory_clearance_mm=clear, cooler__height_mm=height,
        case__cooler_height_mm=room,
    )  # fmt: skip
    return BY_ID["cooler_ram_clearance"].check(build)


# NH-D15: 165 mm, clears 32 mm (noctua.at).
@pytest.mark.parametrize(
    ("memory", "clear", "height", "room", "verdict", "severity"),
    [
        (31, 32, 165, 185, "ok", "warning"),
        (34, 32, 165, 185, "warning", "note"),  # 167 of 185 mm
        (45, 32, 165, 170, "warning", "warning"),  # 178 mm are too much
        (45, 32, 165, None, "warning", "warning"),
        (45, 32, 70, 185, "warning", "warning"),  # a flat cooler has no fan to move
        (None, 32, 165, 185, "unknown", "warning"),
    ],
)
def test_the_front_fan_moves_up(memory, clear, height, room, verdict, severity):
    answer = found(memory, clear, height, room)
    assert (answer.verdict, answer.severity) == (verdict, severity), answer.why


def test_millimetres_are_said():
    assert "up by 2 mm, then the cooler stands 167 mm of 185 mm" in found(34, 32, 165, 185).why


def test_without_a_case_it_is_a_loss():
    build = replace(change(STORY, ram__height_mm=40, cooler__memory_clearance_mm=32), case=None)
    assert BY_ID["cooler_ram_clearance"].check(build).loses
