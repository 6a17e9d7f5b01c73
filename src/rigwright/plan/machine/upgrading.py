"""Use case: which parts of a machine to swap for the largest gain on a workload.

The search is that of a plan. What the machine has costs nothing and may stay or go, so the cheapest
build of a GPU choice is the cheapest set of parts to buy for it.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import rigwright.fit as fit
from rigwright.catalog.buildfile import read_build
from rigwright.catalog.loose import MARK, is_loose
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import by_id, load_with_price, used_on
from rigwright.choose.problem import KINDS, Candidate, Choice, Option, Outcome, Problem
from rigwright.choose.search import Search, frontier
from rigwright.plan.ask import hosts as machines
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine import variants
from rigwright.plan.machine.given.demands import ram_gib
from rigwright.plan.machine.given.market import Market, market
from rigwright.plan.machine.given.options import options, problem
from rigwright.plan.machine.helping.edits import edited
from rigwright.plan.machine.helping.measuring import MEASURED, worth_measuring
from rigwright.plan.machine.outfitting import RESOLVED
from rigwright.plan.machine.planning import part_lines
from rigwright.plan.machine.results import Kept, Today, Upgrade, UpgradeResult
from rigwright.plan.machine.searches import with_memory
from rigwright.plan.memory import sizing
from rigwright.plan.memory.changes import ways
from rigwright.plan.speed.feeding import feed_words, timed
from rigwright.plan.speed.runs import chip_named
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Card, Chip, Part


def upgrade_build(path: Path, asked: Goal, *, anyway: bool = False) -> UpgradeResult:
    """The upgrade of a build file or pasted list for a goal's workload within its budget.

    anyway : lines that are not understood are left out.
    Raises InputError when the file cannot be read, has such lines, or the build has no graphics
    card that is known.
    """
    build = read_build(path, loose=True)
    if build.unresolved and not anyway:
        lines = "; ".join(text for _, text in build.unresolved)
        allowed = "lines that name a part, or tell its facts (750 W, 32 GB DDR4-3200 2x16)"
        raise InputError(str(path), "lines", lines, allowed, "--anyway goes on without them")
    circuit = asdict(build.circuit) if build.circuit else {}
    asked = edited(asked, {f"limits.circuit_{name}": value for name, value in circuit.items()})
    return upgrade(build, asked, build.name or path.stem)


def upgrade(build: Build, goal: Goal, name: str) -> UpgradeResult:
    """What to buy for the machine within the goal's budget; the goal's own parts are not used.

    Where nothing carries the run in the format that is usual and nobody said one, its weights are
    packed as in a plan.
    """
    found = _upgraded(build, goal, name)
    if found.chosen is not None or found.today.prediction.does:
        return found
    for words, other in variants.narrower(goal):
        made = _upgraded(build, other, name)
        if made.chosen is not None or made.today.prediction.does:
            return replace(made, notes=(f"planned with {words}", *made.notes))
    return found


def _upgraded(build: Build, goal: Goal, name: str) -> UpgradeResult:
    """The machine runs today: what nobody knows of its parts among themselves is no question."""
    build = replace(build, runs=tuple(part.id for part in build.parts()))
    has_gib = sum(ram_gib(kit) for kit in build.ram)
    least_gib = min(goal.limits.ram_gib_min, has_gib or goal.limits.ram_gib_min)
    bare = goal.model_copy(update={"own": type(goal.own)(), "use": type(goal.use)()})
    plain = edited(bare, {"limits.ram_gib_min": least_gib})  # what it has is enough
    bought = market(plain)
    m = _with(bought, build)
    found = options(plain, m)
    found += variants.changed_options(plain, m, found, below_cents=variants.NO_LIMIT)
    asking, memory = with_memory(bare, found, has_gib)
    whole = problem(plain, m, asking)
    task = replace(
        whole, demands=(*whole.demands, *memory), replaceable=frozenset(KINDS),
        allow_unknown=False,  # what is in doubt is the answer's own field
        circuit=build.circuit or whole.circuit, runs=build.runs, there=build.runs,
    )  # fmt: skip
    today = _today(replace(build, lanes_each=task.lanes_each), goal)
    sure, doubted = (_ways(goal, m, build, today, found) for found in _solved(task))
    chosen, open_ = (  # the fastest paid is the last: each is faster than the one before
        next((way for way in reversed(ways) if way.usd <= goal.parts_usd), None)
        for ways in (sure, doubted)
    )
    return UpgradeResult(
        build=name, as_of=goal.as_of, run=goal.workload.run(), budget_usd=goal.parts_usd,
        money=goal.money, today=today, chosen=chosen, steps=sure,
        if_measured=_if_measured(chosen, open_),
        notes=(
            *(chosen.sizes.too_small if chosen else ()), *_unbought(goal, today),
            *_notes(build, bought, goal),
        ),
    )  # fmt: skip


def _solved(task: Problem) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
    """The cheapest upgrade to every option, proven, and with what is in doubt let pass.

    The board stays unless known facts speak against it: that nobody wrote down what it has is no
    reason to buy another one.
    """
    free, same = Search(task), Search(replace(task, replaceable=task.replaceable - {"board"}))
    doubted = tuple(free.solve(option, relaxation=MEASURED) for option in task.options)
    proven = []
    for option in task.options:
        found = free.solve(option)
        used = found.choice.used if found.choice else ()
        if used and not any(c.owned for c, _ in used if c.part.kind == "board"):
            kept = same.solve(option)
            in_doubt = kept.choice is None and same.solve(option, relaxation=MEASURED).choice
            found = kept if kept.choice is not None or in_doubt else found
        proven.append(found)
    return tuple(proven), doubted


def _ways(
    goal: Goal, m: Market, build: Build, today: Today, outcomes: tuple[Outcome, ...]
) -> tuple[Upgrade, ...]:
    """Upgrades that gain, none beaten in both price and speed on the machine's own links; none of
    a machine that holds the run takes memory away."""
    as_is = Option(chip_named(today.gpu), today.gpu_count, (), None)
    limit = variants.as_carried(goal, as_is).step_s or float("inf")
    limit = today.prediction.pace_s if today.prediction.does else limit
    least = today.vram_bytes * today.gpu_count if today.prediction.fits else 0
    enough = (o for o in outcomes if o.option.chip.vram_bytes * o.option.count >= least)
    ways = []
    for choice in frontier(tuple(enough)):
        way = _upgrade(goal, m, build, today, choice)
        if way.prediction.does and way.prediction.pace_s * (1 + RESOLVED) < limit:
            ways.append(way)
            limit = way.prediction.pace_s
    return tuple(ways)


def _if_measured(sure: Upgrade | None, open_: Upgrade | None) -> Upgrade | None:
    """The one that unknown facts leave open, where it is worth looking them up."""
    if sure is None or open_ is None:
        return open_
    steps = open_.prediction.pace_s, sure.prediction.pace_s
    same = (open_.gpu, open_.gpu_count) == (sure.gpu, sure.gpu_count)
    spared = same and open_.usd < sure.usd  # a part of the machine that may stay
    worth = spared or worth_measuring(steps[0], open_.usd, steps[1], sure.usd)
    return open_ if worth else None


def _with(m: Market, build: Build) -> Market:
    """The market with the machine's own parts in front, at no price."""

    def owned(parts: Iterable[Part]) -> Iterator[Candidate]:
        return (Candidate(part, 0, owned=True) for part in parts)

    kinds = {k: (*owned(build.of(k)), *found) for k, found in m.candidates.items()}
    cards = {
        chip: (*owned(c for c in build.cards if c.chip == chip), *m.cards.get(chip, ()))
        for chip in dict.fromkeys((*m.cards, *(c.chip for c in build.cards)))
    }
    return replace(m, candidates=kinds, cards=cards)


