"""What shops add to a price before tax (``data/taxes.csv``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import table

TABLE = Path(__file__).parent / "data" / "taxes.csv"


@dataclass(frozen=True, slots=True)
class Tax:
    """The standard rate of a country, which computers are taxed at. share : of the price."""

    country: str
    share: float
    name: str


def tax(country: str) -> Tax | None:
    """The tax of a country's code; None where it differs by state or is not listed."""
    return next((t for t in table(Tax, TABLE) if t.country == country), None)
