"""When owning has paid off; hour against hour, the short calculation without resale or storage.

Interest is left out: over the few years a machine lives it is smaller than the spread of resale
prices.
"""

from dataclasses import dataclass
from typing import Literal

from rigwright.cost.countries import DAYS_PER_MONTH
from rigwright.cost.owning import Owned
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
        return saved * months - (own.capital_usd - own.worth_usd(months))

    soon = 1e-6
    if own.capital_usd == 0 or (own.resale_share_per_year > 0 and ahead(soon) >= 0):
        return 0.0
    low, high = soon, own.capital_usd / saved
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if ahead(middle) < 0 else (low, middle)
    return high


def break_even_hours(
    capital_usd: float, rent_usd_per_hour: float, own_usd_per_hour: float, *,
    relative_speed: float = 1.0, resale_usd: float = 0.0,
) -> float | None:  # fmt: skip
    """Hours of the owned machine's work after which owning has cost less. [h]

    relative_speed : throughput of the rented machine over the owned one; a slower one must be
    rented longer for the same work, so its hour costs ``rent / relative_speed``.
    Returns None when renting the same work costs no more than the owned machine's electricity.
    """
    saved = rent_usd_per_hour / relative_speed - own_usd_per_hour
    return None if saved <= 0 else max(capital_usd - resale_usd, 0.0) / saved


def job_usd(job_s: float, usd_per_hour: float, *, restart_overhead: float = 0.0) -> float:
    """One epoch or job on a machine: what to compare, not the price of an hour. [USD]

    job_s : time of the job on *this* machine.  restart_overhead : share of work done twice because
    a spot machine was taken away.
    """
    return job_s / 3600 * (1 + restart_overhead) * usd_per_hour
