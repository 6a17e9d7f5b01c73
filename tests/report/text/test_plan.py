"""The first screen of a plan: the answer, its bill and one thing to do, before any long table."""

from dataclasses import replace
from pathlib import Path

import pytest

from rigwright.plan.machine.goals import goal_of
from rigwright.plan.machine.helping.reasons import first_step
from rigwright.plan.machine.planning import plan
from rigwright.report.text.told import show

EXAMPLES = Path(__file__).parents[3] / "examples"
SCREEN = 24


@pytest.fixture(scope="module")
def today():
    return plan(goal_of(EXAMPLES / "today" / "goal.toml", {}, "2026-11-23").goal)


def test_the_first_screen_ends_with_what_to_do_next(today, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "100")
    show("plan", today)
    said = capsys.readouterr().out.splitlines()
    (at,) = [i for i, line in enumerate(said) if line.startswith("next: ")]
    assert at < SCREEN
    first = " ".join(said[:at])
    assert "total" in first and " left: " in first and "memory " in first and "Fit: " in first


def test_what_is_open_comes_before_buying_and_the_cards_before_the_rest(today):
    machine = today.chosen
    unknown = next(f for f in machine.findings if f.verdict == "unknown")
    asked = replace(unknown, severity="error")
    told = first_step(replace(machine, findings=(asked,)))
    assert told.startswith("before you buy, ") and asked.fix in told
    assert unknown.why.partition(" is not")[0] in told
    lesser = tuple(replace(unknown, severity=weight) for weight in ("warning", "note"))
    first = first_step(replace(machine, findings=lesser))  # neither stops the build
    (card,) = (line for line in machine.parts if line.kind == "card")
    assert card.name in first and f"${card.usd:,.0f}" in first
    owned = tuple(replace(line, owned=True) for line in machine.parts)
    assert "nothing is to be bought" in first_step(replace(machine, findings=(), parts=owned))


def test_the_step_is_the_answers_own(today):
    assert today.to_dict()["next_step"] == first_step(today.chosen)


def test_differences_are_those_of_the_prices_that_are_shown(today):
    for other in today.alternatives:
        gap = abs(round(other.usd) - round(today.chosen.usd))
        assert f"${gap:,.0f} " in other.why
        assert f"{other.prediction.step_s / today.chosen.prediction.step_s:.2f} x" in other.why


def test_choices_above_the_budget_are_not_counted_as_paid(today):
    paid = sum(point.within_budget for point in today.frontier)
    proven = sum(point.usd is not None for point in today.frontier)
    assert 0 < paid < proven
    assert f"the {paid} GPU choices that the budget pays; {proven} are" in today.chosen.why
