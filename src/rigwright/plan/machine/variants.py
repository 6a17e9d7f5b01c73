"""The run is not taken literally where its owner would not.

Smaller passes with accumulation, gradient checkpointing and sharding over the cards leave the
result of a training run as it is, and one part on the card at a time that of a picture. Where no
machine carries the run as it is said, or where they make a clearly cheaper machine as fast, the
plan is made with them and says so. Where no machine carries a model in the format that is usual and
nobody said one, its weights are packed.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial

from rigwright.catalog.source import by_id
from rigwright.choose.problem import Choice, Option
from rigwright.plan.ask.goal import Goal
from rigwright.plan.ask.hosts import of_build, of_chip
from rigwright.plan.ask.kinds import served
from rigwright.plan.machine.given.market import Market
from rigwright.plan.machine.given.options import buyable, counts, options
from rigwright.plan.memory import sizing
from rigwright.plan.memory.changes import FUSED_LOSS, FUSED_WORDS, changeable, lightest, same_result
from rigwright.plan.memory.results import total
from rigwright.plan.speed import layouts, vram
from rigwright.plan.speed.runs import on
from rigwright.plan.speed.stepping import ranked
from rigwright.predict import memory
from rigwright.predict.engines import engine_of
from rigwright.predict.memory.formats import weight_bytes
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Card, Chip
from rigwright.spec.run import Run
from rigwright.workload import pipelines

CAPS = (0.8, 0.6)
"""Shares of a card's power limit that are tried where supply or circuit do not carry it."""
CAPPED = "each card capped at {:g} W"
CLEARLY = 0.9
"""A run that fits as it is said is changed only for a machine that costs at most this share."""
NO_LIMIT = 1 << 62
KEYS = (*layouts.KEYS, "offload", "software")
"""What is changed of a run; what whoever asks has said of them stays."""


@dataclass(frozen=True, slots=True)
class Changed(Option):
    """A choice of cards that carries the run in another way. changes : which, in words."""

    run: Run
    changes: tuple[str, ...]


def caps_w(chip: Chip) -> tuple[float, ...]:
    """Caps that are tried where supply or circuit do not carry a chip's cards, highest first."""
    return tuple(10.0 * round(share * chip.power_limit_w / 10) for share in CAPS)


def run_on(goal: Goal, option: Option) -> tuple[Run, tuple[str, ...]]:
    """The run as these cards carry it, and what is changed in it."""
    if isinstance(option, Changed):
        return option.run, option.changes
    return on(goal.workload.run(), option.count), ()


def laid_out(goal: Goal, choice: Choice) -> Choice:
    """A choice with its run in the layout to take on its links and main memory, where faster."""
    option, (run, words) = choice.option, run_on(goal, choice.option)
    built = of_build(choice.build, option.chip)
    machine = of_chip(option.chip, option.count, built.power_cap_w)
    machine = replace(machine, pcie_bytes_per_s=built.pcie_bytes_per_s)
    asked = replace(goal.workload.run(), software=run.software)
    for laid, p in () if goal.workload.literal else layouts.layouts(asked, machine):
        held = total(sizing.ram_sum(laid, goal.job(), option.count, option.chip))
        if p.step_s * (1 + layouts.RESOLVED) > ranked(run, machine).step_s:
            break
        if held <= (built.ram_bytes or 0.0):
            stay = {FUSED_WORDS, CAPPED.format(built.power_cap_w or 0.0)}  # no layout makes these
            said = (layouts.keys(laid), *(w for w in words if w in stay))
            changed = Changed(option.chip, option.count, option.cards, p.step_s, laid, said)
            return replace(choice, option=changed)
    return choice


def as_carried(goal: Goal, option: Option) -> Option:
    """The choice of cards as it carries the run: as it is said where that fits."""
    run, cap = on(goal.workload.run(), option.count), goal.limits.power_cap_w
    machine = of_chip(option.chip, option.count, cap)
    if isinstance(option, Changed) or vram.held(run, machine).verdict(option.chip) == vram.FITS:
        return option
    fitting = None if goal.workload.literal else same_result(run, machine, said_of(run))
    if fitting is None:
        return option
    return Changed(
        option.chip, option.count, option.cards, fitting.step_s, fitting.run, fitting.changes
    )


def narrower(goal: Goal) -> Iterator[tuple[str, Goal]]:
    """The goal with weights in fewer bits, in words, first that to prefer: of a run that only uses
    a model, whose format nobody said and that is not packed already.

    Language models are run at home in 4 bit; wider weights would be slower the more is paid.
    """
    run = goal.workload.run()
    uses = served(run) or (run.mode == "infer" and pipelines.asked(run) is not None)
    open_ = goal.workload.precision is None and not goal.workload.literal
    if not (uses and open_) or weight_bytes(run.precision) < 2:
        return
    four = "int4" if engine_of(run.software).library else "q4_k_m"
    kinds = {"4-bit weights": four} if served(run) else {"8-bit weights": "fp8"}
    for words, precision in (kinds | {"4-bit weights": four if served(run) else "nf4"}).items():
        with contextlib.suppress(InputError):
            yield words, with_precision(goal, precision)


