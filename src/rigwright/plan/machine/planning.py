"""Use case: the machine for a goal."""

import functools
import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import rigwright.fit as fit
from rigwright.catalog.prices.ledger import in_its_money, key, money, price_fields, whole
from rigwright.catalog.source import attribution, state
from rigwright.choose.explain import of_site
from rigwright.choose.problem import Choice, Demand, Option, Outcome, Relaxation
from rigwright.choose.search import Search, frontier
from rigwright.plan.ask import hosts as machines
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine import variants
from rigwright.plan.machine.given.market import Market, market, running
from rigwright.plan.machine.given.options import alone, idle_cards
from rigwright.plan.machine.helping import reasons
from rigwright.plan.machine.helping.edits import edited, saying
from rigwright.plan.machine.helping.explaining import explain, of_one_chip, sold_whole
from rigwright.plan.machine.helping.measuring import if_measured, worth_measuring
from rigwright.plan.machine.outfitting import RESOLVED, best_within, outfitted, waiting
from rigwright.plan.machine.results import Left, Machined, Measured, PartLine, PlanResult, Point
from rigwright.plan.machine.searches import fed, keeping_up, search_of
from rigwright.plan.machine.secondhand import second_hand
from rigwright.plan.machine.sensible import sensible
from rigwright.plan.memory import sizing
from rigwright.plan.parts.local import local_notes
from rigwright.plan.speed import layouts
from rigwright.plan.speed.feeding import feed_words, timed, uncounted
from rigwright.plan.speed.stepping import items_per_step

ALTERNATIVES = 3
ROUNDS = 4
"""Plans of a run that is changed, each with the changes of the one before said."""
KEPT = 32
"""Plans that are remembered: pages, ``rent`` and ``guide`` ask for the same one again."""
FRAME = "not counted: an open frame (about {}) and a PCIe 4.0 riser cable a card (about {} each)"
ADAPTER = "not counted: the adapter that starts both supplies together (about {})"
ORDER = ("card", "cpu", "cooler", "board", "ram", "drive", "psu", "case")


@in_its_money
def plan(goal: Goal, name: str = "goal", only: str | None = None) -> PlanResult:
    """The cheapest machine, by the rules, that carries the fastest affordable GPU choice.

    only : id of a chip; no other is looked at.
    """
    said = goal.model_dump_json(exclude_unset=True)  # goals are equal that say a default or do not
    return _plan(goal, name, only, (state(), said))


@functools.lru_cache(maxsize=KEPT)
def _plan(goal: Goal, name: str, only: str | None, _said: Hashable) -> PlanResult:
    found, best = _planned(goal, name, only)
    literal = best
    for words, other in variants.narrower(goal) if best.chosen is None or best.missed else ():
        _, made = _planned(other, name, only)
        if _carried(made) > _carried(best):
            keys = {"precision": made.run.precision, **made.keys}
            best = replace(made, changed=(words, *made.changed), keys=keys)
        if made.chosen is not None and not (made.gives_up or made.missed):
            break
    if best.chosen is not None:
        return _settled(goal, name, only, best)
    conflicts, changes = explain(goal, found, only)
    return replace(literal, conflicts=conflicts, changes=changes)


def _settled(goal: Goal, name: str, only: str | None, best: PlanResult) -> PlanResult:
    """The plan of who says what it changes in the run: the same question has one answer."""
    asked: dict[str, Any] = {}
    for _ in range(ROUNDS):
        if best.keys == asked:
            break
        asked, capped = dict(best.keys), variants.CAPPED.format(best.power_cap_w or 0.0)
        shared = tuple(w for w in best.changed if w != capped)
        divided, whole = best.run, replace(best.run, sharding="none")
        words = (layouts.keys(whole) if w == layouts.keys(divided) else w for w in shared)
        alone = tuple(filter(None, words))  # one card shares nothing
        _, made = _planned(saying(goal, asked), name, only)
        if made.chosen and made.chosen.gpu_count == 1 and asked.pop("sharding", None):
            shared = alone
            _, made = _planned(saying(goal, asked), name, only)
        if made.chosen is None:
            break
        best = _told(made, shared, alone, {**asked, **made.keys})
    return best


