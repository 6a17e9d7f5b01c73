"""Which chips can be had in which number, how long a step takes on them, and what is searched."""

import functools
import math
from collections.abc import Hashable, Iterator
from dataclasses import replace

import numpy as np

import rigwright.fit as fit
import rigwright.predict as predict
from rigwright.catalog.loose import MARK, filled_in
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import by_condition, by_id, load
from rigwright.choose.problem import KINDS, Option, Problem
from rigwright.choose.verdicts import build_of
from rigwright.fit.rules.power import LEAST_CAP
from rigwright.plan.ask.floors import floor_above
from rigwright.plan.ask.goal import Goal
from rigwright.plan.ask.hosts import gpu_link, lanes_each, of_chip
from rigwright.plan.ask.kinds import served, trained
from rigwright.plan.machine.given.demands import demands, kits
from rigwright.plan.machine.given.market import Market, only_told, running
from rigwright.plan.machine.given.named import may_be
from rigwright.plan.speed import vram
from rigwright.plan.speed.runs import on, operations, replicas
from rigwright.plan.speed.stepping import ranked
from rigwright.predict import serving
from rigwright.spec.build import Build
from rigwright.spec.parts import Card, Chip
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.workload.lookup import decoder_of


def counts(goal: Goal, m: Market) -> range:
    """Numbers of GPUs that are looked at: within the limits, and as many as there are anyway."""
    limits = goal.limits
    return range(limits.gpu_count_min, max(limits.gpu_count_max, *m.kept.values(), 1) + 1)


def buyable(goal: Goal, m: Market, count: int, *, others: bool = False) -> tuple[str, ...]:
    """Ids of the chips of which so many can be had within the goal's limits.

    others : those that are neither owned nor asked for, where there are any of these.
    """
    known, most, free = by_id(Chip), goal.limits.gpu_count_max, others or not m.kept
    return tuple(
        chip for chip in m.cards
        if chip in known and (chip in m.kept) is not free and _count_possible(m, chip, count, most)
        and wanted(goal, known[chip], chip in m.kept)
    )  # fmt: skip


def options(goal: Goal, m: Market) -> tuple[Option, ...]:
    """Every (chip, count) that can be had, with its predicted step on that many GPUs.

    Owned cards are used, with or without more of them; others are looked at only where no number
    of them carries the run. The goal's own names (``use.cards``) leave no choice.
    """
    mine = tuple(_options(goal, m))
    if m.fixed or not m.kept or any(option.step_s is not None for option in mine):
        return mine
    return (*mine, *_options(goal, m, others=True))


def _options(goal: Goal, m: Market, *, others: bool = False) -> Iterator[Option]:
    run, known = goal.workload.run(), by_id(Chip)
    for count in counts(goal, m):
        if run.batch < replicas(run, count):
            break  # an item is not shared
        chips = [known[chip] for chip in buyable(goal, m, count, others=others)]
        steps = step_seconds(goal, chips, count)
        yield from (Option(chip, count, m.cards[chip.id], steps[chip.id]) for chip in chips)


def wanted(goal: Goal, chip: Chip, kept: bool = False) -> bool:
    """Whether a chip is of the makers and the size that the goal allows, and runs its software."""
    least = goal.limits.vram_gib_min
    enough = least is None or chip.vram_bytes >= least * 1024**3
    cap, limit = goal.limits.power_cap_w, chip.power_limit_w
    takes = cap is None or limit is None or cap >= LEAST_CAP * limit
    if kept or not takes:
        return takes
    allowed = enough and chip.vendor in goal.limits.gpu_vendors
    return allowed and floor_above(goal.workload.run(), chip, goal.as_of) is None


def _count_possible(m: Market, chip: str, count: int, most: int) -> bool:
    """Whether so many of a chip can be had: all kept ones and, within the limit, more of them."""
    kept, cards = m.kept.get(chip, 0), [c for c in m.cards[chip] if isinstance(c.part, Card)]
    if count < kept or (m.fixed and kept > 1 and count > kept) or count > max(most, kept):
        return False
    missing = count - sum(c.part.chip_count for c in cards if c.kept)  # type: ignore[attr-defined]
    if missing <= 0:
        return missing == 0
    return any(missing % c.part.chip_count == 0 for c in cards if not c.kept)  # type: ignore[attr-defined]


def step_seconds(goal: Goal, chips: list[Chip], count: int) -> dict[str, float | None]:
    """Chip id -> predicted step on ``count`` of them; None where memory or speed do not do."""
    run, slowest = on(goal.workload.run(), count), goal.limits.step_ms_max
    if count % (run.tensor_parallel * run.pipeline_parallel):
        return {chip.id: None for chip in chips}
    cap = goal.limits.power_cap_w
    if served(run) or trained(run) or run.micro_batch is not None or cap is not None:
        times = {chip.id: _pace_s(run, chip, count, cap) for chip in chips}
    else:
        times = _stepped(run, chips, count)
    most = math.inf if slowest is None else slowest / 1e3
    return {chip: None if s is None or s > most else s for chip, s in times.items()}


