"""The tax of a country is that of the day."""

import datetime as dt

import pytest

from rigwright.cost.countries import DATA, Tax, tax
from rigwright.spec.tables.countries import country
from rigwright.spec.tables.table import table

ROWS = table(Tax, DATA / "taxes.csv")


@pytest.mark.parametrize(
    ("code", "day", "share"),
    [("JP", "2014-03-31", 0.05), ("JP", "2014-04-01", 0.08), ("JP", "2026-11-29", 0.1),
     ("DE", "2020-08-01", 0.16), ("DE", "2021-01-01", 0.19), ("CH", "2023-12-31", 0.077)],
)  # fmt: skip
def test_the_latest_up_to_the_day_holds(code, day, share):
    assert tax(code, dt.date.fromisoformat(day)).share == share


def test_what_is_not_known_is_none():
    assert tax("US", dt.date(2026, 1, 1)) is None  # differs by state
    first = min(r.since for r in ROWS if r.country == "IN")
    assert tax("IN", first - dt.timedelta(days=1)) is None


def test_rows_are_of_known_countries_and_each_day_has_one():
    assert len({(r.country, r.since) for r in ROWS}) == len(ROWS)
    for row in ROWS:
        assert country(row.country).code == row.country and 0 < row.share < 0.3
