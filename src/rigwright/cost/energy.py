"""Electricity: what it costs where and when, what a machine uses of it. Power is at the wall."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import table

DATA = Path(__file__).parent / "data"
HOURS_PER_YEAR = 8760.0
DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Tariff:
    """A dated household price of electricity, taxes included; standing charges are not.

    country : ISO 3166 code, or ``US-CT`` for a state or province.
    price : per kWh in ``currency``; usd_per_unit : exchange rate used.  date : last day it is of.
    """

    country: str
    price: float
    currency: str
    usd_per_unit: float
    date: dt.date
    source: str

    @property
    def usd_per_kwh(self) -> float:
        """The price in USD. [USD/kWh]"""
        return self.price * self.usd_per_unit


@functools.cache
def tariffs() -> tuple[Tariff, ...]:
    """Every price of the table. Rates are rounded: prices differ far more from home to home."""
    return table(Tariff, DATA / "electricity.csv")


def tariff(country: str, as_of: dt.date) -> Tariff | None:
    """The latest price of a country up to a day, else its earliest; None for an unlisted one."""
    known = sorted((t for t in tariffs() if t.country == country.upper()), key=lambda t: t.date)
    before = [t for t in known if t.date <= as_of] or known[:1]
    return before[-1] if before else None


def energy_usd_per_hour(watts: float, usd_per_kwh: float) -> float:
    """Electricity of one hour. [USD/h]"""
    return watts / 1000 * usd_per_kwh


def energy_kwh_per_year(watts: float, utilisation: float) -> float:
    """Energy of a machine that works ``utilisation`` of the time. [kWh]"""
    return watts / 1000 * utilisation * HOURS_PER_YEAR
