"""Use case: why not these cards, or this part? What refuses it, its price and speed, what helps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from rigwright.catalog import systems
from rigwright.catalog.prices.ledger import in_its_money, key, money
from rigwright.catalog.source import load, part
from rigwright.choose.problem import Option
from rigwright.plan.ask.floors import floor_above
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.given.market import Market, market
from rigwright.plan.machine.given.named import MANY, PLURAL
from rigwright.plan.machine.given.options import alone
from rigwright.plan.machine.helping.edits import Edit, budget_of, edited, without
from rigwright.plan.machine.helping.explaining import rented
from rigwright.plan.machine.outfitting import RESOLVED
from rigwright.plan.machine.planning import as_planned, plan
from rigwright.plan.machine.results import Change, PlanResult, Point, WhyNot
from rigwright.plan.machine.variants import as_carried, run_on
from rigwright.plan.parts.naming import name_line
from rigwright.plan.speed.runs import chip_named, counted
from rigwright.predict.chip.processor import is_mixed
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.parts import Card, Chip, Part

GIB = 1024**3
COUNT_MAX = 8
VENDORS = {"nvidia": "NVIDIA", "amd": "AMD", "intel": "Intel"}


@dataclass(frozen=True, slots=True)
class _Against:
    """A limit that keeps it out before anything is planned, and the keys that let it in."""

    why: str
    edit: Edit | None


@in_its_money
def why_not(goal: Goal, asked: str, name: str = "goal") -> WhyNot:
    """Why ``asked`` is not what is planned: ``4 x RTX 3090``, a chip, or one part.

    Raises UnknownNameError with the nearest names, InputError for a number of cards beyond 8.
    """
    number, text = counted(asked)
    if number is not None and not 1 <= number <= COUNT_MAX:
        raise InputError("plan", "--why", asked, f"1 to {COUNT_MAX} cards", "2 x RTX 3090")
    meant = _meant(text)
    planned = plan(goal, name)
    goal = as_planned(goal, planned)
    which = f"{number} x {meant.name}" if number else meant.name
    if isinstance(meant, Chip):
        against = tuple(_cards_against(goal, meant, number))
    elif number in (None, 1) or meant.kind in MANY:
        against = tuple(_part_against(goal, meant))
    else:
        raise InputError("plan", "--why", asked, f"one {meant.kind}", meant.name)
    answer = WhyNot(
        goal=name, as_of=goal.as_of, run=goal.workload.run(), budget_usd=goal.parts_usd,
        tax_share=goal.included_share, money=goal.money, asked=asked,
        name=which, chosen=_is_chosen(planned, meant, number), why=(),
        instead=f"{had.gpu_count} x {had.gpu}" if (had := planned.chosen) else "",
        instead_usd=had.usd if had else None,
    )  # fmt: skip
    if answer.chosen and planned.chosen:
        p = next(point for point in planned.frontier if point.chosen)
        return replace(
            answer, why=(planned.chosen.why,), usd=p.usd, step_s=p.step_s, relative_step=1.0,
            changed=p.changed,
        )  # fmt: skip
    if isinstance(meant, Chip) and not is_mixed(meant):
        answer = _timed(goal, answer, planned, meant, number or 1)
    if any(a.edit is None for a in against):
        hired = tuple(rented(goal, meant.id)) if isinstance(meant, Chip) else ()
        answer = replace(answer, why=tuple(a.why for a in against), changes=hired)
        return _as_sold(goal, answer, planned, text, meant.id)
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


# -- what keeps it out ---------------------------------------------------------------------
def _cards_against(goal: Goal, chip: Chip, number: int | None) -> Iterator[_Against]:
    limits, m, named = goal.limits, market(goal), f"the {chip.name}"
    if not any(c.chip == chip.id for c in load(Card)):
        words = f"the catalogue has no card with {named} for the slot of a board"
        if is_mixed(chip):
            words = "a plan has cards of one chip; predict, compare and fit take several kinds"
        yield _Against(words, None)
        return
    count = number or limits.gpu_count_min
    if not limits.gpu_count_min <= count <= limits.gpu_count_max:
        end = "gpu_count_min" if count < limits.gpu_count_min else "gpu_count_max"
        edit = Edit(f"{count} GPUs too", {f"limits.{end}": count})
        yield _Against(f"limits.{end} is {getattr(limits, end)}", edit)
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
    if chip.id not in m.kept:
        yield from _instead(goal, chip, "cards", named, lambda m: chip.id in m.cards)


def _part_against(goal: Goal, meant: Part) -> Iterator[_Against]:
    def sold(m: Market) -> bool:
        quote = m.quotes.get(key(meant))
        return quote is not None and quote.sold

    return _instead(goal, meant, PLURAL.get(meant.kind, meant.kind), meant.name, sold)


def _instead(
    goal: Goal, meant: Chip | Part, name: str, what: str, sold: Callable[[Market], bool]
) -> Iterator[_Against]:
    """What is owned or asked for in its place, and that nobody sells it."""
    for edit in without(goal, name):
        yield _Against(f"{edit.words.partition(' than ')[2]} is used", edit)
        goal = edited(goal, edit.keys)
    if not sold(market(goal)):
        yield _unsold(goal, meant, what, sold)


def _unsold(goal: Goal, meant: Part, what: str, sold: Callable[[Market], bool]) -> _Against:
    """Nobody sells it on the day within the limits on prices."""
    if meant.released is not None and meant.released > goal.as_of:
        return _Against(f"{what} came out on {meant.released}, after {goal.as_of}", None)
    for words, keys in (
        ("second-hand prices too", {"limits.used": True}),
        ("any maker", {"limits.brands": [], "limits.exclude_brands": []}),
        ("older prices too", {"limits.price_age_days_max": None}),
        ("prices of parts like it", {"limits.estimated_prices": True}),
    ):
        if sold(market(edited(goal, keys))):
            why = f"{what} is not sold on {goal.as_of} within the limits"
            return _Against(why, Edit(words, keys))
    said = f'say what it costs you: --price "{meant.name}=USD"'
    return _Against(f"{what} is not sold on {goal.as_of}; {said}", None)


def _as_sold(goal: Goal, answer: WhyNot, planned: PlanResult, text: str, chip: str) -> WhyNot:
    """The answer with what is sold whole with a chip: the machine that is named, else the cheapest,
    beside what is planned."""
    found, named = systems.sold_whole(goal.as_of), systems.system_of(text)
    sold = [(not named or s != named[0], s.price_usd or 0.0, s) for s in found if s.chip == chip]
    if not sold:
        return answer
    _, usd, whole = min(sold, key=lambda one: one[:2])
    point = Point(whole.name, 1, usd, answer.step_s, None, True, usd <= goal.parts_usd, False)
    said = f"{whole.name}: {money(usd)} when it came out ({whole.released})"
    words = _slower_or_dearer(planned, point) if answer.step_s else ["does not carry the run"]
    over = [f"{money(usd - goal.parts_usd)} over the budget"] * (usd > goal.parts_usd)
    return replace(answer, why=(*answer.why, said, *words, *over), usd=usd)


# -- the plan with it ----------------------------------------------------------------------
def _forced(
    goal: Goal, answer: WhyNot, planned: PlanResult, meant: Chip | Part, number: int | None,
    against: tuple[_Against, ...], opened: Edit,
) -> WhyNot:  # fmt: skip
    """The answer with what a plan that must have it says."""
    forced = with_it(goal, meant, number)
    if not isinstance(meant, Chip):
        planned, forced = _as_built(planned), _as_built(forced)
    listed = None if opened.keys else _listed(planned, meant, number)
    point = listed or _cheapest(forced)
    why = [a.why for a in against]
    changes: tuple[Change, ...] = forced.changes
    if forced.chosen is None:
        why += forced.conflicts
        m, words = market(goal), "the cards alone cost"
        if isinstance(meant, Chip):
            cents = min((c.cents for c in m.cards.get(meant.id, ())), default=0)
        else:
            cents, words = m.quotes[key(meant)].cents, f"{meant.name} alone costs"
        if point is None and cents:
            why.append(f"{words} {money(cents / 100 * (number or 1))}")
        changes = _paid(goal, listed, changes)
    elif point is not None:
        why += _slower_or_dearer(planned, point)
    if point is not None and not isinstance(meant, Chip):
        cards = f"{point.gpu_count} x {point.gpu}"
        why += [f"beside it {cards}, not {answer.instead}"] * (cards != answer.instead)
    if forced.chosen is not None and point is not None and opened.keys:
        helps = f"then {point.gpu_count} x {point.gpu} from {money(point.usd)}"
        changes = (Change("", helps, point.usd, {}, point.gpu, point.gpu_count),)
    answer = replace(answer, why=tuple(why), changes=tuple(_also(opened, c) for c in changes))
    if point is None:
        return answer
    return replace(
        answer, usd=point.usd, step_s=point.step_s, relative_step=_relative(planned, point.step_s),
        changed=point.changed,
    )  # fmt: skip


def _timed(goal: Goal, answer: WhyNot, planned: PlanResult, chip: Chip, number: int) -> WhyNot:
    """With the step that the cards alone would take, where they carry the run or its result."""
    run, changed = run_on(goal, as_carried(goal, Option(chip, number, (), None)))
    p = alone(run, chip, number, goal.limits.power_cap_w)
    step_s = p.step_s if p.does else None
    return replace(
        answer, step_s=step_s, relative_step=_relative(planned, step_s), changed=changed
    )  # fmt: skip


def _as_built(result: PlanResult) -> PlanResult:
    """With the step of the machine that is shown: a part may change how fast its cards are fed."""
    made = result.chosen and result.chosen.prediction
    points = (replace(p, step_s=made.step_s) if made and p.chosen else p for p in result.frontier)
    return replace(result, frontier=tuple(points))


def with_it(goal: Goal, meant: Chip | Part, number: int | None = None) -> PlanResult:
    """The plan that must have these cards, or this part."""
    counts = {"limits.gpu_count_min": number, "limits.gpu_count_max": number}
    if isinstance(meant, Chip):
        return plan(edited(goal, counts) if number else goal, only=meant.id)
    name = PLURAL.get(meant.kind, meant.kind)
    value = (meant.name,) * (number or 1) if meant.kind in MANY else meant.name
    cards = counts if number and meant.kind == "card" else {}
    found = plan(edited(goal, {f"use.{name}": value} | cards))
    helpful = (c for c in found.changes if c.keys and not {f"use.{name}"} & c.keys.keys())
    return replace(found, changes=tuple(helpful))


def _listed(planned: PlanResult, meant: Chip | Part, number: int | None) -> Point | None:
    """The machine with these cards that the plan lists already; of several the cheapest."""
    named = (p for p in planned.frontier if p.gpu == meant.name and p.usd is not None)
    found = [p for p in named if number in (None, p.gpu_count)]
    paid = [p for p in found if p.within_budget]
    return min(paid or found, key=lambda p: (p.within_budget and p.step_s, p.usd), default=None)


def _paid(goal: Goal, listed: Point | None, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The budget that pays the listed machine, instead of one that gives up what is sensible."""
    if listed is None or listed.usd is None:
        return changes
    edit = budget_of(goal, round(listed.usd * 100))
    helps = f"then {listed.gpu_count} x {listed.gpu} from {money(listed.usd)}"
    change = Change(edit.words, helps, listed.usd, edit.keys, listed.gpu, listed.gpu_count)
    rest = [c for c in changes if any(not key.startswith("budget.") for key in c.keys)]
    return (change, *rest)


