"""Use case: why not these cards, or this part? What refuses it, its price and speed, what helps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import part
from rigwright.plan.ask.floors import floor_above
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.given.market import Market, market
from rigwright.plan.machine.given.named import PLURAL
from rigwright.plan.machine.helping.edits import Edit, budget_of, edited
from rigwright.plan.machine.outfitting import RESOLVED
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import Change, PlanResult, Point, WhyNot
from rigwright.plan.parts.naming import name_line
from rigwright.plan.speed.runs import chip_named, counted
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.parts import Chip, Part

GIB = 1024**3
COUNT_MAX = 8
MANY = ("card", "ram", "drive")
VENDORS = {"nvidia": "NVIDIA", "amd": "AMD", "intel": "Intel"}


@dataclass(frozen=True, slots=True)
class _Against:
    """A limit that keeps it out before anything is planned, and the keys that let it in."""

    why: str
    edit: Edit | None


def why_not(goal: Goal, asked: str, name: str = "goal") -> WhyNot:
    """Why ``asked`` is not what is planned: ``4 x RTX 3090``, a chip, or one part.

    Raises UnknownNameError with the nearest names, InputError for a number of cards beyond 8.
    """
    number, text = counted(asked)
    if number is not None and not 1 <= number <= COUNT_MAX:
        raise InputError("plan", "--why", asked, f"1 to {COUNT_MAX} cards", "2 x RTX 3090")
    meant = _meant(text)
    planned = plan(goal, name)
    if isinstance(meant, Chip):
        which = f"{number} x {meant.name}" if number else meant.name
        against = tuple(_cards_against(goal, meant, number))
    else:
        which = meant.name
        against = tuple(_part_against(goal, meant))
    answer = WhyNot(
        goal=name, as_of=goal.as_of, run=goal.workload.run(), budget_usd=goal.parts_usd,
        tax_share=goal.included_share, asked=asked,
        name=which, chosen=_is_chosen(planned, meant, number), why=(), instead=_instead(planned),
        instead_usd=planned.chosen.usd if planned.chosen else None,
    )  # fmt: skip
    if answer.chosen and planned.chosen:
        p = next(point for point in planned.frontier if point.chosen)
        return replace(
            answer, why=(planned.chosen.why,), usd=p.usd, step_s=p.step_s, relative_step=1.0,
            changed=p.changed,
        )  # fmt: skip
    if any(a.edit is None for a in against):
        return replace(answer, why=tuple(a.why for a in against))
    opened = sum((a.edit for a in against if a.edit), Edit(""))
    return _forced(edited(goal, opened.keys), answer, planned, meant, number, against, opened)


def _meant(text: str) -> Chip | Part:
    """The chip or the part that is named. Raises UnknownNameError with the nearest."""
    try:
        return chip_named(text)
    except UnknownNameError as error:
        near_chips = error.near
    found = name_line(text)
    if found.part is not None and (held := part(found.part.kind, found.part.id)) is not None:
        return held
    if found.verdict == "unknown" and near_chips and not any(n.fits for n in found.near):
        raise UnknownNameError("GPU or part", text, near_chips[:3])
    raise UnknownNameError("GPU or part", text, tuple(n.name for n in found.near[:3]))


def _is_chosen(planned: PlanResult, meant: Chip | Part, number: int | None) -> bool:
    chosen = planned.chosen
    if chosen is None:
        return False
    if isinstance(meant, Chip):
        return chosen.gpu == meant.name and number in (None, chosen.gpu_count)
    return any(line.id == meant.id for line in chosen.parts)


def _instead(planned: PlanResult) -> str:
    chosen = planned.chosen
    return f"{chosen.gpu_count} x {chosen.gpu}" if chosen else ""


# -- what keeps it out ---------------------------------------------------------------------
def _cards_against(goal: Goal, chip: Chip, number: int | None) -> Iterator[_Against]:
    limits, m = goal.limits, market(goal)
    if number is not None and number > limits.gpu_count_max:
        edit = Edit(f"up to {number} GPUs", {"limits.gpu_count_max": number})
        yield _Against(f"limits.gpu_count_max is {limits.gpu_count_max}", edit)
    if number is not None and number < limits.gpu_count_min:
        edit = Edit(f"{number} GPUs too", {"limits.gpu_count_min": number})
        yield _Against(f"limits.gpu_count_min is {limits.gpu_count_min}", edit)
    if chip.vendor not in limits.gpu_vendors:
        vendors = [*limits.gpu_vendors, chip.vendor]
        edit = Edit(f"GPUs of {VENDORS[chip.vendor]} too", {"limits.gpu_vendors": vendors})
        yield _Against(f"limits.gpu_vendors is {', '.join(limits.gpu_vendors)}", edit)
    if limits.vram_gib_min is not None and chip.vram_bytes < limits.vram_gib_min * GIB:
        gib = chip.vram_bytes / GIB
        edit = Edit(f"GPUs of {gib:g} GiB too", {"limits.vram_gib_min": gib})
        yield _Against(f"limits.vram_gib_min is {limits.vram_gib_min:g}", edit)
    if floor := floor_above(goal.workload.run(), chip, goal.as_of):
        why = f"{floor.software} has no kernels for the {chip.name} since {floor.since}: it needs "
        yield _Against(f"{why}compute capability {floor.compute_capability_min}", None)
        return
    for name, words in (("own", "have"), ("use", "ask for")):
        named = getattr(goal, name).cards
        if named and chip.id not in m.kept:
            said = ", ".join(named)
            edit = Edit(f"other cards than the {said} you {words}", {f"{name}.cards": []})
            yield _Against(f"you {words} {said}, and those are used", edit)
            goal = edited(goal, edit.keys)
    if chip.id in market(goal).cards:
        return
    yield _unsold(goal, f"the {chip.name}", lambda m: chip.id in m.cards, chip.name)


def _part_against(goal: Goal, meant: Part) -> Iterator[_Against]:
    name = PLURAL.get(meant.kind, meant.kind)
    owned = getattr(goal.own, name)
    if owned:
        had = ", ".join(owned) if isinstance(owned, tuple) else owned
        nothing: list[str] | None = [] if isinstance(owned, tuple) else None
        edit = Edit(f"another {meant.kind} than the {had} you have", {f"own.{name}": nothing})
        yield _Against(f"you have {had}, and that is used", edit)
        goal = edited(goal, edit.keys)
    if not _for_sale(meant, market(goal)):
        yield _unsold(goal, meant.name, lambda m: _for_sale(meant, m), meant.name)


def _for_sale(meant: Part, m: Market) -> bool:
    quote = m.quotes.get(key(meant))
    return quote is not None and quote.sold


def _unsold(goal: Goal, what: str, sold: Callable[[Market], bool], name: str) -> _Against:
    """Nobody sells it on the day within the limits on prices."""
    for words, keys in (
        ("second-hand prices too", {"limits.used": True}),
        ("any maker", {"limits.brands": [], "limits.exclude_brands": []}),
        ("older prices too", {"limits.price_age_days_max": None}),
        ("prices of parts like it", {"limits.estimated_prices": True}),
    ):
        if sold(market(edited(goal, keys))):
            why = f"{what} is not sold on {goal.as_of} within the limits"
            return _Against(why, Edit(words, keys))
    said = f'say what it costs you: --price "{name}=USD"'
    return _Against(f"{what} is not sold on {goal.as_of}; {said}", None)


# -- the plan with it ----------------------------------------------------------------------
def _forced(
    goal: Goal, answer: WhyNot, planned: PlanResult, meant: Chip | Part, number: int | None,
    against: tuple[_Against, ...], opened: Edit,
) -> WhyNot:  # fmt: skip
    """The answer with what a plan that must have it says."""
    forced = with_it(goal, meant, number)
    listed = None if opened.keys else _listed(planned, meant, number)
    point = listed or _cheapest(forced)
    why = [a.why for a in against]
    changes: tuple[Change, ...] = forced.changes
    if forced.chosen is None:
        why += forced.conflicts
        changes = _paid(goal, listed, changes)
    elif point is not None:
        why += _slower_or_dearer(planned, point)
        if opened.keys:
            helps = f"then {point.gpu_count} x {point.gpu} from ${point.usd or 0:,.0f}"
            changes = (Change("", helps, point.usd, {}, point.gpu, point.gpu_count),)
    return replace(
        answer, why=tuple(why), usd=point.usd if point else None,
        step_s=point.step_s if point else None, relative_step=_relative(planned, point),
        changed=point.changed if point else (),
        changes=tuple(_also(opened, change) for change in changes),
    )  # fmt: skip


def with_it(goal: Goal, meant: Chip | Part, number: int | None = None) -> PlanResult:
    """The plan that must have these cards, or this part."""
    if isinstance(meant, Chip):
        counts = {"limits.gpu_count_min": number, "limits.gpu_count_max": number}
        return plan(edited(goal, counts) if number else goal, only=meant.id)
    name = PLURAL.get(meant.kind, meant.kind)
    times = number or 1 if meant.kind == "card" else 1
    value = (meant.name,) * times if meant.kind in MANY else meant.name
    counts = {"limits.gpu_count_min": number, "limits.gpu_count_max": number}
    return plan(edited(goal, {f"use.{name}": value} | (counts if number else {})))


def _listed(planned: PlanResult, meant: Chip | Part, number: int | None) -> Point | None:
    """The machine with these cards that the plan lists already; of several the cheapest."""
    found = [
        p
        for p in planned.frontier
        if p.gpu == meant.name and number in (None, p.gpu_count) and p.usd is not None
    ]
    within = [p for p in found if p.within_budget]
    if within:
        return min(within, key=lambda p: (p.step_s or 0.0, p.usd or 0.0))
    return min(found, key=lambda p: p.usd or 0.0, default=None)


def _paid(goal: Goal, listed: Point | None, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The budget that pays the listed machine, instead of one that gives up what is sensible."""
    if listed is None or listed.usd is None:
        return changes
    edit = budget_of(goal, round(listed.usd * 100))
    helps = f"then {listed.gpu_count} x {listed.gpu} from ${listed.usd:,.0f}"
    change = Change(edit.words, helps, listed.usd, edit.keys, listed.gpu, listed.gpu_count)
    rest = [c for c in changes if any(not key.startswith("budget.") for key in c.keys)]
    return (change, *rest)


