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
    assert fit.check_case("cooler_required", CORE).verdict == "conflict"
