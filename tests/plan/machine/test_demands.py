"""The goal's limits on single parts: what they accept and what they leave open."""

import pytest

from rigwright.catalog.source import load
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.given.demands import demands
from rigwright.spec.parts import Case, Cooler


def asked(kind, **limits):
    """What the limits accept of one kind."""
    data = {"workload": {"model": "resnet50"}, "budget": {"usd": 2000}, "limits": limits}
    found = [d for d in demands(parse_goal(data, "test")) if d.kind == kind]
    return lambda part: all(d.accepts(part) for d in found)


def test_quiet_takes_coolers_of_known_noise():
    cooler = asked("cooler", noise_dba_max=25)
    assert {cooler(p) for p in load(Cooler)} == {True, False}
    for part in load(Cooler):
        assert cooler(part) == (part.noise_dba is not None and part.noise_dba <= 25)
    assert all(asked("cooler")(part) for part in load(Cooler))  # nobody asked for silence


@pytest.mark.parametrize("litres", [8.0, 20.0, 60.0])
def test_a_small_case_is_small_by_known_sides(litres):
    accepts = asked("case", case_volume_l_max=litres)
    for case in load(Case):
        sides = (case.width_mm, case.height_mm, case.depth_mm)
        known = None not in sides
        assert accepts(case) == (known and sides[0] * sides[1] * sides[2] <= litres * 1e6)