def _told(
    result: PlanResult, shared: tuple[str, ...], alone: tuple[str, ...], keys: Mapping[str, Any]
) -> PlanResult:
    """A plan in which some changes of the run were said, in the words of who did not say them.

    shared, alone : how they are said of several cards and of one.
    """

    def told(one: Any) -> Any:
        return replace(one, changed=(*(alone if one.gpu_count == 1 else shared), *one.changed))

    chosen, open_ = told(result.chosen), result.if_measured
    return replace(
        result, changed=chosen.changed, keys=keys, chosen=chosen,
        frontier=tuple(told(p) if p.step_s else p for p in result.frontier),
        alternatives=tuple(map(told, result.alternatives)),
        if_measured=open_ and replace(open_, machine=told(open_.machine)),
    )  # fmt: skip


def _carried(result: PlanResult) -> tuple[int, bool]:
    """How well a plan carries its run: users that memory holds, then whether nothing is given up;
    more is better."""
    if result.chosen is None:
        return -1, False
    users, asked = result.chosen.prediction.users, result.run.concurrency or 1
    return (min(users.users_max, asked) if users else 0), not result.gives_up


def as_planned(goal: Goal, result: PlanResult) -> Goal:
    """The goal with the format of weights that it was planned with."""
    return variants.with_precision(goal, result.keys.get("precision"))


def _planned(goal: Goal, name: str, only: str | None) -> tuple[tuple[Option, ...], PlanResult]:
    """The choices of cards and the plan among them; without a machine it says not yet why."""
    m = market(goal)
    found = variants.considered(goal, of_one_chip(m, only))
    tried = _tried(goal, m, found)
    changed = _changed(goal, of_one_chip(m, only), tried, found)
    outcomes, best = (*tried.outcomes, *changed.outcomes), changed.best or tried.best
    here, capped = _capped(goal, m, tried.search, outcomes, best)
    taken, free, outcomes = capped.best or best, outcomes, (*outcomes, *capped.outcomes)
    best = taken and variants.laid_out(goal, taken)
    outcomes = tuple(
        Outcome(best.option, best) if best and o.choice is taken else o for o in outcomes
    )
    line, items = {id(c) for c in frontier(outcomes)}, items_per_step(goal.workload.run())
    points = (_point(o, here if o.choice is best else goal, items, line, best) for o in outcomes)
    every = (*points, *_too_small(found, outcomes))
    result = PlanResult(
        goal=name, as_of=goal.as_of, run=goal.workload.run(), budget_usd=goal.parts_usd,
        money=goal.money, tax_share=goal.included_share, chosen=None, alternatives=(),
        notes=_notes(goal, m),
        frontier=tuple(sorted(every, key=lambda p: (p.usd is None, p.usd or 0.0, p.gpu))),
    )  # fmt: skip
    if best is None:
        return found, result
    made = next((some for some in (capped, changed) if some.best), tried)
    whole = outfitted(here, keeping_up(here, made.search, best), best)
    modest = reasons.given_up(made.missed, whole)
    chosen = machined(here, m, whole, reasons.reason(goal, outcomes, best))
    run, changes_made = variants.run_on(goal, best.option)
    whole_ones = sold_whole(goal, best.option.step_s or 0.0)
    notes = (
        *((modest,) if modest else ()), *second_hand(here, whole, chosen, RESOLVED),
        *_notes(goal, m, chosen), *idle_cards(goal, m, best.option),
        *(f"beside parts: {c.what}, {c.helps}" for c in whole_ones),
    )  # fmt: skip
    result = replace(
        result, run=run, gives_up=modest, missed=reasons.missed(chosen.prediction, run),
        power_cap_w=chosen.power_cap_w, changed=changes_made, keys=variants.key_values(goal, run),
        chosen=chosen, notes=notes,
        left=Left(goal.parts_usd - chosen.usd, reasons.why_left(goal, outcomes, best)),
        alternatives=_alternatives(goal, m, outcomes, best, chosen),
        if_measured=_measured(goal, m, tried.search, free, best, chosen),
        next_step=reasons.first_step(chosen),
    )  # fmt: skip
    return found, result


