"""What a currency is worth in USD on a day (``data/rates.csv``)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import table

TABLE = Path(__file__).parents[1] / "data" / "rates.csv"


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency was worth. [USD]"""

    date: dt.date
    currency: str
    usd: float


def currencies() -> tuple[str, ...]:
    """Those with a rate; USD first."""
    return ("USD", *dict.fromkeys(r.currency for r in table(Rate, TABLE)))


def rate(currency: str, day: dt.date) -> Rate:
    """The latest rate up to a day, else the earliest. currency : of the table, or USD."""
    if currency == "USD":
        return Rate(day, "USD", 1.0)
    known = sorted((r for r in table(Rate, TABLE) if r.currency == currency), key=lambda r: r.date)
    return ([r for r in known if r.date <= day] or known[:1])[-1]
