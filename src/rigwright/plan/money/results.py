"""Answers about owning against renting."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from rigwright.spec.answer import Answer


@dataclass(frozen=True, slots=True)
class Rented:
    """One offer against the owned machine.

    relative_speed : offer's throughput over the owned machine's.
    fits : surely or tightly.
    break_even_h : hours of the owned machine's use after which it has cost less; None = never.
    """

    offer: str
    gpu: str
    gpu_count: int
    usd_per_hour: float
    date: dt.date
    age_days: int
    fits: bool
    step_s: float | None
    relative_speed: float | None
    usd_per_job: float | None
    break_even_h: float | None
    break_even_months: float | None
    break_even_clock_h: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RentResult(Answer):
    """Owning against renting.

    own_usd_per_hour : electricity of the owned machine under load.
    own_usd_per_job : electricity and loss of value of one job.
    break-even against each offer: ``break_even_h`` counts hours on the owned machine and pays for
    the offer's own speed; ``break_even_clock_h`` counts an hour as an hour on both.
    """

    goal: str
    as_of: dt.date
    own: str
    own_usd: float
    own_draw_w: float
    usd_per_kwh: float
    usd_per_kwh_source: str
    hours_per_day: float
    own_usd_per_hour: float
    own_usd_per_job: float | None
    rows: tuple[Rented, ...]
    notes: tuple[str, ...] = field(default=())
