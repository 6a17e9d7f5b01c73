"""Prepared searches, kept while the parts, their prices and the limits stay the same.

Workload, budget and number of GPUs do not change what a search prepares, nor the cheapest machine
around given cards: a second question on the same market is answered from memory.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace
from typing import cast

from rigwright.choose.problem import Choice, Demand, Option, Outcome, Problem
from rigwright.choose.search import Search
from rigwright.choose.verdicts import Verdicts
from rigwright.plan.ask.datasets import Job
from rigwright.plan.ask.goal import Goal, Limits
from rigwright.plan.ask.hosts import of_build
from rigwright.plan.machine.given.demands import MEMORY, ram_gib
from rigwright.plan.machine.given.market import Market
from rigwright.plan.machine.given.options import problem
from rigwright.plan.machine.outfitting import NEAR
from rigwright.plan.machine.sensible import sensible, suited
from rigwright.plan.machine.variants import run_on
from rigwright.plan.memory import sizing
from rigwright.plan.memory.results import Term, ram_words, total
from rigwright.plan.speed.feeding import feed_rates
from rigwright.spec.build import Build
from rigwright.spec.parts import Cpu, Drive
from rigwright.spec.run import Run

KEPT = 8
NOTHING: frozenset[str] = frozenset()
GIB = 1024**3
KEEPS_UP = 0.9
"""Share of what the GPUs could read that a machine has to deliver where money is left."""
SHARES = (1.0, 0.85, 0.7, 0.55, 0.4, 0.25)
"""Of that, tried in turn where the budget does not pay all of it."""
# Limits that choose among GPU options and ask nothing of the parts around them.
OF_OPTIONS = ("vram_gib_min", "gpu_count_min", "gpu_count_max", "step_ms_max", "gpu_vendors")


@dataclass(frozen=True, slots=True)
class _Asked:
    market: Market
    limits: Limits
    demands: frozenset[tuple[str, float]]
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
    asking, memory = with_memory(goal, found)
    asking, hosts = (asking, ()) if without else suited(goal, asking)
    task = problem(goal, m, asking)
    task = replace(task, demands=(*task.demands, *memory, *hosts, *more))
    same = {name: Limits.model_fields[name].default for name in OF_OPTIONS}
    asked = frozenset((demand.name, demand.least) for demand in task.demands)
    kept = _prepared(_Asked(m, goal.limits.model_copy(update=same), asked, task))
    return kept.again(task.options, task.budget_cents)


def with_memory(
    goal: Goal, found: tuple[Option, ...], has_gib: float | None = None
) -> tuple[tuple[Option, ...], tuple[Demand, ...]]:
    """The options, each asking for the main memory that the host holds beside its cards as they
    carry the run, and these demands: where that is more than there is anyway and the goal does not
    say the least itself; memory that is owned is not questioned.

    has_gib : what is there anyway; None = the goal's least.
    """
    if goal.own.ram or "ram_gib_min" in goal.limits.model_fields_set:
        return found, ()
    least = (has_gib or goal.limits.ram_gib_min) * GIB
    job, asking, demands = goal.job(), [], dict[str, Demand]()
    for option in found:
        terms = () if option.step_s is None else _held(run_on(goal, option)[0], job, option)
        if total(terms) > least:
            name = f"{MEMORY}{ram_words(terms)} beside {option.count} GPUs"
            gib = max(total(terms) / GIB, demands[name].least if name in demands else 0.0)
            demands[name] = Demand(name, "ram", amount=ram_gib, least=gib, some=True)
            option = replace(option, asks=frozenset({name}))
        asking.append(option)
    return tuple(asking), tuple(sorted(demands.values(), key=lambda d: d.least))


def _held(run: Run, job: Job, option: Option) -> tuple[Term, ...]:
    return sizing.ram_sum(run, job, option.count, option.chip)


class Pace:
    """What the machines of a goal with data deliver to their GPUs; see ``fed``."""

    def __init__(self, goal: Goal, job: Job, search: Search) -> None:
        assert job.data is not None
        self.goal, self.data, self.search, self.run = goal, job.data, search, goal.workload.run()

    def items_per_s(self, choice: Choice) -> float:
        """What the slowest known stage of a machine delivers; infinity where none is known."""
        option = choice.option
        rates = feed_rates(self.data, self.run, option.chip, option.count)
        machine = replace(of_build(choice.build, option.chip), gpu_count=option.count)
        return rates.of_machine(machine).items_per_s or math.inf

    def of(self, outcome: Outcome) -> Outcome:
        """The outcome at the pace of what feeds it."""
        choice, step_s = outcome.choice, outcome.option.step_s
        if choice is None or step_s is None:
            return outcome
        option = replace(
            outcome.option, step_s=max(step_s, self.run.batch / self.items_per_s(choice))
        )
        return Outcome(option, replace(choice, option=option))

    def fast_enough(self, option: Option, items_per_s: float) -> Search:
        """The search among processors and drives that deliver so much, or of which nobody knows."""
        rates = feed_rates(self.data, self.run, option.chip, option.count)
        ram_bytes = self.goal.limits.ram_gib_min * GIB

        def enough(rate: float | None) -> bool:
            return rate is None or rate >= items_per_s

        words = f"that feeds {items_per_s:,.0f} items/s"
        more = (
            Demand(f"a processor {words}", "cpu", lambda p: enough(rates.of_cpu(cast("Cpu", p)))),
            Demand(
                f"a drive {words}", "drive",
                lambda p: enough(rates.of_drive(cast("Drive", p), ram_bytes)),
            ),
        )  # fmt: skip
        task = self.search.problem
        task = replace(task, options=(option,), demands=(*task.demands, *more))
        return Search(task, self.search.verdicts)


def fed(
    goal: Goal, search: Search, outcomes: tuple[Outcome, ...]
) -> tuple[tuple[Outcome, ...], dict[int, Search]]:
    """Outcomes at the pace of what feeds them: of data that the cheapest machine does not deliver
    within ``KEEPS_UP`` of its GPUs, a dearer one that the budget pays and that is faster.

    Returns the outcomes, and for the choices of these (by ``id``) the search to outfit them with.
    """
    job, budget = goal.job(), search.problem.budget_cents or 0
    if job.data is None:
        return outcomes, {}
    pace = Pace(goal, job, search)
    found = {i: pace.of(o) for i, o in enumerate(outcomes)}
    order = sorted(found, key=lambda i: outcomes[i].option.step_s or math.inf)
    searches: dict[int, Search] = {}
    for i in order:
        ideal, own = outcomes[i].option, found[i]
        paid = [o.option.step_s or math.inf for o in found.values() if _paid(o, budget)]
        step_s = ideal.step_s or math.inf
        if not paid or step_s >= min(paid) * (1 + NEAR):
            break  # the others are clearly slower even with all that they could be fed
        if not _paid(own, budget) or (own.option.step_s or 0.0) * KEEPS_UP <= step_s:
            continue
        for share in SHARES:
            faster = pace.fast_enough(ideal, share * KEEPS_UP * pace.run.batch / step_s)
            other = pace.of(faster.best(ideal))
            if _paid(other, budget) and (other.option.step_s or 0) < (own.option.step_s or 0):
                found[i], searches[id(other.choice)] = other, faster
                break
    return tuple(found[i] for i in range(len(outcomes))), searches


def _paid(outcome: Outcome, budget_cents: int) -> bool:
    return outcome.choice is not None and outcome.choice.cents <= budget_cents


def keeping_up(goal: Goal, search: Search, choice: Choice) -> Search:
    """The search to outfit a choice with, so that no part of it is fed less than it is now."""
    job = goal.job()
    if job.data is None or not choice.option.step_s:
        return search
    pace = Pace(goal, job, search)
    needed = KEEPS_UP * pace.run.batch / choice.option.step_s
    return pace.fast_enough(choice.option, needed)
