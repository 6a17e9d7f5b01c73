"""Use case: own the machine or rent one?"""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import rigwright.fit as fit
from rigwright import cost
from rigwright.catalog.buildfile import read_build
from rigwright.catalog.prices.ledger import in_its_money, key, money
from rigwright.catalog.prices.nowcast import spread
from rigwright.catalog.source import by_id, prices_on
from rigwright.fit.facts.draw import cpu_w
from rigwright.plan.ask import hosts as machines
from rigwright.plan.ask.goal import Goal, Site
from rigwright.plan.machine.helping.hiring import offers_of
from rigwright.plan.machine.planning import as_planned, plan
from rigwright.plan.machine.results import Machined
from rigwright.plan.money.results import Api, Rented, RentResult
from rigwright.plan.money.tokens import apis, tokens_per_month
from rigwright.plan.speed import vram
from rigwright.plan.speed.feeding import timed
from rigwright.spec.build import Build
from rigwright.spec.errors import InputError
from rigwright.spec.market import Offer
from rigwright.spec.parts import Chip, Cpu
from rigwright.spec.run import Prediction

OFFERS_SHOWN = 8
CPU_SHARE = 0.5  # of a processor's TDP: feeding and starting kernels (from knowledge)
ON_DEMAND, SPOT, TIGHT = "on demand", "spot", "tight in its memory: fits"


class _Own(NamedTuple):
    name: str
    machine: cost.Owned
    prediction: Prediction
    job_hours: float | None = None
    notes: tuple[str, ...] = ()


def _owned(goal: Goal, usd: float, wall: float, draw: float | None, cpu: Cpu | None) -> cost.Owned:
    """At work its cards are at their limits and its processor is not."""
    over = (cpu_w(cpu) or 0.0) - CPU_SHARE * (cpu.tdp_w or 0.0) if cpu else 0.0
    load, kwh = wall * (1 - over / draw) if draw else wall, _electricity(goal)[0]
    hours = goal.site.hours_per_day
    return cost.Owned(
        capital_usd=usd, load_w=load, usd_per_kwh=kwh, hours_per_day=hours,
        sale_share=cost.resale().sale_share,
    )  # fmt: skip


def _planned(goal: Goal, chosen: Machined) -> _Own:
    if chosen.wall_w is None:
        raise InputError("rent", "goal", "a draw nobody knows", "a goal that `plan` can meet")
    many = f"{chosen.gpu_count} x " if chosen.gpu_count > 1 else ""
    name, known = f"planned machine, {many}{chosen.gpu}", by_id(Cpu)
    cpu = next((known.get(p.id) for p in chosen.parts if p.kind == "cpu"), None)
    machine = _owned(goal, chosen.usd, chosen.wall_w, chosen.draw_w, cpu)
    return _Own(name, machine, chosen.prediction, chosen.job_hours)


def _built(goal: Goal, build: Build, name: str) -> _Own:
    if not build.cards or not build.chips:
        raise InputError(name, "cards", "nothing", "a build with a known GPU")
    wall = fit.wall_w(build)
    if wall is None:
        raise InputError(name, "parts", "a part of unknown power", "parts whose draw is known")
    seen = prices_on(goal.as_of, used=goal.limits.used)
    missing = [p.name for p in build.parts() if key(p) not in seen]
    usd = sum(seen[key(p)].usd for p in build.parts() if key(p) in seen)
    if len(missing) == len(build.parts()):
        what = f"nothing that is sold on {goal.as_of}"
        raise InputError(name, "parts", what, "parts with a price", "limits.used")
    notes = (f"no price up to {goal.as_of} for: {', '.join(missing)}",) if missing else ()
    chip = build.chips[0]
    found = timed(goal.workload.run(), machines.of_build(build, chip), goal.job())
    machine = _owned(goal, usd, wall, fit.draw_w(build), build.cpu)
    return _Own(build.name or name, machine, found.prediction, found.job_hours, notes)


