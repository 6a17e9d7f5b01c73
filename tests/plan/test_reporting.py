"""The report's value: the machine rebuilt from its lines, its power against supply and wall."""

from pathlib import Path

import pytest

from rigwright import fit
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.reporting import power_of, report

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["2016-desktop", "today", "serve-llm"])
def test_the_build_is_the_planned_one(name):
    as_of = "2026-11-01" if name != "2016-desktop" else None
    found = report(goal_of(EXAMPLES / name / "goal.toml", {}, as_of).goal)
    chosen = found.plan.chosen
    assert sorted(p.id for p in found.build.parts()) == sorted(
        line.id for line in chosen.parts for _ in range(line.count)
    )
    assert fit.check(found.build) == chosen.findings
    assert found.power.draw_w == chosen.draw_w
    assert found.power.wall_w == chosen.wall_w
    assert found.rent is not None


def test_power_adds_up():
    found = report(goal_of(EXAMPLES / "2016-desktop" / "goal.toml", {}, None).goal)
    power = power_of(found.build)
    assert power.draw_w == pytest.approx(sum(w for _, w in power.shares))
    assert power.draw_w < power.wall_w < power.circuit_w
    assert power.circuit_w == pytest.approx(0.8 * 100 * 15)  # Japan: 100 V, 15 A; 80 % for hours
