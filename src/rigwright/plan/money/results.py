"""Answers about owning against renting."""

import datetime as dt
from dataclasses import dataclass, field

from rigwright.catalog.prices.ledger import money
from rigwright.catalog.prices.rates import DOLLARS, Rate
from rigwright.spec.answer import Answer


@dataclass(frozen=True, slots=True)
class Rented:
    """One offer against the owned machine, on demand or spot (``tier``).

    usd_low, usd_high : a tenth of its hourly prices lies beyond, by its age.
    relative_speed : offer's throughput over the owned machine's.
    fits : surely or tightly.
    job_hours, usd_per_job : of a whole job with boot, checkpoints, interruptions, storage, egress.
    usd_per_month : of the work that the owned machine does in one.
    break_even_h : hours of the owned machine's use after which it has cost less, nothing sold;
    None = never.  _low, _high : its parts sold at the dearest rent, nothing sold at the cheapest.
    _clock_h : an hour counts as an hour on both.
    """

    offer: str
    tier: str
    gpu: str
    gpu_count: int
    usd_per_hour: float
    usd_low: float
    usd_high: float
    date: dt.date
    age_days: int
    fits: bool
    step_s: float | None
    relative_speed: float | None
    job_hours: float | None
    usd_per_job: float | None
    usd_per_month: float | None
    break_even_h: float | None
    break_even_months: float | None
    break_even_months_low: float | None
    break_even_months_high: float | None
    break_even_clock_h: float | None
    why: str = ""
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Api:
    """Somebody's API for the same model.

    input_usd, output_usd : of a million tokens.  usd_per_mtok : of a million written with the
    prompts they answer.  usd_per_month : of what the machine writes in one.
    own_pays_tokens_per_day : written tokens from which on the owned machine costs less, its parts
    spread over the months they are kept; None = never, or more than it writes.
    """

    provider: str
    input_usd: float
    output_usd: float
    date: dt.date
    usd_per_mtok: float
    usd_per_month: float
    own_pays_tokens_per_day: float | None

    @property
    def words(self) -> str:
        """``deepinfra, $0.72 a million tokens written with their prompts; owning pays ...``."""
        day = self.own_pays_tokens_per_day
        pays = "never pays off" if day is None else f"pays from {day / 1e6:,.3g} million a day"
        price = f"{money(self.usd_per_mtok, 2)} a million tokens written with their prompts"
        return f"{self.provider}, {price}; owning {pays}"


@dataclass(frozen=True, slots=True)
class RentResult(Answer):
    """Owning against renting; what is owned is None where no machine meets the goal.

    answer : what to do, in one sentence.
    own_usd_per_hour : electricity of the owned machine under load.
    own_usd_per_job, own_usd_per_month : electricity and an even share of the parts over the months
    they are kept, nothing sold: cheaper than an offer's where that is its ``break_even_months``.
    own_usd_per_mtok : the same of a million tokens written; None where it writes none.
    money : the currency that its texts say amounts in.
    """

    goal: str
    as_of: dt.date
    answer: str
    own: str
    own_usd: float | None
    own_draw_w: float | None
    usd_per_kwh: float | None
    usd_per_kwh_source: str
    hours_per_day: float
    own_usd_per_hour: float | None
    own_job_hours: float | None
    own_usd_per_job: float | None
    own_usd_per_month: float | None
    own_co2_kg_per_job: float | None
    rows: tuple[Rented, ...]
    apis: tuple[Api, ...] = ()
    own_usd_per_mtok: float | None = None
    notes: tuple[str, ...] = field(default=())
    money: Rate = DOLLARS
