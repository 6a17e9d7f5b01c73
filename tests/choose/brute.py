"""The cheapest build by trying every combination, asking every rule about every whole build."""

from __future__ import annotations

import itertools

from rigwright.choose.problem import Option, Problem, once, weigh
from rigwright.spec.build import Build


def passes(build: Build, problem: Problem) -> bool:
    """Whether every rule lets the build through."""
    weights = {weigh(rule, build) for rule in problem.rules if rule.id not in problem.ignored}
    return "bad" not in weights and (problem.allow_unknown or "doubt" not in weights)


def cheapest(problem: Problem, option: Option) -> int | None:
    """Cents of the cheapest build of an option; nothing may be owned."""
    pools = []
    for kind, found in problem.candidates.items():
        numbers = problem.copies.get(kind, once)
        ways = [(c, n) for c in found for n in numbers(c.part)]
        pools.append([None, *ways] if kind in problem.optional else ways)
    best = None
    for card in option.cards:
        number = option.count // card.part.chip_count
        if number * card.part.chip_count != option.count:
            continue
        for used in itertools.product(*pools):
            some = [u for u in used if u is not None]
            cents = card.cents * number + sum(c.cents * n for c, n in some)
            if best is not None and cents >= best:
                continue
            parts = {c.part.kind: (c.part,) * n for c, n in some}
            if not _demanded(problem, parts):
                continue
            build = Build(
                **{k: parts[k][0] for k in ("cpu", "cooler", "board", "psu", "case") if k in parts},
                ram=parts["ram"], drives=parts["drive"], cards=(card.part,) * number,
                chips=(option.chip,), circuit=problem.circuit, whole=True, runs=problem.runs,
            )  # fmt: skip
            if passes(build, problem):
                best = cents
    return best


def _demanded(problem: Problem, parts: dict[str, tuple]) -> bool:
    for d in problem.demands:
        have = parts.get(d.kind, ())
        if d.amount is not None and sum(d.amount(p) for p in have) < d.least:
            return False
        if d.amount is None and not (have and all(d.accepts(p) for p in have)):
            return False
    return True
