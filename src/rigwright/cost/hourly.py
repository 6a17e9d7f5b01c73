"""Hour against hour: the short calculation, without resale, idle time or storage."""

from __future__ import annotations

from rigwright.cost.energy import DAYS_PER_MONTH


def break_even_hours(
    capital_usd: float,
    rent_usd_per_hour: float,
    own_usd_per_hour: float,
    *,
    relative_speed: float = 1.0,
    resale_usd: float = 0.0,
) -> float | None:
    """Hours of the owned machine's work after which owning has cost less. [h]

    relative_speed : throughput of the rented machine over the owned one; a slower one must be
    rented longer for the same work, so its hour costs ``rent / relative_speed``.
    Returns None when renting the same work costs no more than the owned machine's electricity.
    """
    saved = rent_usd_per_hour / relative_speed - own_usd_per_hour
    return None if saved <= 0 else max(capital_usd - resale_usd, 0.0) / saved


def months(hours: float, hours_per_day: float) -> float:
    """Working hours as calendar months. [months]"""
    return hours / hours_per_day / DAYS_PER_MONTH


def break_even_utilisation(
    capital_usd: float, rent_usd_per_hour: float, own_usd_per_hour: float, horizon_months: float
) -> float | None:
    """Share of the time a machine must work to pay within the horizon; None = never."""
    hours = break_even_hours(capital_usd, rent_usd_per_hour, own_usd_per_hour)
    if hours is None:
        return None
    share = hours / (horizon_months * DAYS_PER_MONTH * 24)
    return share if share <= 1 else None


def job_usd(job_s: float, usd_per_hour: float, *, restart_overhead: float = 0.0) -> float:
    """One epoch or job on a machine: what to compare, not the price of an hour. [USD]

    job_s : time of the job on *this* machine.  restart_overhead : share of work done twice because
    a spot machine was taken away.
    """
    return job_s / 3600 * (1 + restart_overhead) * usd_per_hour