def _today(build: Build, goal: Goal) -> Today:
    """The machine as it is. Raises InputError without a card of a known chip."""
    chips = {card.chip for card in build.cards}
    known = by_id(Chip)
    if len(chips) != 1 or not chips <= set(known):
        given = ", ".join(sorted(c.name for c in build.cards)) or "no card"
        raise InputError("build", "cards", given, "cards of one known chip", "rigwright parts CARD")
    chip = known[chips.pop()]
    machine = machines.of_build(build, chip)
    run = goal.workload.run()
    found = timed(run, machine, goal.job())
    return Today(
        chip.name, machine.gpu_count, chip.vram_bytes, found.prediction, fit.check(build),
        feed_words(found, run),
    )  # fmt: skip


def _upgrade(goal: Goal, m: Market, build: Build, today: Today, choice: Choice) -> Upgrade:
    (run, changed), chip = variants.run_on(goal, choice.option), choice.option.chip
    of_job = timed(run, machines.of_build(choice.build, chip), goal.job())
    prediction = of_job.prediction
    lines = part_lines(choice, m)
    before = today.prediction
    speedup = prediction.throughput / before.throughput if before.fits else None
    gone = _gone(build, choice, goal.as_of)
    resale_usd = sum(part.resale_usd or 0.0 for part in gone)
    return Upgrade(
        gpu=chip.name, gpu_count=choice.option.count, vram_bytes=chip.vram_bytes,
        usd=choice.cents / 100, buy=tuple(line for line in lines if not line.owned), take_out=gone,
        prediction=prediction, speedup=speedup, job_hours=of_job.job_hours,
        findings=fit.check(choice.build), draw_w=fit.draw_w(choice.build), resale_usd=resale_usd,
        net_usd=choice.cents / 100 - resale_usd,
        sizes=sizing.of_build(choice.build, run, goal.job(), choice.option.count, chip),
        changed=changed,
    )  # fmt: skip