def with_precision(goal: Goal, precision: object) -> Goal:
    """The goal with its weights so; as it is where None. Raises InputError where none are."""
    if precision is None:
        return goal
    workload = goal.workload.model_copy(update={"precision": precision})
    workload.run()
    return goal.model_copy(update={"workload": workload})


def key_values(goal: Goal, run: Run) -> dict[str, object]:
    """The keys of [workload] that make the goal's run this one."""
    asked = on(goal.workload.run(), 1 if run.sharding == "none" else 2)
    keys = {n: getattr(run, n) for n in KEYS if getattr(run, n) != getattr(asked, n)}
    return keys if keys.pop("software", None) is None else {**keys, "framework": FUSED_LOSS}


def said_of(run: Run) -> frozenset[str]:
    """What whoever asks has said of the run and nothing changes."""
    return frozenset(
        f.name for f in fields(Run) if f.name in KEYS and getattr(run, f.name) != f.default
    )


def stays(goal: Goal, run: Run) -> frozenset[str]:
    """Fields of the run that nothing changes: all where it is taken literally, or nothing may."""
    free = not goal.workload.literal and changeable(run)
    return said_of(run) if free else frozenset(KEYS)


def changed_options(
    goal: Goal, m: Market, found: Iterable[Option], *, below_cents: int, step_s: float | None = None
) -> tuple[Changed, ...]:
    """Choices of cards below a price that carry the run in another way, and not as it is said.

    step_s : slower ones are left out.
    """
    run = goal.workload.run()
    if goal.workload.literal or not changeable(run):
        return ()
    literal = {(o.chip.id, o.count) for o in found if o.step_s is not None}
    slowest = min(step_s or float("inf"), (goal.limits.step_ms_max or float("inf")) / 1e3)
    made = []
    others = any(o.chip.id not in m.kept for o in found)
    for chip, count, cents in priced(goal, m, others):
        if cents >= below_cents or (chip.id, count) in literal:
            continue
        alike = on(run, count)
        fitting = same_result(alike, of_chip(chip, count, goal.limits.power_cap_w), said_of(alike))
        if fitting is not None and fitting.step_s <= slowest:
            cards = m.cards[chip.id]
            made.append(Changed(chip, count, cards, fitting.step_s, fitting.run, fitting.changes))
    return tuple(made)


def considered(goal: Goal, m: Market) -> tuple[Option, ...]:
    """``options``; others than owned cards only where those carry the run in no way at all."""
    found = options(goal, m)
    mine = tuple(o for o in found if o.chip.id in m.kept)
    return mine if 0 < len(mine) < len(found) and _carrying(goal, m, buyable) else found


def carriers(goal: Goal, m: Market) -> tuple[Option, ...]:
    """Every choice of cards that carries the run, as it is said or with its result as it is.

    As in ``options``, others than owned cards only where none of those does. Where no limit asks,
    the time of a step is not worked out: it stands as 0.
    """
    run = goal.workload.run()
    if goal.limits.step_ms_max or run.ttft_ms_max or run.tpot_ms_max:
        as_said = options(goal, m)
        more = changed_options(goal, m, as_said, below_cents=NO_LIMIT)
        return tuple(o for o in (*as_said, *more) if o.step_s is not None)
    mine = _carrying(goal, m, buyable)
    if mine or m.fixed or not m.kept:
        return mine
    return _carrying(goal, m, partial(buyable, others=True))


def _carrying(
    goal: Goal, m: Market, had: Callable[[Goal, Market, int], tuple[str, ...]]
) -> tuple[Option, ...]:
    run, known = goal.workload.run(), by_id(Chip)
    said = stays(goal, run)
    peaks: dict[tuple[str, int], tuple[vram.Held, ...]] = {}
    found = []
    for count in counts(goal, m):
        if count % (run.tensor_parallel * run.pipeline_parallel):
            continue
        for chip in (known[chip_id] for chip_id in had(goal, m, count)):
            alike = (chip.id if served(run) else memory.generation(chip), count)
            if alike not in peaks:
                peaks[alike] = lightest(run, of_chip(chip, count), said)
            if any(held.verdict(chip) == vram.FITS for held in peaks[alike]):
                found.append(Option(chip, count, m.cards[chip.id], 0.0))
    return tuple(found)


def priced(goal: Goal, m: Market, others: bool) -> Iterator[tuple[Chip, int, int]]:
    """(chip, count, cents of its cheapest cards at least) of every choice that can be had.

    others : beside those that are owned, too.
    """
    known = by_id(Chip)
    for count in counts(goal, m):
        beside = buyable(goal, m, count, others=True) if m.kept and others else ()
        for chip_id in (*buyable(goal, m, count), *beside):
            cents = min(
                c.cents * count // (c.part.chip_count if isinstance(c.part, Card) else 1)
                for c in m.cards[chip_id]
            )
            yield known[chip_id], count, cents
