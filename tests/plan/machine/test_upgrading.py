"""Upgrades: what stays costs nothing, what comes is proven to fit, and it gains."""

from pathlib import Path

import pytest

from rigwright import fit
from rigwright.catalog.buildfile import read_build
from rigwright.catalog.tables import load
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.machine.upgrading import GAIN, upgrade_build
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Psu

EXAMPLES = Path(__file__).parents[3] / "examples"
BUILD = EXAMPLES / "2016-desktop" / "build.toml"
STORY = EXAMPLES / "2016-desktop" / "goal.toml"
LLM = EXAMPLES / "today" / "goal.toml"
DAY = "2026-01-31"


def upgrade_file(build, goal, budget, day):
    return upgrade_build(build, goal_of(goal, {}, day).goal, budget)


@pytest.fixture(scope="module")
def found():
    return upgrade_file(BUILD, LLM, 900, DAY)


def test_what_does_not_fit_today_fits_afterwards_within_the_budget(found):
    assert not found.today.prediction.fits
    assert found.chosen is not None
    assert found.chosen.speedup is None
    assert found.chosen.prediction.fits
    assert found.chosen.usd <= 900
    assert found.chosen.usd == pytest.approx(sum(line.usd for line in found.chosen.buy))


def test_parts_are_swapped_one_for_one_and_the_rest_stays(found):
    for way in (found.chosen, *found.steps):
        gone, bought = {p.kind for p in way.take_out}, {line.kind for line in way.buy}
        assert "card" in bought
        assert not any(line.owned for line in way.buy)
        assert gone <= bought
        assert fit.verdict(way.findings) in ("ok", "warning")


def test_steps_are_dearer_and_faster_one_by_one(found):
    prices = [way.usd for way in found.steps]
    steps = [way.prediction.step_s for way in found.steps]
    assert prices == sorted(prices)
    assert steps == sorted(steps, reverse=True)


def test_a_supply_that_carried_the_old_card_is_changed_for_a_hungrier_one(found):
    hungry = next(way for way in found.steps if way.gpu == "GeForce RTX 5090")
    assert "psu" in {line.kind for line in hungry.buy}
    assert "Corsair CX600M" in {part.name for part in hungry.take_out}


def test_the_author_of_2016_is_told_to_stay_and_what_the_next_step_would_cost():
    result = upgrade_file(BUILD, STORY, 500, None)
    assert result.chosen is None
    assert result.today.prediction.fits
    nearest = result.steps[0]
    assert nearest.gpu == "GeForce GTX 1080"
    assert nearest.usd > 500
    assert nearest.speedup > GAIN
    assert [line.kind for line in nearest.buy] == ["card"]


def test_the_circuit_of_the_build_counts():
    build = read_build(BUILD)
    assert build.circuit is not None and build.circuit.volts == 100
    result = upgrade_file(BUILD, LLM, 30_000, DAY)
    assert all((way.draw_w or 0) < 0.8 * 100 * 15 for way in result.steps)


def test_an_unknown_fact_is_asked_to_be_measured_never_assumed(tmp_path):
    plugs_unknown = next(
        p for p in load(Psu) if p.pcie_8pin_plugs is None and (p.watts or 0) >= 750
    )
    listed = tmp_path / "build.toml"
    listed.write_text(BUILD.read_text().replace("Corsair CX600M 600W", plugs_unknown.name))
    result = upgrade_file(listed, LLM, 900, DAY)
    assert result.chosen is not None and result.if_measured is not None
    assert "psu" in {line.kind for line in result.chosen.buy}
    assert "psu" not in {line.kind for line in result.if_measured.buy}
    assert result.if_measured.usd < result.chosen.usd
    assert any(f.verdict == "unknown" for f in errors(result.if_measured))
    for way in result.steps:
        assert not any(f.verdict == "unknown" for f in errors(way))


def errors(way):
    return [f for f in way.findings if f.severity == "error"]


@pytest.mark.parametrize("budget", [0, -5, float("inf"), float("nan")])
def test_a_budget_that_is_none(budget):
    with pytest.raises(InputError, match="--budget"):
        upgrade_file(BUILD, LLM, budget, DAY)


def test_a_build_without_a_card(tmp_path):
    listed = tmp_path / "list.txt"
    listed.write_text("CPU: Intel Core i7-6700K\nCase: NZXT S340\n")
    with pytest.raises(InputError, match="cards"):
        upgrade_file(listed, LLM, 500, DAY)