def _pace_s(run: Run, chip: Chip, count: int, cap_w: float | None) -> float | None:
    """Seconds of a step; None where the cards do not do. Whether they may do for many users is
    asked before what those get, which takes longer."""
    if run.mode == "serve":
        machine = of_chip(chip, count, cap_w)
        held = vram.held(run, machine).verdict(chip) == vram.FITS
        if not held or serving.too_slow(decoder_of(run.model), run, machine):
            return None
    p = alone(run, chip, count, cap_w)
    return p.pace_s if p.does else None


def alone(
    run: Run, chip: Chip, count: int, cap_w: float | None, pcie_bytes_per_s: float | None = None,
    cpu_mhz: float | None = None,
) -> Prediction:  # fmt: skip
    """The prediction that cards are compared by; None = their links are as fast as they can be, and
    the processor (its clock as that of the reference host) is as usual beside them."""
    model = decoder_of(run.model) if served(run) or trained(run) else None
    machine = of_chip(chip, count, cap_w)
    machine = replace(machine, pcie_bytes_per_s=pcie_bytes_per_s, cpu_mhz=cpu_mhz)
    return _alone(run, machine, model)


@functools.lru_cache(maxsize=4096)
def _alone(run: Run, machine: Machine, _: Hashable) -> Prediction:
    return ranked(run, machine)


def _stepped(run: Run, chips: list[Chip], count: int) -> dict[str, float | None]:
    ops = operations(run)
    prepared = predict.prepare(ops, run, count)
    steps: dict[str, float | None] = {}
    by_link: dict[str, list[Chip]] = {}
    for chip in chips:
        by_link.setdefault(gpu_link(chip, count), []).append(chip)
    for link, group in by_link.items():
        total = predict.times(prepared, predict.chip_table(group), count, link).total
        for chip, seconds in zip(group, np.atleast_1d(total), strict=True):
            held = vram.held(run, of_chip(chip, count))
            steps[chip.id] = float(seconds) if held.verdict(chip) == vram.FITS else None
    return steps


def problem(goal: Goal, m: Market, found: tuple[Option, ...]) -> Problem:
    """The search problem of a goal."""
    limits, had, told = goal.limits, m.candidates, dict.fromkeys(only_told(goal, m))
    here = {k: tuple(c.part for c in had[k] if c.owned) for k in KINDS} if running(m) else {}
    return Problem(
        candidates={k: had[k] for k in had if k != "case"} if limits.open_frame else had,
        risers=limits.gpu_count_max if limits.open_frame else 0,
        options=tuple(o for o in found if o.step_s is not None), rules=fit.RULES,
        demands=demands(goal), budget_cents=round(goal.parts_usd * 100),
        allow_unknown=limits.allow_unknown, circuit=goal.circuit(),
        gpu_power_cap_w=limits.power_cap_w, better=fit.BETTER, runs=running(m),
        told=tuple(map(filled_in, told)),
        possible=tuple(may_be(part, build_of(here, Build())) for part in told),
        there=tuple(c.part.id for c in m.candidates["psu"] if c.owned),
        lanes_each=lanes_each(goal.workload.run(), limits.gpu_count_max),
        copies=({} if goal.use.ram else {"ram": kits})
        | ({"psu": lambda _: (1, 2)} if limits.open_frame else {}),
    )  # fmt: skip


def idle_cards(goal: Goal, m: Market, chosen: Option) -> tuple[str, ...]:
    """Owned cards that a machine of another chip leaves out, each chip with why."""
    return tuple(
        f"owned and not used: {', '.join(names)}; {_why_idle(goal, m, known, names, chosen)}"
        for known in map(by_id(Chip).get, m.cards)
        if known is not None and known.id != chosen.chip.id
        and (names := [
            c.part.name.removesuffix(MARK) for c in m.cards[known.id] if c.owned
        ])
    )  # fmt: skip


def _why_idle(goal: Goal, m: Market, chip: Chip, names: list[str], chosen: Option) -> str:
    if m.fixed:
        return "the goal asks for other cards"
    tried = [
        n for n in counts(goal, m) if _count_possible(m, chip.id, n, goal.limits.gpu_count_max)
    ]
    if any(step_seconds(goal, [chip], n)[chip.id] is not None for n in tried):
        return f"the machine has cards of one chip, and {chosen.chip.name} is the better one"
    why = f"{' or '.join(map(str, tried)) or 'no number'} x {chip.name} does not carry the run"
    if max(tried, default=0) > len(names) or len(names) >= goal.limits.gpu_count_max:
        return why
    used = not goal.limits.used and any(
        key(c) in by_condition(goal.as_of)["used"] for c in load(Card) if c.chip == chip.id
    )
    hint = "; second-hand there are (limits.used = true, --used)" if used else ""
    return f"{why}, and no more of it are for sale within the limits{hint}"
