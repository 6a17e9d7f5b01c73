"""What a machine of one's own costs over time."""

import functools
from dataclasses import dataclass, field

from rigwright.cost.countries import DATA, DAYS_PER_MONTH, energy_usd_per_hour
from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import table


@dataclass(frozen=True, slots=True)
class Resale:
    """Share of value that a part keeps per year, and how far it is from part to part.

    sale_share : of what a buyer pays, kept by who brings the two together.
    """

    part: str
    per_year: float
    low: float
    high: float
    sale_share: float


@functools.cache
def resale() -> Resale:
    """Of a card. No data on the rest of a machine was found: it is taken like the card."""
    return {row.part: row for row in table(Resale, DATA / "resale.csv")}["card"]


def kept_per_year() -> float:
    """What ``resale`` expects."""
    return resale().per_year


def resale_usd(capital_usd: float, after_months: float, kept: float | None = None) -> float:
    """What the parts bring after some months. [USD]"""
    kept = kept_per_year() if kept is None else kept
    return float(capital_usd * kept ** (after_months / 12))


def at_least(owner: str, field: str, value: float, least: float) -> None:
    """Raises InputError for a number below ``least`` or not finite."""
    if not least <= value < float("inf"):
        raise InputError(owner, field, value, f"a number of at least {least:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A machine that is bought, run and sold.

    capital_usd : paid on the first day.  load_w, idle_w : at the wall, at work and waiting.
    hours_per_day : at work.  on_hours_per_day : switched on; the rest of it is idle time.
    resale_share_per_year : value kept each year.  sale_share : of a sale, to who arranges it.
    upkeep_usd_per_year : repairs, space, insurance.
    cooling_factor : energy with air conditioning / energy without it (PUE).
    """

    capital_usd: float
    load_w: float
    usd_per_kwh: float
    hours_per_day: float
    idle_w: float = 0.0
    on_hours_per_day: float = 0.0
    resale_share_per_year: float = field(default_factory=kept_per_year)
    sale_share: float = 0.0
    upkeep_usd_per_year: float = 0.0
    cooling_factor: float = 1.0

    def __post_init__(self) -> None:
        for name in ("capital_usd", "load_w", "usd_per_kwh", "idle_w", "upkeep_usd_per_year"):
            at_least("owned machine", name, getattr(self, name), 0)
        at_least("owned machine", "cooling_factor", self.cooling_factor, 1)
        for name in ("hours_per_day", "on_hours_per_day"):
            if not 0 <= getattr(self, name) <= 24:
                raise InputError("owned machine", name, getattr(self, name), "0 to 24")
        for name in ("resale_share_per_year", "sale_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError("owned machine", name, getattr(self, name), "0 to 1")

    @property
    def idle_hours_per_day(self) -> float:
        """Switched on without work. [h]"""
        return max(0.0, self.on_hours_per_day - self.hours_per_day)

    @property
    def work_usd_per_hour(self) -> float:
        """Electricity of an hour at work. [USD/h]"""
        return energy_usd_per_hour(self.load_w, self.usd_per_kwh) * self.cooling_factor

    @property
    def usd_per_month(self) -> float:
        """Electricity and upkeep. [USD/month]"""
        kwh = self.load_w * self.hours_per_day + self.idle_w * self.idle_hours_per_day
        energy = kwh / 1000 * DAYS_PER_MONTH * self.usd_per_kwh * self.cooling_factor
        return energy + self.upkeep_usd_per_year / 12

    def even_usd_per_month(self, months: float) -> float:
        """``usd_per_month`` and an even share of the parts over the months they are kept."""
        return self.usd_per_month + self.capital_usd / months

    def spent_usd(self, after_months: float) -> float:
        """Money out of the pocket, nothing sold. [USD]"""
        return self.capital_usd + after_months * self.usd_per_month

    def net_usd(self, after_months: float) -> float:
        """Money out of the pocket less what the parts would bring now. [USD]"""
        return self.spent_usd(after_months) - self.worth_usd(after_months)

    def worth_usd(self, after_months: float) -> float:
        """What selling the parts leaves. [USD]"""
        value = resale_usd(self.capital_usd, after_months, self.resale_share_per_year)
        return value * (1 - self.sale_share)