def _cheapest(forced: PlanResult) -> Point | None:
    """What is chosen; else the cheapest machine with it, whatever the budget."""
    found = [p for p in forced.frontier if p.usd is not None]
    chosen = next((p for p in found if p.chosen), None)
    return chosen or min(found, key=lambda p: p.usd or 0.0, default=None)


def _relative(planned: PlanResult, point: Point | None) -> float | None:
    chosen = next((p for p in planned.frontier if p.chosen), None)
    if chosen is None or point is None or not chosen.step_s or not point.step_s:
        return None
    return point.step_s / chosen.step_s


def _slower_or_dearer(planned: PlanResult, point: Point) -> list[str]:
    """Against what is planned: time first, then money."""
    chosen = next((p for p in planned.frontier if p.chosen), None)
    ratio = _relative(planned, point)
    if chosen is None or ratio is None or chosen.usd is None or point.usd is None:
        return []
    gap = point.usd - chosen.usd
    money = f"${abs(gap):,.0f} {'more' if gap > 0 else 'less'}"
    if ratio > 1 + RESOLVED:
        return [f"a step takes {ratio:.2f} x as long, for {money}"]
    if gap > 0.5:
        return [f"no faster than what is planned (within {RESOLVED:.0%}), for {money}"]
    return [f"as good: within {RESOLVED:.0%} of the time, for {money}"]


def _also(opened: Edit, change: Change) -> Change:
    """The change together with what lets it in."""
    if not opened.keys or not (change.keys or not change.what):
        return change
    both = opened + Edit(change.what, change.keys)
    return replace(change, what=both.words, keys=both.keys)