def _hired(goal: Goal, offer: Offer, tier: str, speed: float, job: float | None) -> cost.Rented:
    terms, spot = cost.terms(offer.provider), tier == SPOT
    return cost.Rented(
        usd_per_hour=offer.spot_usd_per_hour or 0.0 if spot else offer.usd_per_hour,
        relative_speed=speed, restart_overhead=terms.lost_share(job, spot=spot),
        storage_gb=goal.site.storage_gb, egress_gb_per_month=goal.site.egress_gb_per_month,
        storage_usd_per_gb_month=terms.storage_usd_per_gb_month,
        egress_usd_per_gb=terms.egress_usd_per_gb,
    )  # fmt: skip


def _rented(goal: Goal, work: _Own | None, offer: Offer, tier: str) -> Rented:
    chip, site, own = by_id(Chip)[offer.chip], goal.site, work.machine if work else None
    found = timed(goal.workload.run(), machines.of_offer(offer, chip), goal.job())
    p, job = found.prediction, found.job_hours
    fits = vram.possible(p)  # trying costs an hour's rent, so a tight offer is not left out
    speed = p.throughput / work.prediction.throughput if work and fits else None
    rent, age = _hired(goal, offer, tier, speed or 1.0, job), (goal.as_of - offer.date).days
    usd, wide = rent.usd_per_hour, spread(abs(age) / 365.25)
    month = site.hours_per_day * cost.DAYS_PER_MONTH
    even = low = high = cost.BreakEven()
    if own and speed:
        dear, cheap = (replace(rent, usd_per_hour=usd * f) for f in (wide, 1 / wide))
        even, high = cost.break_even(own, rent), cost.break_even(own, cheap)
        low = cost.break_even(own, dear, sold=True)
    hours = job * (1 + rent.restart_overhead) if job and fits else None
    kept = rent.kept_usd_per_month * ((work and work.job_hours) or job or 0.0) / month
    tight = "" if p.fits or not fits else f"{TIGHT} with a chance of {p.fit_chance or 0.0:.0%}"
    missed = p.users.missed if p.users else ()
    why = ("" if fits else "the run does not fit its memory", even.never, tight, *missed)
    return Rented(
        offer=f"{offer.provider} {offer.instance} ({offer.region})", tier=tier, gpu=chip.name,
        gpu_count=offer.gpu_count, usd_per_hour=usd, usd_low=usd / wide, usd_high=usd * wide,
        date=offer.date, age_days=age, fits=fits, step_s=p.step_s, relative_speed=speed,
        job_hours=hours, usd_per_job=None if hours is None else hours * usd + kept,
        usd_per_month=rent.usd_per_month(site.hours_per_day) if speed else None,
        break_even_h=even.hours, break_even_months=even.months,
        break_even_months_low=low.months, break_even_months_high=high.months,
        break_even_clock_h=cost.break_even_hours(own.capital_usd, usd, own.work_usd_per_hour)
        if own else None,
        why="; ".join(filter(None, why)), missed=missed,
    )  # fmt: skip


def _electricity(goal: Goal) -> tuple[float, str]:
    site = goal.site
    if site.usd_per_kwh is not None:
        return site.usd_per_kwh, "given in the goal"
    known = cost.tariff(site.country, goal.as_of)
    if known is None:
        allowed = f"a price; none is known for {site.country}"
        hint = "--set site.usd_per_kwh=0.25"
        raise InputError("goal", "site.usd_per_kwh", "nothing", allowed, hint)
    return known.usd_per_kwh, f"{known.source}, {known.date}"


def rent_build(goal: Goal, build: Path, name: str = "goal") -> RentResult:
    """Every offer against the build of a file."""
    return rent_built(goal, read_build(build), name, build.stem)


def rent_built(goal: Goal, build: Build, name: str = "goal", own: str = "build") -> RentResult:
    """Every offer against a given build. Raises InputError where its GPU or draw is not known."""
    return _rent(goal, _built(goal, build, own), name)


def rent_planned(goal: Goal, chosen: Machined | None, name: str) -> RentResult:
    """Every offer against a planned machine; without one, offers alone. Raises InputError."""
    return _rent(goal, None if chosen is None else _planned(goal, chosen), name)


def rent(goal: Goal, name: str = "goal") -> RentResult:
    """Every offer against the planned machine, as ``rent_planned``."""
    planned = plan(goal)
    return rent_planned(as_planned(goal, planned), planned.chosen, name)


