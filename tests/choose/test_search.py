import itertools
from dataclasses import replace

import pytest

from rigwright.choose.problem import Demand, Option, Problem
from rigwright.choose.search import Search, fastest_within, frontier, solve_all
from rigwright.spec.build import Build
from tests.choose.market import KINDS, RULES, random_problem


def verdicts(build: Build, problem: Problem) -> bool:
    found = ((r, r.check(build)) for r in problem.rules)
    return all(f is None or problem.accepted(r, f.verdict) for r, f in found)


def brute_force(problem: Problem, option: Option) -> int | None:
    """Cents of the cheapest build by trying every combination."""
    best = None
    pools = [problem.candidates[k] for k in KINDS]
    for card in option.cards:
        for used in itertools.product(*pools):
            cents = card.cents * option.count + sum(c.cents for c in used)
            if best is not None and cents >= best:
                continue
            parts = {c.part.kind: c.part for c in used}
            if not all(d.accepts(parts[d.kind]) for d in problem.demands):
                continue
            build = Build(
                cpu=parts["cpu"], cooler=parts["cooler"], board=parts["board"],
                ram=(parts["ram"],), drives=(parts["drive"],), psu=parts["psu"],
                case=parts["case"], cards=(card.part,) * option.count, chips=(option.chip,),
            )  # fmt: skip
            if verdicts(build, problem):
                best = cents
    return best


def solvable() -> Problem:
    """A market in which every option has a machine."""
    problems = (random_problem(seed, size=8) for seed in range(200))
    return next(p for p in problems if all(o.choice for o in solve_all(p)))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("allow_unknown", [False, True])
def test_equal_to_brute_force(seed, allow_unknown):
    problem = replace(random_problem(seed, size=3), allow_unknown=allow_unknown)
    for outcome in solve_all(problem):
        expected = brute_force(problem, outcome.option)
        assert (outcome.choice.cents if outcome.choice else None) == expected
        if outcome.choice:
            assert verdicts(outcome.choice.build, problem)


def test_some_of_those_markets_have_no_answer_and_some_have():
    found = [o.choice for seed in range(40) for o in solve_all(random_problem(seed, size=3))]
    assert 20 < sum(c is None for c in found) < len(found) - 20


def test_the_fastest_affordable_option_wins_and_the_frontier_is_not_beaten():
    outcomes = solve_all(solvable())
    best = fastest_within(outcomes, 10**9)
    assert best is not None
    assert best.option.step_s == min(o.option.step_s for o in outcomes if o.choice)
    line = frontier(outcomes)
    assert all(
        a.cents < b.cents and a.option.step_s > b.option.step_s for a, b in itertools.pairwise(line)
    )
    for o in outcomes:
        if o.choice and all(o.choice is not c for c in line):
            assert any(
                c.cents <= o.choice.cents and c.option.step_s <= o.option.step_s for c in line
            )


def test_a_demand_is_kept():
    problem = solvable()
    wanted = Demand("cores", "cpu", lambda p: p.cores >= 8)
    for outcome in solve_all(replace(problem, demands=(wanted,))):
        assert outcome.choice is None or outcome.choice.build.cpu.cores >= 8


def test_an_owned_part_is_used_and_costs_nothing():
    problem = solvable()
    owned = replace(problem.candidates["psu"][-1], cents=0, owned=True)
    candidates = {**problem.candidates, "psu": (*problem.candidates["psu"][:-1], owned)}
    found = [o.choice for o in solve_all(replace(problem, candidates=candidates)) if o.choice]
    assert found and all(c.build.psu is owned.part for c in found)


def test_an_empty_kind_is_named():
    problem = random_problem(3)
    outcome = Search(replace(problem, candidates={**problem.candidates, "psu": ()})).solve(
        problem.options[0]
    )
    assert outcome.choice is None and "psu" in outcome.blocked_by


def test_every_rule_of_the_market_bites():
    blocked = {o.blocked_by for s in range(200) for o in solve_all(random_problem(s, size=2))}
    assert blocked >= {r.id for r in RULES} - {"memory", "mount", "socket"}
