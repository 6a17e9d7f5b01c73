"""Month by month: what has been spent so far, both ways. For charts."""

from __future__ import annotations

from dataclasses import dataclass

from rigwright.cost.energy import DAYS_PER_MONTH
from rigwright.cost.owning import Owned
from rigwright.cost.renting import Rented


@dataclass(frozen=True, slots=True)
class Month:
    """Money spent up to the end of a month, both ways.

    own_net_usd : own_usd less what the parts would bring then; None where resale is not asked.
    """

    month: int
    own_usd: float
    rent_usd: float
    own_net_usd: float | None = None


def cash_flows(own: Owned, rent: Rented, horizon_months: int) -> tuple[Month, ...]:
    """Cumulative cost of owning and of renting the same work, month 0 to the horizon."""
    monthly = rent.usd_per_month(own.hours_per_day)
    return tuple(
        Month(n, own.spent_usd(n), n * monthly, own.net_usd(n)) for n in range(horizon_months + 1)
    )


def cash_flow(
    capital_usd: float,
    own_usd_per_hour: float,
    rent_usd_per_hour: float,
    hours_per_day: float,
    horizon_months: int,
    *,
    storage_usd_per_month: float = 0.0,
) -> tuple[Month, ...]:
    """``cash_flows`` from the prices of an hour alone, without resale."""
    hours = hours_per_day * DAYS_PER_MONTH
    return tuple(
        Month(
            n,
            capital_usd + n * hours * own_usd_per_hour,
            n * (hours * rent_usd_per_hour + storage_usd_per_month),
        )
        for n in range(horizon_months + 1)
    )