def _cheapest(forced: PlanResult) -> Point | None:
    """What is chosen; else the cheapest machine with it, whatever the budget."""
    found = [p for p in forced.frontier if p.usd is not None]
    return min(found, key=lambda p: (not p.chosen, p.usd or 0.0), default=None)


def _relative(planned: PlanResult, step_s: float | None) -> float | None:
    chosen = next((p for p in planned.frontier if p.chosen), None)
    if chosen is None or not chosen.step_s or not step_s:
        return None
    return step_s / chosen.step_s


def _slower_or_dearer(planned: PlanResult, point: Point) -> list[str]:
    """Against what is planned: time first, then money."""
    chosen = next((p for p in planned.frontier if p.chosen), None)
    ratio = _relative(planned, point.step_s if point else None)
    if chosen is None or ratio is None or chosen.usd is None or point.usd is None:
        return []
    gap = point.usd - chosen.usd
    paid = f"{money(abs(gap))} {'more' if gap > 0 else 'less'}"
    paid += " than the cheapest machine with what is planned"
    if abs(ratio - 1) > RESOLVED:
        return [f"a step takes {ratio:.2f} x as long, for {paid}"]
    speed = "no faster than what is planned" if gap > 0.5 else "as good"
    return [f"{speed} (within {RESOLVED:.0%}), for {paid}"]


def _also(opened: Edit, change: Change) -> Change:
    """The change together with what lets it in."""
    if not opened.keys or not (change.keys or not change.what):
        return change
    both = opened + Edit(change.what, change.keys)
    return replace(change, what=both.words, keys=both.keys)
