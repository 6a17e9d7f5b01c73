"""When owning has paid off, how busy the machine must be for it, and what that hangs on.

Interest is left out: over the few years a machine lives it is smaller than the spread of resale
prices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from rigwright.cost.energy import DAYS_PER_MONTH
from rigwright.cost.owning import Owned, resale, resale_usd
from rigwright.cost.renting import Rented

HORIZON_MONTHS = 240.0
"""Nobody uses a machine for longer."""
Never = Literal["", "rent is below running cost", "not within the horizon", "no work"]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The first moment from which owning has cost less than renting the same work.

    hours : of the owned machine's work.  days, months : on the calendar.  All None when it never
    comes, with the reason in ``never``.
    """

    hours: float | None = None
    days: float | None = None
    months: float | None = None
    never: Never = ""


def break_even(
    own: Owned, rent: Rented, *, sold: bool = False, horizon_months: float = HORIZON_MONTHS
) -> BreakEven:
    """When owning has paid off.

    sold : count what the parts would bring at that moment; otherwise money spent is compared.
    Saving a month's rent less running cost s, it comes at ``capital / s``; with resale, where
    ``capital (1 - kept^t)`` has been saved.
    """
    if own.hours_per_day == 0:
        return BreakEven(never="no work")
    saved = rent.usd_per_month(own.hours_per_day) - own.usd_per_month
    if saved <= 0:
        return BreakEven(never="rent is below running cost")
    at = _crossing(own, saved) if sold else own.capital_usd / saved
    if at > horizon_months:
        return BreakEven(never="not within the horizon")
    days = at * DAYS_PER_MONTH
    return BreakEven(days * own.hours_per_day, days, at)


def _crossing(own: Owned, saved: float) -> float:
    """Months until the savings have caught up with the loss of value; 0 when they always lead.

    The loss falls from month to month, so the savings catch up at most once.
    """

    def ahead(months: float) -> float:
        value = resale_usd(own.capital_usd, months, own.resale_share_per_year)
        return saved * months - (own.capital_usd - value)

    soon = 1e-6
    if own.capital_usd == 0 or (own.resale_share_per_year > 0 and ahead(soon) >= 0):
        return 0.0
    return _root(ahead, soon, own.capital_usd / saved)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a function changes from below zero to above, by bisection."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return high


def break_even_share(own: Owned, rent: Rented, keep_months: float) -> float | None:
    """Share of all hours the machine must work for owning to cost the same as renting over
    ``keep_months``, resale counted; None when even day and night is not enough.
    """

    def ahead(hours_per_day: float) -> float:
        busy = replace(own, hours_per_day=hours_per_day)
        return rent.usd_per_month(hours_per_day) * keep_months - busy.net_usd(keep_months)

    if ahead(24.0) < 0:
        return None
    return 0.0 if ahead(0.0) >= 0 else _root(ahead, 0.0, 24.0) / 24


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one assumption moves the break-even.

    low, base, high : values of the assumption in ``unit``; the others stay at their base.
    """

    name: Literal["electricity", "resale", "hours a day", "rent"]
    unit: str
    low: float
    base: float
    high: float
    at_low: BreakEven
    at_base: BreakEven
    at_high: BreakEven


def sensitivity(own: Owned, rent: Rented) -> tuple[Swing, ...]:
    """Break-even, resale counted, at a low and a high value of each assumption.

    Electricity and use by half and double, resale over its range, rent from a spot price
    of half (AWS and GCP: 0.4 to 0.6 of on-demand) to today's.
    """
    kwh, hours, price = own.usd_per_kwh, own.hours_per_day, rent.usd_per_hour
    base = break_even(own, rent, sold=True)

    def of(changed: Owned | Rented) -> BreakEven:
        if isinstance(changed, Owned):
            return break_even(changed, rent, sold=True)
        return break_even(own, changed, sold=True)

    def swing(
        name: Literal["electricity", "resale", "hours a day", "rent"],
        unit: str,
        values: tuple[float, float, float],
        change: Callable[[float], Owned | Rented],
    ) -> Swing:
        low, middle, high = values
        return Swing(name, unit, low, middle, high, of(change(low)), base, of(change(high)))

    kept, seen = own.resale_share_per_year, resale()
    shares = (min(seen.low, kept), kept, max(seen.high, kept))
    return (
        swing("electricity", "USD/kWh", (kwh / 2, kwh, kwh * 2),
              lambda v: replace(own, usd_per_kwh=v)),
        swing("resale", "share/year", shares, lambda v: replace(own, resale_share_per_year=v)),
        swing("hours a day", "h", (hours / 2, hours, min(24.0, hours * 2)),
              lambda v: replace(own, hours_per_day=v)),
        swing("rent", "USD/h", (price / 2, price, price), lambda v: replace(rent, usd_per_hour=v)),
    )  # fmt: skip
