"""One measurement away: one fact of one part, a clear gain, and found once the fact is known."""

from dataclasses import replace

import pytest
from tests.plan.machine.generated import answer, goal, goal_data

from rigwright.choose.problem import weigh
from rigwright.choose.search import Search
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.given.options import options
from rigwright.plan.machine.helping.measuring import (
    CHEAPER,
    MEASURED,
    if_measured,
    missing,
    with_fact,
    worth_measuring,
)
from rigwright.plan.machine.outfitting import RESOLVED
from rigwright.plan.machine.planning import _tried, plan

SEEDS = (5, 10, 21, 33, 54)


def found(seed):
    """(goal, search, best, what is one measurement away) of a goal in which nothing may be open."""
    data = goal_data(seed) | {"own": {}}
    data["limits"]["allow_unknown"] = False
    of = parse_goal(data, f"goal {seed}")
    m = market(of)
    tried = _tried(of, m, options(of, m))
    if tried.best is None:
        return of, tried.search, None, None
    lacking = if_measured(of.workload.run(), tried.search, tried.search.problem.options, tried.best)
    return of, tried.search, tried.best, lacking


@pytest.fixture(scope="module")
def all_found():
    return [found(seed) for seed in SEEDS]


def test_some_goals_are_one_measurement_away(all_found):
    assert any(lacking for *_, lacking in all_found)


def test_it_gains_and_the_budget_pays_it(all_found):
    for of, _, best, lacking in all_found:
        if lacking:
            choice, _ = lacking
            speeds = choice.option.step_s, best.option.step_s
            assert worth_measuring(speeds[0], choice.cents, speeds[1], best.cents)
            assert choice.cents <= of.budget.usd * 100


def test_one_fact_of_one_part_settles_all_that_is_in_doubt(all_found):
    for _, search, _, lacking in all_found:
        if not lacking:
            continue
        choice, fact = lacking
        doubted = {r.id for r in search.problem.rules if weigh(r, choice.build) == "doubt"}
        assert doubted == set(fact.rules) != set()
        assert fact.part in choice.build.parts() and fact.why and fact.fix
        known = with_fact(choice.build, fact.part, fact.name, fact.value)
        assert all(weigh(rule, known) == "fine" for rule in search.problem.rules)


def test_with_the_fact_filled_in_the_search_proves_it(all_found):
    for _, search, _, lacking in all_found:
        if not lacking:
            continue
        choice, fact = lacking
        filled = replace(fact.part, **{fact.name: fact.value})

        def told(pool, part=fact.part, filled=filled):
            return tuple(replace(c, part=filled) if c.part.id == part.id else c for c in pool)

        task = search.problem
        pools = {kind: told(pool) for kind, pool in task.candidates.items()}
        option = replace(choice.option, cards=told(choice.option.cards))
        proven = Search(replace(task, candidates=pools)).solve(option).choice
        assert proven is not None and proven.cents <= choice.cents


def test_two_facts_are_not_one(all_found):
    for _, search, best, _ in all_found:
        if best is None:
            continue
        assert missing(search.problem.rules, best.build) is None  # proven: nothing is in doubt
        board, case = best.build.board, best.build.case
        open_ = with_fact(best.build, board, "memory_type", "")
        one = missing(search.problem.rules, open_)
        assert one is not None and (one.part.id, one.name) == (board.id, "memory_type")
        two = with_fact(open_, case, "gpu_length_mm", None)
        if weigh_of(search, "gpu_length", two) == "doubt":
            assert missing(search.problem.rules, two) is None


def weigh_of(search, id_, build):
    return weigh(next(rule for rule in search.problem.rules if rule.id == id_), build)


def test_nothing_is_said_where_it_gains_nothing():
    assert not worth_measuring(1.0, 100, 1.0, 100)
    assert not worth_measuring(1.0, 100 * (1 - CHEAPER) + 1, 1.0, 100)
    assert not worth_measuring(1 + RESOLVED + 0.01, 1, 1.0, 100)
    assert worth_measuring(1.0, 200, 1 + RESOLVED + 0.01, 100)
    assert worth_measuring(1 + RESOLVED, 90, 1.0, 100)
    assert MEASURED.unknown and MEASURED.doubts is None


def test_the_plan_says_it_beside_the_proven_machine():
    plans = [planned for seed in SEEDS if (planned := answer(seed)) and planned.if_measured]
    assert plans
    for planned in plans:
        said = planned.if_measured
        assert said.part in {line.name for line in said.machine.parts}
        assert said.fact in {f.why for f in said.machine.findings}
        assert said.look_up in said.words and said.fact in said.words
        assert said.saves_usd > 0 or said.speedup > 1 + RESOLVED
        assert said.machine.usd <= planned.budget_usd


def test_it_is_not_said_where_unknowns_may_pass_anyway():
    of = goal(5)
    limits = of.limits.model_copy(update={"allow_unknown": True})
    assert plan(of.model_copy(update={"limits": limits})).if_measured is None