class Tried(NamedTuple):
    """Some choices of cards with their cheapest machines.

    missed : demands of a good builder that none meets together.  best : of those that the budget
    pays.
    """

    search: Search
    missed: tuple[Demand, ...]
    outcomes: tuple[Outcome, ...]
    best: Choice | None


def _tried(goal: Goal, m: Market, found: tuple[Option, ...]) -> Tried:
    """As a good builder would; where the budget pays nothing so, with as little of that given up
    as makes a machine."""
    wanted, missed = _without(goal, m, found, ()), sensible(goal)
    if wanted.best is not None or not missed:
        return wanted
    names = tuple(demand.name for demand in missed)
    least = _without(goal, m, found, names)
    if least.best is None:
        return least
    kinds = {d.kind: tuple(o.name for o in missed if o.kind == d.kind) for d in missed}
    ways = (_without(goal, m, found, way) for way in (*((n,) for n in names), *kinds.values()))
    return next((way for way in ways if way.best is not None), least)


def _without(goal: Goal, m: Market, found: tuple[Option, ...], given_up: tuple[str, ...]) -> Tried:
    search = search_of(goal, m, found, frozenset(given_up))
    task = search.problem
    outcomes, faster = fed(goal, search, tuple(search.best(option) for option in task.options))
    run, fastest = goal.workload.run(), goal.limits.fastest
    outcomes = tuple(_laid(goal, o, faster) for o in outcomes)
    best = best_within(run, outcomes, task.budget_cents or 0, fastest=fastest)
    if best is not None:
        search = faster.get(id(best)) or search
    return Tried(search, sensible(goal) if given_up else (), outcomes, best)


def _laid(goal: Goal, o: Outcome, faster: dict[int, Search]) -> Outcome:
    """An outcome that the budget pays with its run divided over the cards as is fastest there."""
    choice, most = o.choice, goal.parts_usd * 100
    if choice is None or choice.option.count == 1 or choice.cents > most:
        return o
    laid = variants.laid_out(goal, choice)
    if id(choice) in faster:
        faster[id(laid)] = faster[id(choice)]
    return Outcome(laid.option, laid)


def _changed(goal: Goal, m: Market, literal: Tried, found: tuple[Option, ...]) -> Tried:
    """Choices of cards that carry the run in another way, where that is worth it: clearly cheaper
    and as fast, or in a machine as a good builder would where the run as it is said leaves none."""
    nothing, best = Tried(literal.search, (), (), None), literal.best
    most, slowest = round(goal.parts_usd * 100), None
    if best is not None and not literal.missed:
        most = int(best.cents * variants.CLEARLY)
        slowest = (best.option.step_s or 0.0) * (1 + RESOLVED)
    more = variants.changed_options(goal, m, found, below_cents=most, step_s=slowest)
    tried = _tried(goal, market(goal), more) if more else nothing
    if best is None or tried.best is None:
        return nothing if best else tried
    better = not tried.missed if literal.missed else tried.best.cents <= most
    return tried if better else nothing


