"""When owning has paid off, and how busy the machine must be for it.

Interest is left out: over the few years a machine lives it is smaller than the spread of resale
prices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from rigwright.cost.energy import DAYS_PER_MONTH
from rigwright.cost.owning import Owned, resale_usd
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
