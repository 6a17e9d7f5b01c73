"""Owning against renting: energy, resale, terms of providers, break-even. Pure functions, USD."""

from rigwright.cost.countries import DAYS_PER_MONTH, HOURS_PER_YEAR, Tariff, Tax, grid, tariff, tax
from rigwright.cost.countries import energy_kwh_per_year as energy_kwh_per_year
from rigwright.cost.countries import energy_usd_per_hour as energy_usd_per_hour
from rigwright.cost.countries import tariffs as tariffs
from rigwright.cost.owning import Owned, Resale, resale, resale_usd
from rigwright.cost.renting import Rented, terms
from rigwright.cost.verdict import BreakEven, break_even, break_even_hours, job_usd

__all__ = [
    "DAYS_PER_MONTH", "HOURS_PER_YEAR", "BreakEven", "Owned", "Rented", "Resale", "Tariff", "Tax",
    "break_even", "break_even_hours", "grid", "job_usd", "resale", "resale_usd", "tariff", "tax",
    "terms",
]  # fmt: skip
