"""The search against an independent solver and an independent statement of the rules."""

from __future__ import annotations

import pytest

from rigwright.choose.search import Search
from tests.choose.brute import passes
from tests.choose.market import PLAIN, RULES, random_problem
from tests.choose.milp import Model

GOALS = range(300)
FOUND: dict[int, list[bool]] = {}


@pytest.mark.parametrize("seed", GOALS)
def test_equal_to_highs(seed):
    problem = random_problem(1000 + seed, size=10, rules=PLAIN if seed % 2 else RULES)
    search = Search(problem)
    for option in problem.options:
        choice = search.solve(option).choice
        assert (choice.cents if choice else None) == Model(problem, option).cheapest()
        assert choice is None or passes(choice.build, problem)
        FOUND.setdefault(seed, []).append(choice is not None)


def test_goals_with_and_without_an_answer_were_among_them():
    if len(FOUND) < len(GOALS):
        pytest.skip("only part of the goals ran")
    answers = [found for goal in FOUND.values() for found in goal]
    assert 100 < sum(answers) < len(answers) - 100
