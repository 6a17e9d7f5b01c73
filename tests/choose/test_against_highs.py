"""The search against an independent solver: the same market as a 0-1 programme in HiGHS."""

from __future__ import annotations

import highspy
import pytest

from rigwright.choose.problem import Candidate, Option, Problem
from rigwright.choose.search import solve_all
from rigwright.spec.build import Build
from tests.choose.market import KINDS, random_problem

PAIRS = (
    ("cpu", "board", "socket"),
    ("ram", "board", "memory"),
    ("cooler", "case", "height"),
    ("cooler", "cpu", "mount"),
    ("card", "case", "length"),
    ("card", "board", "slots"),
)


def _clash(problem: Problem, rule_id: str, parts: dict[str, object], count: int) -> bool:
    rule = next(r for r in problem.rules if r.id == rule_id)
    fields = {k: v for k, v in parts.items() if k in ("cpu", "board", "cooler", "case", "psu")}
    build = Build(
        **fields,  # type: ignore[arg-type]
        ram=(parts["ram"],) if "ram" in parts else (),  # type: ignore[arg-type]
        cards=(parts["card"],) * count if "card" in parts else (),  # type: ignore[arg-type]
    )
    finding = rule.check(build)
    return finding is not None and not problem.accepted(rule, finding.verdict)


def solve(problem: Problem, option: Option) -> int | None:
    model = highspy.Highs()
    model.silent()
    pools: dict[str, tuple[Candidate, ...]] = {**problem.candidates, "card": option.cards}
    use = {k: [model.addBinary() for _ in pool] for k, pool in pools.items()}
    for kind in (*KINDS, "card"):
        model.addConstr(sum(use[kind]) == 1)
    for a, b, rule_id in PAIRS:
        for x, ca in zip(use[a], pools[a], strict=True):
            for y, cb in zip(use[b], pools[b], strict=True):
                if _clash(problem, rule_id, {a: ca.part, b: cb.part}, option.count):
                    model.addConstr(x + y <= 1)
    draw = sum(x * c.part.tdp_w for x, c in zip(use["cpu"], pools["cpu"], strict=True))
    draw += sum(
        x * (c.part.power_limit_w * option.count)
        for x, c in zip(use["card"], pools["card"], strict=True)
    )
    supply = sum(x * c.part.watts for x, c in zip(use["psu"], pools["psu"], strict=True))
    model.addConstr(draw + 50 <= supply)
    each = {k: option.count if k == "card" else 1 for k in pools}
    model.minimize(
        sum(x * (c.cents * each[k]) for k in pools for x, c in zip(use[k], pools[k], strict=True))
    )
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return round(model.getObjectiveValue())


@pytest.mark.parametrize("seed", range(25))
def test_equal_to_highs(seed):
    problem = random_problem(1000 + seed, size=12)
    for outcome in solve_all(problem):
        expected = solve(problem, outcome.option)
        assert (outcome.choice.cents if outcome.choice else None) == expected
