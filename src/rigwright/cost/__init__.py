"""Owning against renting: energy, resale, tax, break-even. Pure functions, USD."""

from rigwright.cost.energy import (
    DAYS_PER_MONTH,
    HOURS_PER_YEAR,
    Tariff,
    energy_kwh_per_year,
    energy_usd_per_hour,
    tariff,
    tariffs,
)
from rigwright.cost.hourly import break_even_hours, break_even_utilisation, job_usd, months
from rigwright.cost.owning import (
    Owned,
    Resale,
    resale,
    resale_usd,
    wear_usd_per_hour,
)
from rigwright.cost.renting import Rented
from rigwright.cost.taxes import Tax, tax
from rigwright.cost.verdict import BreakEven, break_even, break_even_share

__all__ = [
    "DAYS_PER_MONTH", "HOURS_PER_YEAR", "BreakEven", "Owned", "Rented", "Resale",
    "Tariff", "Tax", "break_even", "break_even_hours", "break_even_share", "break_even_utilisation",
    "energy_kwh_per_year", "energy_usd_per_hour", "job_usd", "months",
    "resale", "resale_usd", "tariff", "tariffs", "tax", "wear_usd_per_hour",
]  # fmt: skip
