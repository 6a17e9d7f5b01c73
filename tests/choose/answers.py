"""Whole answers of a search: every option, the best build and the next-best ones, the frontier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from rigwright.choose.problem import Choice, Option, Outcome, Problem
from rigwright.choose.search import Search
from rigwright.spec.parts import Board

ALTERNATIVES = 3


def _affordable(search: Search) -> Iterator[Choice]:
    """Cheapest builds of the options that the budget pays, fastest first."""
    limit = search.problem.budget_cents
    known = [o for o in search.problem.options if o.step_s is not None]
    by_step = sorted(known, key=_step)
    for _, group in groupby(by_step, key=_step):
        found = (search.solve(option, limit).choice for option in group)
        yield from sorted((c for c in found if c is not None), key=lambda c: c.cents)


def _step(option: Option) -> float:
    return option.step_s or 0.0


def best(search: Search) -> Choice | None:
    """The cheapest build of the fastest (chip, count) that the budget pays."""
    return next(_affordable(search), None)


def alternatives(search: Search, chosen: Choice, number: int = ALTERNATIVES) -> tuple[Choice, ...]:
    """The next best builds within the budget, fastest first, each clearly different.

    Different means another chip (the best count of each), or the same chips on a board with
    another socket.
    """
    found = [] if (other := _other_platform(search, chosen)) is None else [other]
    seen = {chosen.option.chip.id}
    for choice in _affordable(search):
        if len(found) >= number:
            break
        if choice.option.chip.id not in seen:
            seen.add(choice.option.chip.id)
            found.append(choice)
    return tuple(found[:number])


def _other_platform(search: Search, chosen: Choice) -> Choice | None:
    """The cheapest build of the same option on a board with another socket."""
    board, problem = chosen.build.board, search.problem
    if board is None or any(c.owned for c in problem.candidates["board"]):
        return None
    others = tuple(
        c
        for c in problem.candidates["board"]
        if isinstance(c.part, Board) and c.part.socket != board.socket
    )
    changed = {**problem.candidates, "board": others}
    small: Problem = replace(problem, candidates=changed, options=(chosen.option,))
    return Search(small, search.verdicts).solve(chosen.option, problem.budget_cents).choice


def solve_all(problem: Problem, limit_cents: int | None = None) -> tuple[Outcome, ...]:
    """The cheapest build of every option, in the order of ``problem.options``."""
    search = Search(problem)
    return tuple(search.solve(option, limit_cents) for option in problem.options)


def sweep(search: Search) -> tuple[Choice, ...]:
    """The price-time frontier, cheapest first, without solving every option.

    Fastest options first: a slower one is on the frontier only when it costs less than every
    faster one, so the least price so far is its limit. Of equal steps the cheapest stays.
    """
    known = [o for o in search.problem.options if o.step_s is not None]
    best: list[Choice] = []
    for option in sorted(known, key=_step):
        found = search.solve(option, best[-1].cents - 1 if best else None).choice
        if found is None:
            continue
        if best and best[-1].option.step_s == option.step_s:
            best.pop()
        best.append(found)
    return tuple(reversed(best))
