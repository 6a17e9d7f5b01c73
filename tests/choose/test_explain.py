"""Why nothing fits: the conflict is a smallest one, the changes help, the nearest comes first."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.choose.explain import BUDGET, UNKNOWN, Reason, asked_for, cheapest, explain
from rigwright.choose.problem import Demand, Problem
from rigwright.choose.search import Search
from tests.choose import brute
from tests.choose.market import PLAIN, gib, random_problem


def without(problem: Problem, dropped) -> Problem:
    """The problem with reasons given up, made anew: the search's own relaxation is not used."""
    demands = tuple(d for d in problem.demands if Reason("demand", d.name) not in dropped)
    return replace(
        problem,
        demands=demands,
        rules=tuple(r for r in problem.rules if Reason("rule", r.id) not in dropped),
        allow_unknown=problem.allow_unknown or UNKNOWN in dropped,
        budget_cents=None if BUDGET in dropped else problem.budget_cents,
    )


def price(problem: Problem) -> int | None:
    """Cents of the cheapest build of all options within the budget, by brute force."""
    found = [brute.cheapest(problem, o) for o in problem.options if o.step_s is not None]
    paid = [c for c in found if c is not None]
    least = min(paid, default=None)
    limit = problem.budget_cents
    return None if least is None or (limit is not None and least > limit) else least


def reasons(problem: Problem) -> list[Reason]:
    found = [BUDGET, UNKNOWN, *(Reason("demand", d.name) for d in problem.demands)]
    return [*found, *(Reason("rule", r.id) for r in problem.rules)]


def infeasible(seed: int) -> Problem | None:
    problem = random_problem(seed, size=3, budget_cents=40_000 + seed % 7 * 12_000, rules=PLAIN)
    one = replace(problem, options=problem.options[:2], allow_unknown=False)
    return one if price(one) is None else None


@pytest.mark.parametrize("seed", range(40))
def test_the_conflict_is_real_and_smallest_and_the_changes_help(seed):
    problem = infeasible(seed)
    if problem is None:
        pytest.skip("this goal has an answer")
    found = explain(Search(problem))
    asked = [r for r in reasons(problem) if r.kind != "rule"]  # rules are given, demands are not
    if price(without(problem, asked)) is None:
        assert not found.conflict
        return
    others = [r for r in asked if r not in found.conflict]
    assert price(without(problem, others)) is None
    for reason in found.conflict:
        assert price(without(problem, [*others, reason])) is not None
    assert found.changes
    for change in found.changes:
        assert change.choice.cents == price(without(problem, change.drops))
        over = change.choice.cents - problem.budget_cents
        assert change.extra_cents == (max(0, over) if BUDGET in change.drops else 0)


def test_enough_goals_without_an_answer_were_among_them():
    assert sum(infeasible(seed) is not None for seed in range(40)) >= 12


def test_the_budget_is_short_by_so_much():
    problem = replace(random_problem(3, size=6), allow_unknown=True, circuit=None, demands=())
    least = cheapest(Search(replace(problem, budget_cents=None)), ())
    assert least is not None
    found = explain(Search(replace(problem, budget_cents=least.cents - 8_300)))
    assert found.conflict == (BUDGET,)
    assert found.changes[0].drops == (BUDGET,) and found.changes[0].extra_cents == 8_300


def test_the_largest_amount_that_can_be_had_is_named():
    problem = replace(random_problem(3, size=6), circuit=None, budget_cents=None)
    wanted = Demand("ram", "ram", amount=gib, least=10_000)
    found = explain(Search(replace(problem, demands=(wanted,))))
    assert found.conflict == (Reason("demand", "ram"),)
    (change,) = [c for c in found.changes if c.drops == found.conflict]
    have = sum(gib(k) for k in change.choice.build.ram)
    assert have > 0
    least = replace(wanted, least=have + 1)
    assert cheapest(Search(replace(problem, demands=(least,))), ()) is None


def test_unknown_facts_are_a_reason():
    problem = replace(random_problem(3, size=6), circuit=None, budget_cents=None, demands=())
    dark = tuple(
        replace(c, part=replace(c.part, gpu_length_mm=None)) for c in problem.candidates["case"]
    )
    hidden = replace(problem, candidates={**problem.candidates, "case": dark}, allow_unknown=False)
    found = explain(Search(hidden))
    assert found.conflict == (UNKNOWN,) and found.changes[0].drops == (UNKNOWN,)


def test_a_weak_circuit_is_a_change_of_the_site():
    for seed in range(60):
        problem = replace(random_problem(seed, size=6), budget_cents=None, demands=())
        strong = replace(problem, circuit=None)
        if problem.circuit is None or cheapest(Search(strong), ()) is None:
            continue
        weak = replace(problem, circuit=replace(problem.circuit, amperes=1.0))
        found = explain(Search(weak))
        assert any(c.drops == (Reason("rule", "wall"),) for c in found.changes)
        return
    pytest.fail("no market to try it on")


def test_two_independent_conflicts_need_two_changes():
    problem = replace(
        random_problem(3, size=6), circuit=None, budget_cents=None, allow_unknown=True
    )
    cores = Demand("cores", "cpu", lambda p: p.cores > 1000)
    room = Demand("storage", "drive", lambda p: p.capacity_bytes > 1e18)
    found = explain(Search(replace(problem, demands=(cores, room))))
    assert len(found.conflict) == 1
    (change,) = found.changes
    assert set(change.drops) == {Reason("demand", "cores"), Reason("demand", "storage")}


def test_a_problem_with_an_answer_has_nothing_to_explain():
    problem = replace(random_problem(3, size=6), circuit=None, budget_cents=None, demands=())
    with pytest.raises(ValueError, match="there is a build"):
        explain(Search(problem))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_goal_without_an_answer_gets_a_conflict(seed):
    search = Search(random_problem(seed, size=3, budget_cents=90_000))
    if cheapest(search, ()) is None:
        possible = cheapest(search, asked_for(search)) is not None
        assert bool(explain(search).conflict) == possible
