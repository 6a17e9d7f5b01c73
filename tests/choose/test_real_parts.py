"""The search on the embedded catalogue with the real rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import highspy
import pytest

from rigwright import fit
from rigwright.choose.explain import cheapest, explain
from rigwright.choose.problem import Candidate, Option, Problem, weigh
from rigwright.choose.search import Search, frontier
from rigwright.choose.verdicts import build_of
from rigwright.spec.build import Circuit
from tests.choose import brute, real
from tests.choose.answers import sweep
from tests.conftest import seeds

ANSWERS: list[bool] = []


@pytest.mark.parametrize("seed", seeds(40, quick=12))
def test_equal_to_brute_force(seed):
    problem = real.small_market(seed)
    for option in problem.options:
        choice = Search(problem).solve(option).choice
        assert (choice.cents if choice else None) == brute.cheapest(problem, option)
        ANSWERS.append(choice is not None)


def test_builds_were_found_and_refused():
    if len(ANSWERS) < 120:
        pytest.skip("only part of the markets ran")
    assert 10 < sum(ANSWERS) < 110


def lazy_milp(problem: Problem, option: Option, limit: int = 400) -> int | None:
    """The optimum by HiGHS that knows no rule: each refused build forbids what it broke.

    A cut forbids all combinations with the same values of the attributes the broken rule reads.
    """
    model = highspy.Highs()
    model.silent()
    pools: dict[str, list[Candidate]] = {k: list(v) for k, v in problem.candidates.items()}
    pools["card"] = [c for c in option.cards if option.count % c.part.chip_count == 0]
    for d in problem.demands:
        pools[d.kind] = [
            c
            for c in pools[d.kind]
            if (d.amount(c.part) >= d.least if d.amount else d.accepts(c.part))
        ]
    use = {k: [model.addBinary() for _ in pool] for k, pool in pools.items()}
    for kind, row in use.items():
        total = sum(row)
        model.addConstr(total <= 1 if kind in problem.optional else total == 1)
    number = {id(c): option.count // c.part.chip_count for c in pools["card"]}
    objective = sum(
        x * (c.cents * number.get(id(c), 1))
        for k, pool in pools.items()
        for x, c in zip(use[k], pool, strict=True)
    )
    for _ in range(limit):
        model.minimize(objective)
        if model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
        values = model.getSolution().col_value
        chosen = {
            k: [c for x, c in zip(use[k], pool, strict=True) if values[x.index] > 0.5]
            for k, pool in pools.items()
        }
        if not _cut(model, problem, option, pools, use, chosen, number):
            return round(model.getObjectiveValue())
    raise AssertionError("too many cuts")


def _cut(model, problem, option, pools, use, chosen, number) -> bool:
    """Forbid what the chosen parts break; False when they break nothing."""
    parts = {
        k: tuple(c.part for c in found for _ in range(number.get(id(c), 1)))
        for k, found in chosen.items()
    }
    build = build_of({**parts, "chip": (option.chip,)}, problem.site)
    broken = [r for r in problem.rules if weigh(r, build) in ("bad", "doubt")]
    for rule in broken:
        terms: Sequence = []
        absent = 0
        for kind in (k for k in rule.reads if k in pools):
            if not chosen[kind]:
                absent += 1
                terms = [*terms, *(x * -1.0 for x in use[kind])]
                continue
            names = rule.reads[kind]
            want = [getattr(chosen[kind][0].part, n) for n in names]
            terms = [
                *terms,
                *(
                    x * 1.0
                    for x, c in zip(use[kind], pools[kind], strict=True)
                    if [getattr(c.part, n) for n in names] == want
                    and number.get(id(c)) == number.get(id(chosen[kind][0]))
                ),
            ]
        present = sum(bool(chosen[k]) for k in rule.reads if k in pools)
        model.addConstr(sum(terms) <= present - 1)
    return bool(broken)


CASES = (
    ("geforce-gtx-1070", 1),
    ("geforce-rtx-4060-ti", 2),
    ("geforce-rtx-5090", 1),
    ("geforce-rtx-4090", 4),
)


@pytest.mark.parametrize(("chip", "count"), CASES)
def test_equal_to_highs_on_the_whole_catalogue(chip, count):
    problem = real.whole_market(Circuit(230.0, 16.0))
    found = [o for o in problem.options if o.chip.id == chip and o.count == count]
    if not found:
        pytest.skip(f"no priced card with {chip}")
    choice = Search(problem).solve(found[0]).choice
    assert (choice.cents if choice else None) == lazy_milp(problem, found[0])


def test_every_build_of_the_whole_market_passes_every_rule():
    problem = real.whole_market()
    search = Search(problem)
    outcomes = [search.solve(o) for o in problem.options]
    built = [o.choice for o in outcomes if o.choice]
    assert len(built) > 100 and len(built) < len(outcomes)
    for choice in built:
        assert brute.passes(choice.build, problem)
        assert fit.verdict(fit.check(choice.build)) in ("ok", "warning")
    swept = sweep(search)
    assert [c.cents for c in swept] == [c.cents for c in frontier(outcomes)]


def test_notes_never_stop_a_build():
    # the search does not ask rules of severity note: none of their findings may weigh more
    notes = [r for r in fit.RULES if r.severity == "note"]
    search = Search(real.whole_market())
    for option in search.problem.options[::17]:
        choice = search.solve(option).choice
        if choice is not None:
            assert {weigh(r, choice.build) for r in notes} == {"fine"}


def test_declared_burdens_keep_their_promise():
    # a conflict without a kind of part stays one with it, over the builds of small markets
    declared = [r for r in fit.RULES if r.burdens]
    for rule in declared:
        assert not set(rule.burdens) & set(rule.needs)
    for seed in range(40):
        problem = replace(real.small_market(seed), rules=(), allow_unknown=True)
        for option in problem.options:
            choice = Search(problem).solve(option).choice
            if choice is None:
                continue
            parts = {"cards": (), "ram": (), "drives": (), "cooler": None, "case": None}
            fields = {"card": "cards", "ram": "ram", "drive": "drives"}
            for rule in declared:
                bare = {fields.get(k, k): parts[fields.get(k, k)] for k in rule.burdens}
                less = rule.check(replace(choice.build, **bare))
                if less is not None and less.verdict == "conflict":
                    whole = rule.check(choice.build)
                    assert whole is not None and whole.verdict == "conflict", rule.id


def test_a_small_budget_is_explained():
    problem = replace(real.whole_market(counts=range(1, 2)), budget_cents=20_000)
    search = Search(problem)
    found = explain(search)
    assert any(r.kind == "budget" for r in found.conflict)
    first = found.changes[0]
    least = cheapest(search, first.drops)
    assert first.drops[0].kind == "budget" and least is not None
    assert first.extra_cents == least.cents - 20_000 > 0
