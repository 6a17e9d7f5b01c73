"""Boxes and clearances of a build in its case."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from tests.assemble.cased import CASE, FOUR, STORY
from tests.fit.story import CARD
from tests.fit.test_properties import builds

from rigwright import fit
from rigwright.assemble.boxes.geometry import SLOT_MM
from rigwright.plan.build.guiding import layout_of


def clearance(layout, rule):
    return next(c for c in layout.clearances if c.rule == rule)


def box(layout, kind):
    return next(b for b in layout.boxes if b.kind == kind)


def test_the_build_of_2016():
    """NZXT S340 manual: 364 mm for cards, 161 mm for coolers; the owner's 280 mm and 160 mm."""
    made = layout_of(STORY)
    assert clearance(made, "gpu_length").words == "280 of 364 mm, 84 mm left"
    assert clearance(made, "cooler_height").words == "160 of 161 mm, 1 mm left"
    card = box(made, "card")
    assert card.x[1] - card.x[0] == 280
    cooler = box(made, "cooler")
    assert cooler.z[1] - cooler.z[0] == 160


def test_boxes_stay_in_the_case_where_the_rules_say_so():
    made = layout_of(STORY)
    for part in made.boxes:
        for span, size in zip((part.x, part.y, part.z), made.case_mm, strict=True):
            assert -1 <= span[0] < span[1] <= size + 1, part


def test_a_card_too_long_is_a_conflict_and_sticks_out():
    long = replace(STORY, cards=(replace(STORY.cards[0], length_mm=400.0),))
    made = layout_of(long)
    assert clearance(made, "gpu_length").margin == -36
    assert box(made, "card").side == "conflict"
    assert "36 mm too much" in clearance(made, "gpu_length").words


def test_an_unknown_length_is_never_drawn_as_known():
    unknown = replace(STORY, cards=(replace(STORY.cards[0], length_mm=None),))
    made = layout_of(unknown)
    assert ("x", "length") in box(made, "card").usual
    assert box(made, "card").side == "unknown"
    assert clearance(made, "gpu_length").words == "? of 364 mm: measure it"
    assert any("card length" in note for note in made.notes)


def test_cards_sit_where_the_slots_are():
    made = layout_of(FOUR)
    cards = [b for b in made.boxes if b.kind == "card"]
    assert len(cards) == len(FOUR.cards)
    tops = sorted(c.y[0] for c in cards)
    thick = FOUR.cards[0].thickness_slots * SLOT_MM
    assert all(b - a >= thick - 0.1 for a, b in pairwise(tops))


def test_seats_give_each_card_one_slot_that_the_rules_accept():
    seats = fit.seats(FOUR)
    assert len({position for position, _ in seats}) == len(FOUR.cards)
    assert {s.position for s in FOUR.board.slots} >= {position for position, _ in seats}
    assert fit.seats(replace(FOUR, board=None)) == ()


def test_no_case_no_layout():
    assert layout_of(replace(STORY, case=None)) is None
    assert layout_of(replace(STORY, case=replace(CASE, depth_mm=None))) is None


@given(builds())
def test_any_build_has_sound_boxes_and_the_rules_own_verdicts(build):
    findings = fit.check(build)
    made = layout_of(build, findings)
    if made is None:
        return
    said = {f.rule: f.verdict for f in findings}
    for part in made.boxes:
        assert all(a <= b for a, b in (part.x, part.y, part.z)), part
    for room in made.clearances:
        assert room.verdict == said[room.rule]
        if room.verdict == "ok" and room.margin is not None:
            assert room.margin >= 0, room


@pytest.mark.parametrize("size", ["depth_mm", "height_mm", "width_mm"])
def test_zero_means_missing(size):
    assert layout_of(replace(STORY, case=replace(CASE, **{size: 0.0}))) is None


def test_the_story_card():
    assert CARD.length_mm == 280
