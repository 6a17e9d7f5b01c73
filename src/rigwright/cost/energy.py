"""Electricity: what it costs where and when, what a machine uses of it. Power is at the wall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

HOURS_PER_YEAR = 8760.0
DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Tariff:
    """A dated household price of electricity, taxes included; standing charges are not.

    country : ISO 3166 code, or ``US-CT`` for a state or province.
    price : per kWh in ``currency``; usd_per_unit : exchange rate used.
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


# USD per unit, rounded averages: the half-year for EUR, early 2025 for GBP, 2025 for AUD, autumn
# 2016 for JPY (when the example was planned). Prices differ far more from home to home.
_EUR_2024_H2, _EUR_2025_H1, _OTHER = 1.083, 1.093, {"JPY": 1 / 105, "GBP": 1.26, "AUD": 0.645}
_EUROSTAT = "Eurostat nrg_pc_204, households"
_TABLE = """
EU | .2872 | EUR | 2025-06-30
DE | .3835 | EUR | 2025-06-30
BE | .3571 | EUR | 2025-06-30
DK | .3485 | EUR | 2025-06-30
BG | .1300 | EUR | 2025-06-30
MT | .1244 | EUR | 2025-06-30
HU | .1040 | EUR | 2025-06-30
DE | .3943 | EUR | 2024-12-31
DK | .3763 | EUR | 2024-12-31
IE | .3699 | EUR | 2024-12-31
BE | .3313 | EUR | 2024-12-31
CZ | .3302 | EUR | 2024-12-31
CY | .3251 | EUR | 2024-12-31
IT | .3111 | EUR | 2024-12-31
FR | .2926 | EUR | 2024-12-31
MT | .1301 | EUR | 2024-12-31
BG | .1217 | EUR | 2024-12-31
HU | .1032 | EUR | 2024-12-31
GB | .2486 | GBP | 2025-03-31 | Ofgem price cap, unit rate January to March 2025
US | .1648 | USD | 2024-12-31 | EIA, residential average 2024 (via Statista)
US | .1598 | USD | 2023-12-31 | EIA, residential average 2023 (via Statista)
US | .1240 | USD | 2016-06-30 | EIA Today in Energy, October 2016, first half of 2016
US-CT | .3228 | USD | 2025-04-30 | EIA Electric Power Monthly, table 5.6.A
US-MA | .3065 | USD | 2025-04-30 | EIA Electric Power Monthly, table 5.6.A
US-NY | .2567 | USD | 2025-04-30 | EIA Electric Power Monthly, table 5.6.A
US-IL | .1832 | USD | 2025-04-30 | EIA Electric Power Monthly, table 5.6.A
US-OH | .1634 | USD | 2025-04-30 | EIA Electric Power Monthly, table 5.6.A
US-IA | .1341 | USD | 2025-04-30 | EIA Electric Power Monthly, table 5.6.A
US-MO | .1283 | USD | 2025-04-30 | EIA Electric Power Monthly, table 5.6.A
JP | 25.67 | JPY | 2016-03-31 | TEPCO, residential, fiscal year 2015
JP | 28.03 | JPY | 2015-03-31 | TEPCO, residential, fiscal year 2014
AU-VIC | .282 | AUD | 2026-07-01 | Victorian Default Offer 2026-27
"""


def _rate(currency: str, date: dt.date) -> float:
    if currency == "EUR":
        return _EUR_2025_H1 if date.year == 2025 else _EUR_2024_H2
    return 1.0 if currency == "USD" else _OTHER[currency]


def _read(table: str) -> tuple[Tariff, ...]:
    found = []
    for line in table.strip().splitlines():
        country, price, currency, day, *source = (cell.strip() for cell in line.split("|"))
        date = dt.date.fromisoformat(day)
        words = source[0] if source else _EUROSTAT
        found.append(Tariff(country, float(price), currency, _rate(currency, date), date, words))
    return tuple(found)


TARIFFS: tuple[Tariff, ...] = _read(_TABLE)


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
