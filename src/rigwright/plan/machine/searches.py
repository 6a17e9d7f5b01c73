"""Prepared searches, kept while the parts, their prices and the limits stay the same.

Workload, budget and number of GPUs do not change what a search prepares, nor the cheapest machine
around given cards: a second question on the same market is answered from memory.
"""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import ge
from typing import cast

from rigwright.choose.problem import Choice, Demand, Option, Outcome, Problem
from rigwright.choose.search import Search
from rigwright.choose.verdicts import Verdicts
from rigwright.plan.ask.goal import Goal, Limits
from rigwright.plan.ask.hosts import of_build, slot_lanes
from rigwright.plan.machine.given.demands import MEMORY, ram_gib
from rigwright.plan.machine.given.market import Market
from rigwright.plan.machine.given.options import alone, problem
from rigwright.plan.machine.outfitting import NEAR
from rigwright.plan.machine.sensible import sensible
from rigwright.plan.machine.variants import run_on
from rigwright.plan.memory import sizing
from rigwright.plan.memory.results import GIB, ram_words, total
from rigwright.plan.speed.feeding import feed_rates
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Cpu, Drive, Part

KEPT = 8
NOTHING: frozenset[str] = frozenset()
KEEPS_UP = 0.9
"""Share of what the GPUs could read that a machine has to deliver where money is left."""
SHARES = (1.0, 0.85, 0.7, 0.55, 0.4, 0.25)
"""Of that, tried in turn where the budget does not pay all of it."""
# Limits that choose among GPU options and ask nothing of the parts around them.
OF_OPTIONS = (
    "vram_gib_min", "gpu_count_min", "gpu_count_max", "step_ms_max", "gpu_vendors", "fastest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    market: Market
    limits: Limits
    demands: frozenset[tuple[str, float]]
    site: Build
    task: Problem = field(compare=False)


@functools.lru_cache(maxsize=KEPT)
def _prepared(asked: _Asked) -> Search:
    """A search of its own, or one that shares with the last of the same market and limits all that
    no other demand touches."""
    last, task = _last(asked.market, asked.limits, asked.site), asked.task
    same = (
        last[0].asking(task.demands, task.options) if last else Search(task, _verdicts(task.site))
    )
    last[:] = [same]
    return same


@functools.lru_cache(maxsize=KEPT)
def _last(market: Market, limits: Limits, site: Build) -> list[Search]:
    return []


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
    task = problem(goal, m, asking)
    task = replace(task, demands=(*task.demands, *memory, *more))
    same = {name: Limits.model_fields[name].default for name in OF_OPTIONS}
    asked = frozenset((demand.name, demand.least) for demand in task.demands)
    kept = _prepared(_Asked(m, goal.limits.model_copy(update=same), asked, task.site, task))
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
        terms = () if option.step_s is None else sizing.ram_sum(
            run_on(goal, option)[0], job, option.count, option.chip
        )  # fmt: skip
        if total(terms) > least:
            name = f"{MEMORY}{ram_words(terms)} beside {option.count} GPUs"
            gib = max(total(terms) / GIB, demands[name].least if name in demands else 0.0)
            demands[name] = Demand(name, "ram", amount=ram_gib, least=gib, some=True)
            option = replace(option, asks=frozenset({name}))
        asking.append(option)
    return tuple(asking), tuple(sorted(demands.values(), key=lambda d: d.least))


class Pace:
    """How fast the machines of a goal are on their own links, and what they deliver of its data to
    their GPUs; see ``fed``."""

    def __init__(self, goal: Goal, search: Search) -> None:
        self.goal, self.data, self.search = goal, goal.job().data, search
        self.run = goal.workload.run()

    def items_per_s(self, choice: Choice) -> float:
        """What the slowest known stage of a machine delivers; infinity where none is known."""
        if self.data is None:
            return math.inf
        option = choice.option
        rates = feed_rates(self.data, self.run, option.chip, option.count)
        return rates.of_machine(of_build(choice.build, option.chip)).items_per_s or math.inf

    def of(self, outcome: Outcome) -> Outcome:
        """The outcome at the pace of its links and of what feeds it."""
        choice, step_s = outcome.choice, outcome.option.step_s
        if choice is None or step_s is None:
            return outcome
        option = outcome.option
        if option.count > 1:
            link = of_build(choice.build, option.chip).pcie_bytes_per_s
            (run, _), cap = run_on(self.goal, option), self.goal.limits.power_cap_w
            step_s = max(step_s, alone(run, option.chip, option.count, cap, link).pace_s)
        option = replace(option, step_s=max(step_s, self.run.batch / self.items_per_s(choice)))
        return Outcome(option, replace(choice, option=option))

    def fast_enough(self, option: Option, items_per_s: float) -> Search:
        """The search among processors and drives that deliver so much, or of which nobody knows."""
        assert self.data is not None
        rates = feed_rates(self.data, self.run, option.chip, option.count)
        ram_bytes = self.goal.limits.ram_gib_min * GIB
        words = f"that feeds {items_per_s:,.0f} items/s"
        return self._among(
            option,
            Demand(
                f"a processor {words}", "cpu",
                lambda p: (rates.of_cpu(cast("Cpu", p)) or math.inf) >= items_per_s,
            ),
            Demand(
                f"a drive {words}", "drive",
                lambda p: (rates.of_drive(cast("Drive", p), ram_bytes) or math.inf) >= items_per_s,
            ),
        )  # fmt: skip

    def linked(self, option: Option, gen: float, lanes: int) -> Search:
        """The search among processors and boards that give every card so fast a link."""
        words, chip, count = f"with PCIe {gen:g}", option.chip, option.count

        def wide(p: Part) -> bool:
            had = slot_lanes(cast("Board", p), chip, count) or (0, 0)
            return all(map(ge, had, (gen, lanes)))

        return self._among(
            option,
            Demand(f"a processor {words}", "cpu", lambda p: (cast("Cpu", p).pcie_gen or 0) >= gen),
            Demand(f"a board {words} x{lanes} for {count} cards", "board", wide),
        )

    def _among(self, option: Option, *more: Demand) -> Search:
        return self.search.asking((*self.search.problem.demands, *more), (option,))


def fed(
    goal: Goal, search: Search, outcomes: tuple[Outcome, ...]
) -> tuple[tuple[Outcome, ...], dict[int, Search]]:
    """Outcomes at the pace of their links and of what feeds them; of cards that the cheapest
    machine holds below ``KEEPS_UP`` of their own, a dearer one that the budget pays and that is
    faster.

    Returns the outcomes, and for the choices of these (by ``id``) the search to outfit them with.
    """
    budget, pace = search.problem.budget_cents or 0, Pace(goal, search)
    found = {i: pace.of(o) for i, o in enumerate(outcomes)}
    order = sorted(found, key=lambda i: outcomes[i].option.step_s or math.inf)
    searches: dict[int, Search] = {}
    for i in order:
        ideal, own = outcomes[i].option, found[i]
        paid = [o.option.step_s or math.inf for o in found.values() if _paid(o, budget)]
        step_s = ideal.step_s or math.inf
        if not paid or step_s >= min(paid) * (1 + NEAR):
            break  # the others are clearly slower even with all that they could be given
        if not _paid(own, budget) or (own.option.step_s or 0.0) * KEEPS_UP <= step_s:
            continue
        for faster in _faster(pace, ideal):
            other = pace.of(faster.best(ideal))
            if _paid(other, budget) and (other.option.step_s or 0) < (found[i].option.step_s or 0):
                found[i], searches[id(other.choice)] = other, faster
                if pace.data is not None or (other.option.step_s or 0) * KEEPS_UP <= step_s:
                    break
    return tuple(found[i] for i in range(len(outcomes))), searches


def _faster(pace: Pace, ideal: Option) -> Iterator[Search]:
    """Searches of hosts that may hold cards back less, as ``fed`` tries them."""
    if pace.data is not None:
        needed = KEEPS_UP * pace.run.batch / (ideal.step_s or 1.0)
        rates = feed_rates(pace.data, pace.run, ideal.chip, ideal.count)
        cpus = (cast("Cpu", c.part) for c in pace.search.problem.candidates["cpu"])
        most = max((rates.of_cpu(cpu) or math.inf for cpu in cpus), default=math.inf) / needed
        most = min(most * 0.999, 1.0)  # the last bits of a product must not refuse the best one
        for share in (most, *(s for s in SHARES if s < most)):
            yield pace.fast_enough(ideal, share * needed)
    else:
        gen, lanes = ideal.chip.pcie_gen or 3.0, ideal.chip.pcie_lanes or 16
        yield from (pace.linked(ideal, gen, width) for width in (lanes // 2, lanes))


def _paid(outcome: Outcome, budget_cents: int) -> bool:
    return outcome.choice is not None and outcome.choice.cents <= budget_cents


def keeping_up(goal: Goal, search: Search, choice: Choice) -> Search:
    """The search to outfit a choice with, so that no part of it is fed less than it is now."""
    pace, option, build = Pace(goal, search), choice.option, choice.build
    if pace.data is not None and option.step_s:
        return pace.fast_enough(option, KEEPS_UP * pace.run.batch / option.step_s)
    link = slot_lanes(build.board, option.chip, option.count, build.cpu)
    return search if option.count == 1 or link is None else pace.linked(option, *link)
