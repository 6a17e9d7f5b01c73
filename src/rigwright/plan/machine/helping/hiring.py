"""Machines for a goal that nobody builds: offers to rent, and what is sold as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from rigwright.catalog import systems
from rigwright.catalog.prices.ledger import counts
from rigwright.catalog.source import by_id, load
from rigwright.catalog.systems import System
from rigwright.plan.ask.goal import Goal
from rigwright.plan.ask.hosts import of_chip, of_offer
from rigwright.plan.ask.kinds import served
from rigwright.plan.machine.variants import stays
from rigwright.plan.memory.changes import carried, same_result
from rigwright.plan.speed.stepping import predict_run
from rigwright.spec.errors import UnknownNameError
from rigwright.spec.market import Offer
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Prediction, Run


@dataclass(frozen=True, slots=True)
class Hired:
    """An offer that carries a run. usd : of the whole job; None where its size is not said."""

    offer: Offer
    chip: Chip
    step_s: float
    usd: float | None
    changes: tuple[str, ...] = ()


def offers_of(goal: Goal) -> tuple[Offer, ...]:
    """Offers named by the goal, else those seen up to its day; the latest of each, and of a
    provider's with the same GPUs the cheapest."""
    wanted = set(goal.site.offers)
    latest: dict[tuple[str, str, str], Offer] = {}
    for offer in load(Offer):
        place = (offer.provider, offer.instance, offer.region)
        if offer.instance in wanted:
            near = abs((offer.date - goal.as_of).days)
            if place not in latest or near < abs((latest[place].date - goal.as_of).days):
                latest[place] = offer
        elif not wanted and counts(offer.date, goal.as_of):
            known = latest.setdefault(place, offer)
            latest[place] = max(known, offer, key=lambda o: o.date)
    unknown = wanted - {o.instance for o in latest.values()}
    if unknown:
        names = sorted({o.instance for o in load(Offer)})
        raise UnknownNameError("offer", ", ".join(sorted(unknown)), tuple(names[:6]))
    if wanted:
        return tuple(latest.values())
    dearest_first = sorted(latest.values(), key=lambda o: -o.usd_per_hour)
    return tuple({(o.provider, o.chip, o.gpu_count): o for o in dearest_first}.values())


def cheapest(goal: Goal, only: str | None = None) -> Hired | None:
    """The offer that does the job for the least, or the cheapest an hour where no job is said."""
    run, chips, samples = goal.workload.run(), by_id(Chip), goal.workload.samples
    said = stays(goal, run)
    offers = ((o, of_offer(o, chips[o.chip])) for o in offers_of(goal) if only in (None, o.chip))
    able = [(offer, machine) for offer, machine in offers if carried(run, machine, said)]
    if not samples:
        able = sorted(able, key=lambda pair: pair[0].usd_per_hour)[:1]
    found = [_hired(run, offer, machine, samples, said) for offer, machine in able]
    known = (h for h in found if h is not None)
    return min(known, key=lambda h: (h.usd or 0.0, h.offer.usd_per_hour, h.step_s), default=None)


def sold_whole(goal: Goal) -> Iterator[tuple[System, Prediction]]:
    """Machines whose price the budget pays and that carry the run, or what leaves its result."""
    run, chips = goal.workload.run(), by_id(Chip)
    slowest = (goal.limits.step_ms_max or float("inf")) / 1e3
    kinds = ("desktop", "server") if served(run) else ("server",)
    for system in (s for kind in kinds for s in systems.sold_whole(goal.as_of, kind)):
        had = goal.limits.used or not system.price_said.startswith("used")
        if (system.price_usd or 0.0) <= goal.parts_usd and had:
            machine = of_chip(chips[system.chip], system.chip_count)
            fitting = None if served(run) else same_result(run, machine, stays(goal, run))
            p = predict_run(fitting.run if fitting else run, machine)
            if p.does and p.pace_s <= slowest:
                yield system, p


def _hired(
    run: Run, offer: Offer, machine: Machine, samples: int | None, said: frozenset[str]
) -> Hired | None:
    p, fitting = predict_run(run, machine), None
    if not p.does:
        fitting = same_result(run, machine, said)
        if fitting is None:
            return None
    step_s = fitting.step_s if fitting else p.pace_s
    usd = samples / run.batch * step_s / 3600 * offer.usd_per_hour if samples else None
    return Hired(offer, machine.chip, step_s, usd, fitting.changes if fitting else ())