def _capped(
    goal: Goal, m: Market, search: Search, outcomes: tuple[Outcome, ...], best: Choice | None
) -> tuple[Goal, Tried]:
    """Faster cards that supply or circuit carry only below their own limit, and the goal so."""
    run, budget, ways = goal.workload.run(), round(goal.parts_usd * 100), []
    slow = best is None or waiting(run, best.option)
    speed = math.inf if slow or best is None else (best.option.step_s or 0.0) / (1 + RESOLVED)
    free = goal.limits.power_caps and goal.limits.power_cap_w is None
    for option in (o.option for o in outcomes if free and o.choice is None):
        (as_run, words), chip, count = variants.run_on(goal, option), option.chip, option.count
        for cap in variants.caps_w(chip) if (option.step_s or 0.0) < speed else ():
            step_s = alone(as_run, chip, count, cap).pace_s
            said = (*words, variants.CAPPED.format(cap))
            ways.append(
                (cap, option, variants.Changed(chip, count, option.cards, step_s, as_run, said))
            )
    for cap, option, capped in sorted(ways, key=lambda way: way[2].step_s or 0.0):
        if (capped.step_s or 0.0) >= speed:
            break
        if search.solve(option, budget, Relaxation(rules=of_site(search))).choice is not None:
            made = edited(goal, {"limits.power_cap_w": cap})
            tried, fastest = _tried(made, m, (capped,)), goal.limits.fastest
            both = (*outcomes, *tried.outcomes)
            if tried.best and best_within(run, both, budget, fastest=fastest) is tried.best:
                return made, tried
    return goal, Tried(search, (), (), None)


def _notes(goal: Goal, m: Market, chosen: Machined | None = None) -> tuple[str, ...]:
    limits = goal.limits
    notes = [f"{m.unpriced} parts have no price up to {goal.as_of} and were left out"]
    notes.append("prices are carried to the day by what their class did since; tax not included")
    notes += local_notes(goal, chosen.usd if chosen else None)
    if goal.limits.open_frame:
        notes.append(FRAME.format(money(70), money(40)))
    if chosen and any(p.kind == "psu" and p.count > 1 for p in chosen.parts):
        notes.append(ADAPTER.format(money(15)))
    data = goal.job().data
    notes += uncounted(goal.workload.run()) if data is None else ()
    notes += chosen.sizes.too_small if chosen else ()
    if running(m):
        notes.append("board, processor, memory and supply are owned: they are taken to run today")
    if not limits.allow_unknown:
        notes.append(
            "parts whose fit a missing fact leaves open were left out (limits.allow_unknown)"
        )
    return (*notes, *attribution())


def _point(o: Outcome, goal: Goal, items: int, line: set[int], best: Choice | None) -> Point:
    usd = o.choice.cents / 100 if o.choice else None
    paid = o.choice is not None and o.choice.cents <= goal.parts_usd * 100
    run, chip, step_s, p = goal.workload.run(), o.option.chip, o.option.step_s, None
    if run.mode == "serve":
        link = machines.of_build(o.choice.build, chip).pcie_bytes_per_s if o.choice else None
        p = alone(run, chip, o.option.count, goal.limits.power_cap_w, link)
    return Point(
        gpu=chip.name, gpu_count=o.option.count, usd=usd, step_s=p.step_s if p else step_s,
        throughput=items / step_s if step_s else None, users=p.users if p else None, fits=True,
        within_budget=paid, on_frontier=o.choice is not None and id(o.choice) in line,
        chosen=o.choice is not None and o.choice is best,
        why_not="" if o.choice else f"no machine passes rule {o.blocked_by}",
        changed=variants.run_on(goal, o.option)[1],
    )  # fmt: skip


def _too_small(found: tuple[Option, ...], outcomes: tuple[Outcome, ...]) -> Iterator[Point]:
    """Choices of cards that carry the run in no way that was tried."""
    carried, why = {(o.option.chip.id, o.option.count) for o in outcomes}, "memory, or a limit"
    for o in found:
        if o.step_s is None and (o.chip.id, o.count) not in carried:
            none = (None, None, None, False, False, False)
            yield Point(o.chip.name, o.count, *none, why_not=f"{why} on its times")


def _alternatives(
    goal: Goal, m: Market, outcomes: tuple[Outcome, ...], best: Choice, chosen: Machined
) -> tuple[Machined, ...]:
    """The next fastest affordable choices, and the first faster one above the budget."""
    budget = goal.parts_usd * 100
    others = [o.choice for o in outcomes if o.choice is not None and o.choice is not best]
    speed = best.option.step_s or 0.0
    paid = sorted(
        (c for c in others if c.cents <= budget), key=lambda c: (c.option.step_s or 0, c.cents)
    )
    faster = [c for c in others if c.cents > budget and (c.option.step_s or 0) < speed]
    above = sorted(faster, key=lambda c: c.cents)[:1]
    shown = (variants.laid_out(goal, c) for c in (*paid[:ALTERNATIVES], *above))
    found = (machined(goal, m, c, "") for c in shown)
    return tuple(replace(f, why=_beside(f, chosen, goal.parts_usd)) for f in found)


