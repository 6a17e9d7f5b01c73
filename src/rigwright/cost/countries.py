"""What countries add, by day: electricity (power is at the wall), what it gives off, taxes."""

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Grid:
    """What a country's electricity gave off in a year, CO2 and its like. [kg/kWh]"""

    country: str
    kg_per_kwh: float
    date: dt.date


def tariff(country: str, as_of: dt.date) -> Tariff | None:
    """The latest price of a country up to a day, else its earliest; None for an unlisted one."""
    found: Tariff | None = _latest(tariffs(), country, as_of)
    return found


def grid(country: str, as_of: dt.date) -> Grid | None:
    """The same of what it gives off; a state's is its country's."""
    found: Grid | None = _latest(table(Grid, DATA / "grid.csv"), country[:2], as_of)
    return found


def _latest(rows: Iterable[Any], country: str, as_of: dt.date) -> Any:
    known = sorted((r for r in rows if r.country == country.upper()), key=lambda r: r.date)
    return ([r for r in known if r.date <= as_of] or known[:1] or [None])[-1]


def energy_usd_per_hour(watts: float, usd_per_kwh: float) -> float:
    """Electricity of one hour. [USD/h]"""
    return watts / 1000 * usd_per_kwh


def energy_kwh_per_year(watts: float, utilisation: float) -> float:
    """Energy of a machine that works ``utilisation`` of the time. [kWh]"""
    return watts / 1000 * utilisation * HOURS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Tax:
    """The standard rate of a country, which computers are taxed at, from a day on.

    share : of the price before tax.
    """

    country: str
    since: dt.date
    share: float
    name: str


def tax(country: str, day: dt.date) -> Tax | None:
    """The tax of a country's code on a day; None where it differs by state or is not listed."""
    held = [t for t in table(Tax, DATA / "taxes.csv") if t.country == country and t.since <= day]
    return max(held, key=lambda t: t.since, default=None)
