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


def front(case_mm, card_mm, thick):
    build = change(
        STORY, case__gpu_length_mm=case_mm, case__gpu_length_radiator_mm=None,
        case__radiators=("front:360",), card__length_mm=card_mm, cooler__type="liquid",
        cooler__radiator_mm=360, cooler__radiator_thickness_mm=thick,
    )  # fmt: skip
    return BY_ID["gpu_length_with_radiator"].check(build)


@pytest.mark.parametrize(
    ("case_mm", "card_mm", "thick", "verdict"),
    [
        (350, 330, 30, "conflict"),  # the radiator alone leaves 320 mm
        (350, 310, 30, "unknown"),  # with fans 295 mm: on which side are they?
        (350, 290, 30, "warning"),
        (350, 330, None, "unknown"),
    ],
)
def test_a_radiator_at_the_front_takes_from_the_cards_room(case_mm, card_mm, thick, verdict):
    assert front(case_mm, card_mm, thick).verdict == verdict


def test_a_passive_card_asks_for_air_without_waiting_for_the_case():
    from dataclasses import replace

    bare = change(STORY, card__cooling="passive")
    for build in (replace(bare, case=None), change(bare, case__form_factor="")):
        found = BY_ID["pro_card_passive"].check(build)
        assert (found.verdict, "air" in found.why) == ("warning", True)


@pytest.mark.parametrize(
    ("form", "fans", "places", "verdict"),
    [
        ("4U rack", 2, (), "warning"),
        ("2U server", None, (), "unknown"),
        ("4U rack", 0, (), "unknown"),
        ("4U rack", 1, (), "unknown"),
        ("4U rack", None, ("front:360",), "warning"),
        ("4U rack", 0, ("front:140", "front:240:30"), "warning"),
        ("4U rack", None, ("front:140",), "unknown"),
        ("4U rack", None, ("rear:360",), "unknown"),
        ("mid tower", 3, (), "conflict"),
        ("mid tower", 3, ("front:360",), "conflict"),
    ],
)
def test_a_passive_card_needs_a_chassis_with_fans(form, fans, places, verdict):
    build = change(
        STORY, card__cooling="passive", case__form_factor=form, case__fans_included=fans,
        case__radiators=places,
    )  # fmt: skip
    found = BY_ID["pro_card_passive"].check(build)
    assert found.verdict == verdict and "has no fan of its own" in found.why
    assert verdict != "unknown" or found.severity == "warning"
