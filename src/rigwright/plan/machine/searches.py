"""Prepared searches, kept while the parts, their prices and the limits stay the same.

Workload, budget and number of GPUs do not change what a search prepares, nor the cheapest machine
around given cards: a second question on the same market is answered from memory.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace

from rigwright.choose.problem import Option, Problem
from rigwright.choose.search import Search
from rigwright.choose.verdicts import Verdicts
from rigwright.plan.ask.goal import Goal, Limits
from rigwright.plan.machine.candidates import Market, problem
from rigwright.plan.machine.sensible import sensible
from rigwright.spec.build import Build

KEPT = 8
NOTHING: frozenset[str] = frozenset()
# Limits that choose among GPU options and ask nothing of the parts around them.
OF_OPTIONS = ("vram_gib_min", "gpu_count_min", "gpu_count_max", "step_ms_max", "gpu_vendors")


@dataclass(frozen=True, slots=True)
class _Asked:
    market: Market
    limits: Limits
    sensible: frozenset[str]
    task: Problem = field(compare=False)


@functools.lru_cache(maxsize=KEPT)
def _prepared(asked: _Asked) -> Search:
    return Search(asked.task, _verdicts(asked.task.site))


@functools.lru_cache(maxsize=KEPT)
def _verdicts(site: Build) -> Verdicts:
    """What the rules said about facts of parts; true whatever the market."""
    return Verdicts(site)


def search_of(
    goal: Goal, m: Market, found: tuple[Option, ...], without: frozenset[str] = NOTHING
) -> Search:
    """The search of a goal among options with a step time.

    without : names of demands that only a good builder makes, and that are given up.
    """
    more = tuple(demand for demand in sensible(goal) if demand.name not in without)
    task = problem(goal, m, found)
    task = replace(task, demands=(*task.demands, *more))
    same = {name: Limits.model_fields[name].default for name in OF_OPTIONS}
    names = frozenset(demand.name for demand in more)
    kept = _prepared(_Asked(m, goal.limits.model_copy(update=same), names, task))
    return kept.again(task.options, task.budget_cents)
