"""When nothing fits: which demands clash, and what would help, nearest and cheapest first.

What helps is a change of the goal's own keys, tried: the machine named is one that the rules pass.
Rules are facts of hardware and are never given up.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import rigwright.fit as fit
from rigwright.catalog.prices.ledger import amount, money
from rigwright.catalog.source import by_id
from rigwright.choose import explain as reasons
from rigwright.choose.pool import met_by
from rigwright.choose.problem import Choice, Option, weigh
from rigwright.choose.search import Search
from rigwright.plan.ask.goal import Goal
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.machine.given.demands import DISK, MEMORY
from rigwright.plan.machine.given.market import Market, market
from rigwright.plan.machine.given.options import alone, counts, idle_cards
from rigwright.plan.machine.helping import hiring
from rigwright.plan.machine.helping.edits import (
    MEASURE,
    Edit,
    budget_of,
    edited,
    of_limits,
    of_named,
    of_run,
    of_towers,
    towers_asked,
)  # fmt: skip
from rigwright.plan.machine.helping.measuring import lacking_one, surest
from rigwright.plan.machine.results import Change
from rigwright.plan.machine.searches import search_of, with_memory
from rigwright.plan.machine.sensible import sensible
from rigwright.plan.machine.variants import as_carried, caps_w, carriers, said_of
from rigwright.plan.memory.changes import same_result
from rigwright.plan.speed import vram
from rigwright.plan.speed.runs import replicas
from rigwright.spec.build import Finding
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Chip

GIB = 1024**3
SHOWN, OVER = 6, 3
"""Changes shown: of those that the budget pays, and of those that it does not."""
TOGETHER, NEAR = 2, 4
"""Changes of a run tried together; the cheapest of them tried with second-hand prices too."""
FUSES_A = {True: (15, 20, 30, 50), False: (10, 13, 16, 20, 25, 32, 40, 63)}
"""Sizes of circuits below 150 V (NEC 210.3) and above (IEC 60898), from knowledge."""
Explained = tuple[tuple[str, ...], tuple[Change, ...]]


class Helped(NamedTuple):
    """A change of the goal and the cheapest machine there is then, whatever the budget."""

    edit: Edit
    choice: Choice


def explain(goal: Goal, found: tuple[Option, ...], only: str | None = None) -> Explained:
    """(demands that clash, changes that help). only : no other chip is looked at."""
    here = _searched(goal, only)
    if here.problem.options:
        conflicts, edits = _clash(goal, here)
        conflicts = (*conflicts, *idle_cards(goal, market(goal), here.problem.options[0]))
    else:
        conflicts, edits = _nothing_carries(goal, found, only), []
    named = list(of_named(goal))
    helped = _tried(goal, [*edits, *of_limits(goal), *named], only)
    helped += _runs(goal, found, only, helped)
    if not helped or goal.use.cards:
        edits += [edit for edit in named if "use.cards" not in edit.keys]
        helped += _deeper(goal, edits, only)
    helped += _towers(goal, only)
    changes = [_change(goal, h) for h in _nearest(goal, helped)]
    conflicts = (*conflicts, *_missing(goal, found, only))
    whole = () if only else sold_whole(goal)
    return conflicts, (*changes, *whole, *rented(goal, only))


def _missing(goal: Goal, found: tuple[Option, ...], only: str | None) -> tuple[str, ...]:
    """What users of the nearest cards that the budget pays lack of what they should get."""
    run, missed = goal.workload.run(), []
    for o in found if run.mode == "serve" else ():
        cents = min(c.cents for c in o.cards) * o.count
        if only in (None, o.chip.id) and cents <= goal.parts_usd * 100:
            p = alone(run, o.chip, o.count, goal.limits.power_cap_w)
            if p.fits and p.users and p.users.missed:
                missed.append((p.step_s, f"{o.count} x {o.chip.name}", ", ".join(p.users.missed)))
    if not missed:
        return ()
    _, cards, words = min(missed)
    return (f"{cards}, the nearest of the cards that the budget pays: {words}",)


def _searched(goal: Goal, only: str | None) -> Search:
    """The search among every choice of cards that carries the run."""
    return _among(goal, carriers(goal, of_one_chip(market(goal), only)))


def _among(goal: Goal, found: tuple[Option, ...]) -> Search:
    given_up = frozenset(demand.name for demand in sensible(goal))
    return search_of(goal, market(goal), found, given_up)


def _cheapest(goal: Goal, only: str | None) -> Choice | None:
    """The cheapest machine that carries the run, with the main memory which the way that it is
    carried there takes: other ways are looked at only for cards that come out as the cheapest."""
    search = _searched(goal, only)
    while (least := reasons.cheapest(search, (reasons.BUDGET,))) is not None:
        choice = search.best(least.option).choice or least  # as surely fitting as a plan's
        option = as_carried(goal, choice.option)
        asked = with_memory(goal, (option,))[1]
        if option is choice.option or all(met_by(choice, d) for d in asked):
            return choice
        search = _among(
            goal, tuple(option if o is choice.option else o for o in search.problem.options)
        )
    return None


def of_one_chip(m: Market, only: str | None) -> Market:
    """The market with no other cards than those of a chip."""
    if only is None:
        return m
    cards = {chip: made for chip, made in m.cards.items() if chip == only}
    return replace(m, cards=cards, kept={c: n for c, n in m.kept.items() if c == only})


# -- what is tried -------------------------------------------------------------------------
def _tried(goal: Goal, edits: Iterable[Edit], only: str | None) -> list[Helped]:
    found = []
    for edit in edits:
        if only is not None and any(key.startswith("limits.gpu_count") for key in edit.keys):
            continue
        try:
            choice = _cheapest(edited(goal, edit.keys), only)
        except RigwrightError:
            continue  # a part that the change leaves without a price
        if choice is not None:
            found.append(Helped(edit, choice))
    return found


def _deeper(goal: Goal, edits: list[Edit], only: str | None) -> list[Helped]:
    """Each change with what then still stands in the way, and that once more where it is needed."""
    for _ in range(TOGETHER):
        more = []
        for edit in edits:
            here = _searched(made := edited(goal, edit.keys), only)
            further = _clash(made, here)[1] if here.problem.options else []
            more += [edit + f for f in further if not f.keys.keys() & edit.keys.keys()]
        if helped := _tried(goal, more, only):
            return helped
        edits = more
    return []


def _towers(goal: Goal, only: str | None) -> Iterator[Helped]:
    """A used computer to start from, where the budget leaves something for it."""
    for one in _tried(goal, of_towers(goal), only):
        left = goal.parts_usd - one.choice.cents / 100
        asked = towers_asked(goal.as_of, left)
        if left > 0 and asked is not None:
            seen = f"; asked for one, whatever its memory: {asked}" if asked else ""
            words = f"{one.edit.words}, {money(left)} at most beside the card that follows{seen}"
            yield Helped(replace(one.edit, words=words), one.choice)


def _runs(
    goal: Goal, found: tuple[Option, ...], only: str | None, helped: list[Helped]
) -> list[Helped]:
    """Other runs, and the same with second-hand prices where those alone do not do."""
    if not found:
        return []
    edits = list(of_run(goal, found[0].chip, TOGETHER))
    more = _tried(goal, edits, only)
    paid = round(goal.parts_usd * 100)
    if goal.limits.used or any(h.choice.cents <= paid for h in (*helped, *more)):
        return more
    used = Edit("second-hand prices too", {"limits.used": True})
    near = sorted(more, key=lambda h: h.choice.cents)[:NEAR]
    return more + _tried(goal, [h.edit + used for h in near], only)


def _nearest(goal: Goal, helped: Iterable[Helped]) -> list[Helped]:
    """What the budget pays, fewest changes first; then what it does not pay, by price.

    Left out is what more changes do for no less money than fewer of them, and what only goes
    further than another change to the same machine.
    """
    paid = goal.parts_usd * 100

    kept: list[Helped] = []
    for one in sorted(helped, key=lambda h: (len(h.edit.keys), h.choice.cents)):
        keys, same = set(map(repr, one.edit.keys.items())), (one.edit.keys.keys(), _machine(one))
        most = max(one.choice.cents, paid)
        fewer = (k for k in kept if set(map(repr, k.edit.keys.items())) <= keys)
        if all(k.choice.cents > most for k in fewer) and same not in (
            (k.edit.keys.keys(), _machine(k)) for k in kept
        ):
            kept.append(one)
    within = [h for h in kept if h.choice.cents <= paid]
    over = sorted((h for h in kept if h not in within), key=lambda h: h.choice.cents)
    return [*within[:SHOWN], *over[:OVER]]


def _machine(helped: Helped) -> tuple[object, ...]:
    choice = helped.choice
    return choice.option.chip.id, choice.option.count, choice.cents


def _change(goal: Goal, helped: Helped) -> Change:
    """In words, with what the run needs on those cards."""
    choice, option = helped.choice, helped.choice.option
    edit = helped.edit + budget_of(goal, choice.cents)
    made = edited(goal, helped.edit.keys)
    run, cap = made.workload.run(), made.limits.power_cap_w
    machine = of_chip(option.chip, option.count)
    with_ = ""
    if cap != goal.limits.power_cap_w:
        free, capped = (alone(run, option.chip, option.count, w).pace_s for w in (None, cap))
        with_ = f", at {free / capped:.0%} of their speed"
    if vram.held(run, machine).verdict(option.chip) != vram.FITS:
        fitting = same_result(run, machine, said_of(run))
        with_ += f", with {' and '.join(fitting.changes)}" if fitting else ""
    gpu, usd = option.chip.name, choice.cents / 100
    words = f"then {option.count} x {gpu} from {money(usd)}{with_}"
    return Change(edit.words, words, usd, edit.keys, gpu, option.count)


def sold_whole(goal: Goal, slower_s: float = math.inf) -> Iterator[Change]:
    """What is sold as a whole and carries the run, faster than ``slower_s`` a step."""
    for system, p in hiring.sold_whole(goal):
        if p.pace_s < slower_s:
            words = f"{money(system.price_usd)} {system.price_said or 'when it came out'}"
            draws = f", draws {system.watts:,.0f} W at most" if system.watts else ""
            helps = f"{words} ({system.released}), {p.throughput:,.3g} {p.unit}{draws}"
            yield Change(f"the whole machine {system.name}", helps, system.price_usd)


def rented(goal: Goal, only: str | None = None) -> Iterator[Change]:
    """The cheapest offer that carries the run. only : of a chip."""
    hired = hiring.cheapest(goal, only)
    if hired is None:
        return
    offer = hired.offer
    job = "" if hired.usd is None else f", {money(hired.usd)} for the whole job"
    with_ = f", with {' and '.join(hired.changes)}" if hired.changes else ""
    words = f"{money(offer.usd_per_hour, 2)} an hour (seen {offer.date}){job}{with_}"
    which = f"rent {offer.provider} {offer.instance}"
    yield Change(which, words, hired.usd, {}, hired.chip.name, offer.gpu_count)


# -- why nothing is bought -----------------------------------------------------------------
def _clash(goal: Goal, search: Search) -> tuple[tuple[str, ...], list[Edit]]:
    """A smallest set of demands that clash, and what gives up one of them."""
    empty = [kind for kind, pool in search.problem.candidates.items() if not pool]
    if empty:
        return (f"no {', '.join(empty)} is sold on this day within the limits",), []
    if reasons.cheapest(search, reasons.asked_for(search), any_will_do=True) is None:
        return _refused(goal, search)
    if reasons.cheapest(search, ()) is not None:  # but none that a good builder would buy so
        return (f"no machine meets {_budget(goal)}",), []
    got = reasons.explain(search)
    together = " together" if len(got.conflict) > 1 else ""
    words = [f"no machine meets {', '.join(_reason(goal, r) for r in got.conflict)}{together}"]
    if reasons.UNKNOWN in got.conflict:
        words += _unproven(search, got)
    edits = (_given_up(goal, change) for change in got.changes)
    return tuple(words), [edit for edit in edits if edit is not None]


def _unproven(search: Search, got: reasons.Explanation) -> list[str]:
    """What is not known of the cheapest host that the budget pays: of one that lacks a single fact
    where there is one."""
    limit, found = search.problem.budget_cents or 0, None
    for option in sorted(search.problem.options, key=search.least_cents):
        lacking = lacking_one(search, option, limit)
        if lacking is not None:
            found, limit = lacking[0], lacking[0].cents - 1
    opened = (change.choice for change in got.changes if change.drops == (reasons.UNKNOWN,))
    choice = found or next(map(partial(surest, search), opened), None)
    return _on_host(search, frozenset(r.id for r in search.problem.rules), choice)


def _refused(goal: Goal, search: Search) -> tuple[tuple[str, ...], list[Edit]]:
    """Whatever is asked: what rules say of the machine that fewest of them refuse, and of the
    cheapest one on another host, which those let pass."""
    rules, choice = reasons.fewest_rules(search)
    if choice is None:
        return ("no machine passes the rules, whatever is asked",), []
    found = _refusing(search, rules, choice)
    of_site = {f.rule for f in found} & reasons.of_site(search)
    edits = [_circuit(goal, choice), *_capped(goal, choice)] if of_site else []
    reads = [rule.reads for rule in search.problem.rules if rule.id in rules]
    if any("case" in read or "open_frame" in read.get("build", ()) for read in reads):
        edits.append(Edit("an open frame with a riser cable a card", {"limits.open_frame": True}))
    words = [f"{f.why} ({f.rule})" for f in found]
    more, other = reasons.fewest_rules(search, rules)
    return (*words, *_on_host(search, more, other)), [edit for edit in edits if edit]


def _on_host(search: Search, rules: frozenset[str], choice: Choice | None) -> list[str]:
    """What some rules have against a machine, each with its host; nothing without one."""
    if choice is None or choice.build.cpu is None or choice.build.board is None:
        return []
    host = f"with {choice.build.cpu.name} on {choice.build.board.name}, {money(choice.cents / 100)}"
    return [
        f"{host}: {f.why}{f'; {f.fix}' if f.fix else ''} ({f.rule})"
        for f in _refusing(search, rules, choice)
    ]


def _refusing(search: Search, rules: frozenset[str], choice: Choice) -> list[Finding]:
    """What some rules have against a machine."""
    asked = (r for r in search.problem.rules if r.id in rules)
    wrong = (r for r in asked if weigh(r, choice.build) != "fine")
    return [f for f in (rule.check(choice.build) for rule in wrong) if f is not None]


def _budget(goal: Goal) -> str:
    said = f"usd {amount(goal.budget.usd)}"
    if goal.budget.amount is not None:
        said = f"amount {money(goal.budget.usd)}"
    before = f", {money(goal.parts_usd)} before tax" if goal.budget.tax == "included" else ""
    return f"budget.{said}{before}"


def _reason(goal: Goal, reason: reasons.Reason) -> str:
    said = getattr(goal.limits, reason.name.removeprefix("limits."), "")
    words = {
        "budget": _budget(goal),
        "unknown": "a proof of every fit (limits.allow_unknown = false)",
        "rule": f"rule {reason.name}",
        "demand": f"{reason.name} {said}".strip().removesuffix(".0"),
    }
    return words[reason.kind]


def _given_up(goal: Goal, change: reasons.Change) -> Edit | None:
    """The keys that give up what a search gave up; None where there are none for it."""
    whole = Edit("")
    for reason in change.drops:
        edit = Edit("") if reason.kind == "budget" else _one(goal, reason, change.choice)
        if edit is None:
            return None
        whole += edit
    return whole


def _one(goal: Goal, reason: reasons.Reason, choice: Choice) -> Edit | None:
    build, limits = choice.build, goal.limits
    if reason.kind == "unknown":
        return MEASURE
    if reason.kind == "rule":
        return _circuit(goal, choice)
    gib = sum(k.modules * k.module_gib for k in build.ram)
    gb = min((d.capacity_bytes for d in build.drives), default=0) / 1e9
    noise = build.cooler.noise_dba if build.cooler else None
    if reason.name == "limits.case size" and build.case:
        return _case(build.case.volume_l, build.case.height_mm, limits)
    for names, words, key, value in (
        (("limits.ram_gib_min", MEMORY), "{:g} GiB of RAM", "ram_gib_min", gib),
        (("limits.storage_gb_min", DISK), "a drive of {:g} GB", "storage_gb_min", gb),
        (("limits.cores_min",), "{:g} cores", "cores_min", build.cpu and build.cpu.cores),
        (("limits.drive",), "a hard disk", "drive", "any"),
        (("limits.noise_dba_max",), "a cooler of {:g} dB(A)", "noise_dba_max", noise),
    ):
        if reason.name.startswith(names) and value:
            return Edit(words.format(value), {f"limits.{key}": value})
    return None


def _case(litres: float | None, height_mm: float | None, limits: object) -> Edit | None:
    keys = {}
    for name, have in (("case_volume_l_max", litres), ("case_height_mm_max", height_mm)):
        if getattr(limits, name) is not None:
            if have is None:
                return None
            keys[f"limits.{name}"] = max(float(-(-have // 1)), getattr(limits, name))
    return Edit("a larger case", keys)


def _circuit(goal: Goal, choice: Choice) -> Edit | None:
    """A fuse that carries what the machine draws at the wall."""
    here, wall_w = goal.circuit(), fit.wall_w(choice.build)
    for amperes in FUSES_A[here.volts < 150] if wall_w is not None else ():
        circuit = replace(here, amperes=amperes)
        if amperes > here.amperes and fit.continuous_w(circuit) >= (wall_w or 0.0):
            words = f"a wall circuit of {here.volts:g} V {amperes} A"
            return Edit(words, {"limits.circuit_amperes": amperes})
    return None


def _capped(goal: Goal, choice: Choice) -> Iterator[Edit]:
    """The circuit of a stove where volts are low, and cards held below their own limit."""
    high = {"circuit_volts": 240.0, "circuit_amperes": 20}
    if goal.circuit().volts < 150:
        yield Edit("a wall circuit of 240 V 20 A", {f"limits.{k}": v for k, v in high.items()})
    for cap in caps_w(choice.option.chip) if goal.limits.power_cap_w is None else ():
        yield Edit(f"cap each card at {cap:g} W", {"limits.power_cap_w": cap})


def _nothing_carries(goal: Goal, found: tuple[Option, ...], only: str | None) -> tuple[str, ...]:
    """No GPU that can be bought carries the run: memory, the step limit or the filters."""
    run, known = goal.workload.run(), [o.chip for o in found if only in (None, o.chip.id)]
    if not known:
        fewest = min(counts(goal, market(goal)), default=1)
        if run.batch < replicas(run, fewest):
            return (f"a batch of {run.batch} cannot be shared by {fewest} GPUs",)
        what = by_id(Chip)[only].name if only else "card of these vendors and sizes"
        return (f"no {what} is sold on {goal.as_of}",)
    largest: Chip = max(known, key=lambda c: c.vram_bytes)
    machine = of_chip(largest, run.tensor_parallel * run.pipeline_parallel)
    held = vram.held(run, machine)
    which = (
        f"{largest.name} has" if only else f"the largest that can be bought, {largest.name}, has"
    )
    clash = (
        f"the run needs {held.peak.bytes / GIB:.1f} GiB on one GPU; {which} "
        f"{largest.vram_bytes / GIB:.0f} GiB: {held.verdict(largest)}"
    )
    if goal.limits.step_ms_max is not None:
        clash += f", or is slower than limits.step_ms_max {goal.limits.step_ms_max:g} ms"
    return (clash,)