def _gone(build: Build, choice: Choice, day: dt.date) -> tuple[Kept, ...]:
    """Parts of the machine that the upgraded one does not have, and what they fetch."""
    kept = Counter(c.part.id for c, n in choice.used if c.owned for _ in range(n))
    gone = []
    for kind in ("card", *KINDS):
        for part in build.of(kind):
            if kept[part.id]:
                kept[part.id] -= 1
            else:
                gone.append(Kept(kind, part.id, part.name, _resale_usd(part, day)))
    return tuple(gone)


def _resale_usd(part: Part, day: dt.date) -> float | None:
    """The low end of what the part costs used on a day; of a card without a name, of its chip."""
    quotes = used_on(type(part), day)
    if isinstance(part, Card) and is_loose(part):
        same = (c for c in load_with_price(Card) if c.chip == part.chip and key(c) in quotes)
        return min((quotes[key(c)].low_usd for c in same), default=None)
    return quotes[key(part)].low_usd if key(part) in quotes else None


def _unbought(goal: Goal, today: Today) -> tuple[str, ...]:
    """Other runs of the model that the machine holds as it is, where it does not hold this one."""
    if today.prediction.fits:
        return ()
    machine = machines.of_chip(chip_named(today.gpu), today.gpu_count)
    found = ways(goal.workload.run(), machine, today.prediction.pace_s)
    mine = [way for way in found if way.gpu_count == today.gpu_count][:2]
    return tuple(
        f"the machine of today carries it with {' and '.join(way.changes)}: "
        f"{way.step_s * 1e3:,.3g} ms a step" for way in mine
    )  # fmt: skip


def _notes(build: Build, m: Market, goal: Goal) -> tuple[str, ...]:
    notes = [
        f"line not recognised and so not counted as there: {text}" for _, text in build.unresolved
    ]
    told = [part.name.removesuffix(MARK) for part in build.parts() if is_loose(part)]
    if told:
        notes.append(f"only what the list says is known of {'; '.join(dict.fromkeys(told))}")
    return (
        *notes, "the machine is taken to run today: its parts are not asked about each other",
        f"{m.unpriced} parts have no price up to {goal.as_of} and were left out",
        "parts taken out are counted at the low end of their used price on the day; the budget is "
        "for what is bought",
    )  # fmt: skip