@in_its_money
def _rent(goal: Goal, work: _Own | None, name: str) -> RentResult:
    site = goal.site
    rows = [
        _rented(goal, work, offer, tier)
        for offer in offers_of(goal)
        for tier in (ON_DEMAND, SPOT)
        if tier == ON_DEMAND or offer.spot_usd_per_hour
    ]
    rows.sort(key=lambda r: (not r.fits, r.usd_per_job or r.usd_per_hour * (r.step_s or 1.0)))
    able = [r for r in rows if r.fits and not r.missed]
    best = next((r for r in able if TIGHT not in r.why), able[0] if able else None)
    if work is None and best is None:
        raise InputError("rent", "goal", "no machine meets it, owned or rented", "another goal")
    own = work.machine if work else None
    usd = own.even_usd_per_month(site.months) if own else None
    month = site.hours_per_day * cost.DAYS_PER_MONTH
    job = work.job_hours if work else None
    grid = cost.grid(site.country, goal.as_of)
    kwh_job = job * own.load_w / 1000 if own and job else None
    co2 = kwh_job * grid.kg_per_kwh if kwh_job and grid else None
    gives = f"a job takes {kwh_job:,.1f} kWh of your machine, {co2:,.1f} kg of CO2" if co2 else ""
    kwh, source = _electricity(goal) if own else (None, "")
    sold = apis(goal, own, work.prediction.throughput if work else 0.0)
    written = tokens_per_month(work.prediction.throughput, site.hours_per_day) if work else 0.0
    return RentResult(
        goal=name, as_of=goal.as_of, money=goal.money,
        answer=_answer(site, own, best, sold[0] if sold else None),
        own=work.name if work else "no machine of your own meets the goal",
        own_usd=own.capital_usd if own else None, own_draw_w=own.load_w if own else None,
        usd_per_kwh=kwh, usd_per_kwh_source=source, hours_per_day=site.hours_per_day,
        own_usd_per_hour=own.work_usd_per_hour if own else None, own_job_hours=job,
        own_usd_per_job=usd * job / month if usd and job else None,
        own_usd_per_month=usd, own_co2_kg_per_job=co2,
        rows=tuple(rows if site.offers else rows[:OFFERS_SHOWN]), apis=sold,
        own_usd_per_mtok=usd / written if usd and sold else None,
        notes=(*(work.notes if work else ()), *_notes(goal, rows, gives)),
    )  # fmt: skip


def _answer(site: Site, own: cost.Owned | None, best: Rented | None, api: Api | None) -> str:
    """What costs less over the months that a machine is kept, at the hours of its work."""
    if own and api:
        usd, rented = own.even_usd_per_month(site.months), best.usd_per_month if best else None
        if api.usd_per_month < min(usd, rented or usd):
            return f"API: {api.words}"
    if best is None:
        return "Own: no offer of a machine for rent carries the run"
    at, offer = (
        f"at {site.hours_per_day:g} h a day",
        f"{best.offer}, {money(best.usd_per_hour, 2)}/h",
    )
    if best.usd_per_job is not None:
        offer += f": {best.job_hours:,.3g} h and {money(best.usd_per_job, 2)} a job"
    even, low = best.break_even_months, best.break_even_months_low
    if own is None:
        return f"Rent: no machine of your own meets the goal; {offer}"
    if even is not None and even <= site.months:
        return f"Own: paid off after {even:.1f} months {at}, against {offer}"
    until = "for ever" if even is None else f"for {even:.0f} months"
    if low is not None and low <= site.months:
        sold = f"owning from {low:.0f} months on if its parts then bring what parts usually keep"
        return f"Close: renting is cheaper {until} {at} with nothing sold, {offer}; {sold}"
    return f"Rent: cheaper {until} {at}, {offer}"


def _notes(goal: Goal, rows: list[Rented], co2: str) -> tuple[str, ...]:
    later = [r.offer for r in rows if r.age_days < 0]
    return tuple(filter(None, (
        co2,
        "break-even counts hours of your machine and charges each offer for its own speed; "
        "`hour for hour` takes an hour as an hour on both",
        f"first seen after {goal.as_of}: {', '.join(later)}" if later else "",
        "your machine is predicted with what feeds it; drives of offers are not known, so rented "
        "machines are not" if goal.job().data else "",
    )))  # fmt: skip
