"""What shops add to a price before tax (``data/taxes.csv``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import table

TABLE = Path(__file__).parent / "data" / "taxes.csv"


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
    held = [t for t in table(Tax, TABLE) if t.country == country and t.since <= day]
    return max(held, key=lambda t: t.since, default=None)
