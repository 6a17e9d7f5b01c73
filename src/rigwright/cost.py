"""Owning against renting: cash flows, break-even in hours and months, electricity by country.

All functions are pure. Money is USD, power is at the wall, an hour is an hour of the machine at
work. Interest is left out: over the few years a machine lives it is smaller than the spread of
resale prices.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

HOURS_PER_YEAR = 8760.0
DAYS_PER_MONTH = 365.25 / 12

RESALE_PER_YEAR = 0.75
"""Share of value a card keeps per year: eBay sold prices of 24 GeForce cards, November 2022 to
November 2023, median 0.73 (Tom's Hardware series); list price to five-year resale 0.79 to 0.80."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """A dated household electricity price."""

    country: str
    usd_per_kwh: float
    date: dt.date
    source: str


# EUR at 1.17 USD (ECB reference rate, mid 2025).
TARIFFS = (
    Tariff("US", 0.1648, dt.date(2024, 12, 31), "EIA, residential average 2024"),
    Tariff("US", 0.124, dt.date(2016, 6, 30), "EIA Today in Energy, October 2016, first half 2016"),
    Tariff("JP", 0.245, dt.date(2016, 3, 31), "TEPCO residential FY2015, 25.67 JPY at 105 JPY/USD"),
    Tariff("DE", 0.449, dt.date(2025, 6, 30), "Eurostat nrg_pc_204, first half 2025, 38.35 ct"),
    Tariff("EU", 0.336, dt.date(2025, 6, 30), "Eurostat nrg_pc_204, first half 2025, 28.72 ct"),
    Tariff("BE", 0.418, dt.date(2025, 6, 30), "Eurostat nrg_pc_204, first half 2025, 35.71 ct"),
    Tariff("DK", 0.408, dt.date(2025, 6, 30), "Eurostat nrg_pc_204, first half 2025, 34.85 ct"),
    Tariff("HU", 0.122, dt.date(2025, 6, 30), "Eurostat nrg_pc_204, first half 2025, 10.40 ct"),
)


def tariff(country: str, as_of: dt.date) -> Tariff | None:
    """The latest price of a country up to a day, else its earliest; None for an unlisted one."""
    known = sorted((t for t in TARIFFS if t.country == country.upper()), key=lambda t: t.date)
    before = [t for t in known if t.date <= as_of] or known[:1]
    return before[-1] if before else None


def energy_usd_per_hour(watts: float, usd_per_kwh: float) -> float:
    """Electricity of one hour. [USD/h]"""
    return watts / 1000 * usd_per_kwh


def energy_kwh_per_year(watts: float, utilisation: float) -> float:
    """Energy of a machine that works ``utilisation`` of the time. [kWh]"""
    return watts / 1000 * utilisation * HOURS_PER_YEAR


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


def resale_usd(capital_usd: float, after_months: float, kept: float = RESALE_PER_YEAR) -> float:
    """What the parts bring after some months. [USD]"""
    return float(capital_usd * kept ** (after_months / 12))


def wear_usd_per_hour(capital_usd: float, keep_months: float, hours_per_day: float) -> float:
    """Loss of value per hour of work over the months the machine is kept. [USD/h]"""
    lost = capital_usd - resale_usd(capital_usd, keep_months)
    return lost / (keep_months * DAYS_PER_MONTH * hours_per_day)


@dataclass(frozen=True, slots=True)
class Month:
    """Money spent up to the end of a month, both ways."""

    month: int
    own_usd: float
    rent_usd: float


def cash_flow(
    capital_usd: float,
    own_usd_per_hour: float,
    rent_usd_per_hour: float,
    hours_per_day: float,
    horizon_months: int,
    *,
    storage_usd_per_month: float = 0.0,
) -> tuple[Month, ...]:
    """Cumulative cost of owning and of renting the same work, month 0 to the horizon."""
    hours = hours_per_day * DAYS_PER_MONTH
    return tuple(
        Month(
            n,
            capital_usd + n * hours * own_usd_per_hour,
            n * (hours * rent_usd_per_hour + storage_usd_per_month),
        )
        for n in range(horizon_months + 1)
    )
