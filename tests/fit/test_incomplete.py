"""Half a list proves nothing missing; a whole one does."""

from dataclasses import replace

from tests.fit.story import BOARD, CARD, CASE, CHIP, CPU, DRIVE, PSU, RAM

from rigwright import fit
from rigwright.spec.build import Build

CORE = Build(cpu=replace(CPU, includes_cooler=False), cards=(CARD,), chips=(CHIP,))
WHOLE = replace(CORE, board=BOARD, ram=(RAM,), psu=PSU, case=CASE, drives=(DRIVE,))


def said(build):
    return next(f for f in fit.check(build) if f.rule == "cooler_required")


def test_a_processor_without_cooler_in_a_whole_machine_is_a_conflict():
    assert said(WHOLE).verdict == "conflict"


def test_the_cores_of_a_build_leave_it_open():
    assert said(CORE).verdict == "unknown"
    assert "not complete" in said(CORE).why


def test_one_rule_asked_alone_still_says_what_is_missing():
    alone = replace(CORE, whole=True)
    assert fit.check_case("cooler_required", alone).verdict == "conflict"


def test_risers_leave_open_where_cards_sit():
    three = replace(WHOLE, cards=(CARD,) * 7)
    slots = ("gpu_slots", "gpu_slot_spacing", "gpu_case_slots")
    without = {f.rule: f.verdict for f in fit.check(three) if f.rule in slots}
    assert "conflict" in without.values()
    found = {f.rule: f for f in fit.check(replace(three, risers=5)) if f.rule in slots}
    assert all(f.verdict != "conflict" for f in found.values())
    assert any("riser" in f.why for f in found.values())
