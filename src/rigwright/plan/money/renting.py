"""Use case: own the machine or rent one?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import rigwright.fit as fit
from rigwright import cost
from rigwright.catalog.buildfile import read_build
from rigwright.catalog.prices.ledger import Quote, key
from rigwright.catalog.source import by_id, prices_on
from rigwright.plan.ask import hosts as machines
from rigwright.plan.ask.goal import Goal
from rigwright.plan.machine.helping.hiring import offers_of
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import Machined
from rigwright.plan.money.results import Rented, RentResult
from rigwright.plan.speed import vram
from rigwright.plan.speed.feeding import timed
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.spec.market import Offer
from rigwright.spec.parts import Chip
from rigwright.spec.run import Prediction

OFFERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class _Own:
    name: str
    usd: float
    wall_w: float
    prediction: Prediction
    job_hours: float | None = None
    notes: tuple[str, ...] = ()


def _planned(chosen: Machined | None) -> _Own:
    if chosen is None or chosen.wall_w is None:
        raise InputError("rent", "goal", "no machine meets it", "a goal that `plan` can meet")
    many = f"{chosen.gpu_count} x " if chosen.gpu_count > 1 else ""
    return _Own(
        f"planned machine, {many}{chosen.gpu}",
        chosen.usd,
        chosen.wall_w,
        chosen.prediction,
        chosen.job_hours,
    )


def _seen(goal: Goal) -> Mapping[str, Quote]:
    return prices_on(goal.as_of, used=goal.limits.used)


def _built(goal: Goal, build: Build, name: str) -> _Own:
    if not build.cards or not build.chips:
        raise InputError(name, "cards", "nothing", "a build with a known GPU")
    wall = fit.wall_w(build)
    if wall is None:
        raise InputError(name, "parts", "a part of unknown power", "parts whose draw is known")
    seen = _seen(goal)
    missing = [p.name for p in build.parts() if key(p) not in seen]
    usd = sum(seen[key(p)].usd for p in build.parts() if key(p) in seen)
    if len(missing) == len(build.parts()):
        what = f"nothing that is sold on {goal.as_of}"
        raise InputError(name, "parts", what, "parts with a price", "limits.used")
    notes = (f"no price up to {goal.as_of} for: {', '.join(missing)}",) if missing else ()
    chip = build.chips[0]
    found = timed(goal.workload.run(), machines.of_build(build, chip), goal.job())
    return _Own(build.name or name, usd, wall, found.prediction, found.job_hours, notes)


def _months(hours: float | None, per_day: float) -> float | None:
    return None if hours is None else cost.months(hours, per_day)


def _rented(goal: Goal, own: _Own, own_hour: float, offer: Offer, chip: Chip) -> Rented:
    run, site = goal.workload.run(), goal.site
    found = timed(run, machines.of_offer(offer, chip), goal.job())
    p = found.prediction
    tried = vram.possible(p)  # trying costs an hour's rent, so a tight offer is not left out
    speed = p.throughput / own.prediction.throughput if tried else None
    rent = offer.usd_per_hour
    clock = cost.break_even_hours(own.usd, rent, own_hour)
    hours = clock if speed is None else None
    if speed is not None:
        hours = cost.break_even_hours(own.usd, rent, own_hour, relative_speed=speed)
    job = found.job_hours * rent if found.job_hours is not None and tried else None
    why = "" if hours is not None else "its rent for the same work is below your electricity"
    if not tried:
        why = "the run does not fit its memory"
    elif not p.fits:
        chance = f"{p.fit_chance or 0.0:.0%}"
        why = "; ".join(filter(None, (why, f"tight in its memory: fits with a chance of {chance}")))
    why = "; ".join(filter(None, (why, *(p.users.missed if p.users else ()))))
    return Rented(
        offer=f"{offer.provider} {offer.instance} ({offer.region})",
        gpu=chip.name,
        gpu_count=offer.gpu_count,
        usd_per_hour=rent,
        date=offer.date,
        age_days=(goal.as_of - offer.date).days,
        fits=tried,
        step_s=p.step_s,
        relative_speed=speed,
        usd_per_job=job,
        break_even_h=hours,
        break_even_months=_months(hours, site.hours_per_day),
        break_even_clock_h=clock,
        why=why,
    )


def _electricity(goal: Goal) -> tuple[float, str]:
    site = goal.site
    if site.usd_per_kwh is not None:
        return site.usd_per_kwh, "given in the goal"
    known = cost.tariff(site.country, goal.as_of)
    if known is None:
        raise InputError(
            "goal",
            "site.usd_per_kwh",
            "nothing",
            f"a price; none is known for {site.country}",
            "--set site.usd_per_kwh=0.25",
        )
    return known.usd_per_kwh, f"{known.source}, {known.date}"


def rent_build(goal: Goal, build: Path, name: str = "goal") -> RentResult:
    """Every offer against the build of a file."""
    return rent_built(goal, read_build(build), name, build.stem)


def rent_built(goal: Goal, build: Build, name: str = "goal", own: str = "build") -> RentResult:
    """Every offer against a given build. Raises InputError where its GPU or draw is not known."""
    return _rent(goal, _built(goal, build, own), name)


def rent_planned(goal: Goal, chosen: Machined | None, name: str) -> RentResult:
    """Every offer against a machine already planned. Raises InputError without one."""
    return _rent(goal, _planned(chosen), name)


def rent(goal: Goal, name: str = "goal") -> RentResult:
    """Every offer against the planned machine. Raises InputError where nothing meets the goal."""
    return rent_planned(goal, plan(goal).chosen, name)


def _rent(goal: Goal, own: _Own, name: str) -> RentResult:
    kwh, source = _electricity(goal)
    hour = cost.energy_usd_per_hour(own.wall_w, kwh)
    chips = by_id(Chip)
    rows = [_rented(goal, own, hour, o, chips[o.chip]) for o in offers_of(goal)]
    rows.sort(key=lambda r: (not r.fits, r.usd_per_job or r.usd_per_hour))
    if not goal.site.offers:
        rows = rows[:OFFERS_SHOWN]
    return RentResult(
        goal=name,
        as_of=goal.as_of,
        own=own.name,
        own_usd=own.usd,
        own_draw_w=own.wall_w,
        usd_per_kwh=kwh,
        usd_per_kwh_source=source,
        hours_per_day=goal.site.hours_per_day,
        own_usd_per_hour=hour,
        own_usd_per_job=_own_job(goal, own, hour),
        rows=tuple(rows),
        notes=(*own.notes, *_notes(rows, goal.as_of), *_of_data(goal)),
    )


def _own_job(goal: Goal, own: _Own, hour: float) -> float | None:
    if own.job_hours is None:
        return None
    wear = cost.wear_usd_per_hour(own.usd, goal.site.months, goal.site.hours_per_day)
    return own.job_hours * (hour + wear)


def _of_data(goal: Goal) -> tuple[str, ...]:
    if goal.job().data is None:
        return ()
    return ("your machine is predicted with what feeds it; drives of offers are not known, so "
            "rented machines are not",)  # fmt: skip


def _notes(rows: list[Rented], as_of: dt.date) -> tuple[str, ...]:
    notes = [
        "break-even counts hours of your machine and charges each offer for its own speed; "
        "`hour for hour` takes an hour as an hour on both"
    ]
    later = [r.offer for r in rows if r.age_days < 0]
    if later:
        notes.append(f"first seen after {as_of}: {', '.join(later)}")
    return tuple(notes)