def _measured(
    goal: Goal, m: Market, search: Search, outcomes: tuple[Outcome, ...], best: Choice,
    chosen: Machined,
) -> Measured | None:  # fmt: skip
    """The better machine that lacks one fact, against the proven one."""
    if goal.limits.allow_unknown:
        return None
    found = if_measured(goal.workload.run(), search, (o.option for o in outcomes), best)
    if found is None:
        return None
    (choice, fact), machine = found, machined(goal, m, found[0], "")
    steps = machine.prediction.pace_s, chosen.prediction.pace_s
    if not worth_measuring(steps[0], choice.cents, steps[1], best.cents):
        return None  # what it gains is lost on its own links
    saves = (best.cents - choice.cents) / 100
    words = _beside(machine, chosen, goal.parts_usd)
    if saves > 0:
        words += f"; the least for the proven choice is {money(best.cents / 100)}"
    return Measured(
        machine=replace(machine, why=words),
        kind=fact.part.kind, part=fact.part.name, rules=fact.rules, fact=fact.why,
        look_up=fact.fix, saves_usd=saves,
        speedup=(best.option.step_s or 0.0) / (choice.option.step_s or 1.0),
    )  # fmt: skip


def _beside(other: Machined, chosen: Machined, budget_usd: float) -> str:
    """``1.11 x the step time, $969 more``: against the machine that is shown, to the dollar."""
    ratio = other.prediction.pace_s / chosen.prediction.pace_s
    gap = whole(other.usd) - whole(chosen.usd)
    speed = f"{ratio:.2f} x the step time"
    if other.prediction.users is not None:
        speed = f"{1 / ratio:.2f} x the tokens/s"
    words = f"{speed}, {money(abs(gap))} {'more' if gap > 0 else 'less'}"
    if other.changed != chosen.changed:
        words += f", {'with ' + ' and '.join(other.changed) if other.changed else 'unchanged'}"
    return words + (", above the budget" if other.usd > budget_usd else "")


def part_lines(choice: Choice, m: Market) -> tuple[PartLine, ...]:
    """The bill of materials of a choice, cards first."""
    lines = []
    for candidate, count in choice.used:
        part, usd = candidate.part, candidate.cents * count / 100
        seen = price_fields(None if candidate.owned else m.quotes[key(part)], count)
        lines.append(PartLine(part.kind, part.id, part.name, count, usd, candidate.owned, **seen))
    return tuple(sorted(lines, key=lambda line: ORDER.index(line.kind)))


def machined(goal: Goal, m: Market, choice: Choice, why: str) -> Machined:
    """A choice as a proposed machine, re-checked by every rule and predicted on its own links."""
    (run, changed), chip = variants.run_on(goal, choice.option), choice.option.chip
    of_job = timed(run, machines.of_build(choice.build, chip), goal.job())
    wall_w, case = fit.wall_w(choice.build), choice.build.case
    return Machined(
        gpu=chip.name, gpu_count=choice.option.count, vram_bytes=chip.vram_bytes,
        usd=choice.cents / 100, parts=part_lines(choice, m), prediction=of_job.prediction,
        findings=fit.check(choice.build), draw_w=fit.draw_w(choice.build), wall_w=wall_w,
        job_hours=of_job.job_hours, job=of_job.job, feed=feed_words(of_job, run), why=why,
        case_volume_l=case.volume_l if case else None,
        heat_kwh_per_day=wall_w * goal.site.hours_per_day / 1000 if wall_w else None,
        changed=changed, power_cap_w=choice.build.gpu_power_cap_w,
        sizes=sizing.of_build(choice.build, run, goal.job(), choice.option.count, chip),
    )  # fmt: skip
