"""The best build and its alternatives."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.choose.search import Search, fastest_within
from tests.choose.answers import alternatives, best, solve_all, sweep
from tests.choose.market import random_problem


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), budget=st.integers(60_000, 300_000))
def test_best_is_the_fastest_that_the_budget_pays(seed, budget):
    problem = random_problem(seed, size=6, budget_cents=budget)
    expected = fastest_within(solve_all(problem), budget)
    found = best(Search(problem))
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert (found.option.step_s, found.cents) == (expected.option.step_s, expected.cents)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), budget=st.integers(90_000, 300_000))
def test_alternatives_are_affordable_different_and_in_order(seed, budget):
    problem = random_problem(seed, size=8, budget_cents=budget)
    search = Search(problem)
    chosen = best(search)
    if chosen is None:
        return
    others = alternatives(search, chosen, 3)
    paid = {o.option.chip.id for o in solve_all(problem, budget) if o.choice}
    same = [c for c in others if c.option.chip.id == chosen.option.chip.id]
    rest = [c for c in others if c.option.chip.id != chosen.option.chip.id]
    assert all(c.cents <= budget for c in others)
    assert all(c.build.board.socket != chosen.build.board.socket for c in same)
    assert len({c.option.chip.id for c in rest}) == len(rest) >= min(len(paid) - 1, 2)
    steps = [c.option.step_s for c in rest]
    assert steps == sorted(steps) and all(s >= chosen.option.step_s for s in steps)


def test_options_that_do_not_fit_memory_are_not_chosen():
    problem = random_problem(3, size=8, budget_cents=10**9)
    blind = replace(problem, options=tuple(replace(o, step_s=None) for o in problem.options))
    assert best(Search(problem)) is not None
    assert best(Search(blind)) is None and sweep(Search(blind)) == ()


@pytest.mark.parametrize("budget", [None, 10**9])
def test_without_a_budget_everything_is_affordable(budget):
    problem = random_problem(3, size=8, budget_cents=budget)
    found = best(Search(problem))
    steps = [o.option.step_s for o in solve_all(problem) if o.choice]
    assert found is not None and found.option.step_s == min(steps)
