"""Half a list proves nothing missing; a whole one does."""

from dataclasses import replace

import pytest
from tests.fit.story import BOARD, CARD, CASE, CHIP, CPU, DRIVE, PSU, RAM

from rigwright import fit
from rigwright.spec.build import Build

CORE = Build(cpu=replace(CPU, includes_cooler=False), cards=(CARD,), chips=(CHIP,))
WHOLE = replace(CORE, board=BOARD, ram=(RAM,), psu=PSU, case=CASE, drives=(DRIVE,))


def said(build):
    return next(f for f in fit.check(build) if f.rule == "cooler_required")


def test_a_machine_that_is_designed_needs_a_cooler():
    assert said(replace(WHOLE, whole=True)).verdict == "conflict"


@pytest.mark.parametrize("build", [CORE, WHOLE], ids=["cores", "all the rest"])
@pytest.mark.parametrize(
    ("boxed", "verdict", "severity"),
    [(True, "ok", "warning"), (None, "unknown", "warning"), (False, "warning", "error")],
)
def test_a_cooler_that_a_list_leaves_out_is_a_part_to_add(build, boxed, verdict, severity):
    """As a case or a drive would be: it stops nothing, and is not in doubt where it is sure."""
    found = fit.check(replace(build, cpu=replace(CPU, includes_cooler=boxed)))
    cooler = next(f for f in found if f.rule == "cooler_required")
    assert (cooler.verdict, cooler.severity) == (verdict, severity)
    assert fit.verdict(found) != "conflict"
    case = replace(build, cpu=replace(CPU, includes_cooler=False), case=None, drives=(DRIVE,))
    left_out = {f.rule: f for f in fit.check(replace(case, board=BOARD, ram=(RAM,), psu=PSU))}
    missing = left_out["parts_present"]
    assert (missing.verdict, missing.severity) == ("warning", "error")


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
