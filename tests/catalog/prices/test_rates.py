"""Rates of exchange: the latest of a day counts, a user's file is read whole or not at all."""

import datetime as dt
import itertools

import pytest

from rigwright.catalog.prices.rates import Rate, embedded, latest, read_rates
from rigwright.spec.errors import InputError

GOOD = "date,currency,usd\n2026-01-02,CAD,0.73\n2026-06-01,cad,0.72\n2026-06-01,CHF,1.25\n"


def written(tmp_path, text):
    path = tmp_path / "rates.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_embedded_rates_follow_each_other_calmly():
    for currency in ("EUR", "GBP", "JPY"):
        own = [r.usd for r in embedded() if r.currency == currency]
        assert len(own) > 20 and all(0.8 < b / a < 1.25 for a, b in itertools.pairwise(own))
    assert max(r.date for r in embedded()) >= dt.date(2026, 5, 8)


def test_a_file_is_read_in_any_order_of_columns(tmp_path):
    found = read_rates(written(tmp_path, GOOD))
    assert Rate(dt.date(2026, 6, 1), "CAD", 0.72) in found and len(found) == 3
    turned = "usd,note,Currency,date\n0.73,seen at a bank,CAD,2026-01-02\n"
    assert read_rates(written(tmp_path, turned)) == (Rate(dt.date(2026, 1, 2), "CAD", 0.73),)


def test_the_latest_up_to_the_day_counts(tmp_path):
    rates = read_rates(written(tmp_path, GOOD))
    assert latest(rates, "CAD", dt.date(2026, 5, 31)).usd == 0.73
    assert latest(rates, "CAD", dt.date(2026, 6, 1)).usd == 0.72
    assert latest(rates, "CAD", dt.date(2020, 1, 1)).usd == 0.73
    assert latest((), "USD", dt.date(2020, 1, 1)).usd == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "columns"),
        ("date,currency\n2026-01-02,CAD\n", "columns: got 'date, currency'"),
        ("date,currency,usd\n", "no rates"),
        ("date,currency,usd\n2026-13-02,CAD,1\n", ":2: date: got '2026-13-02'"),
        ("date,currency,usd\n2999-01-02,CAD,1\n", "date: got '2999-01-02'"),
        ("date,currency,usd\n2026-01-02,EURO,1\n", "currency: got 'EURO'"),
        ("date,currency,usd\n2026-01-02,USD,1\n", "currency: got 'USD'"),
        ("date,currency,usd\n2026-01-02,CAD,0\n", "usd: got '0'"),
        ("date,currency,usd\n2026-01-02,CAD,nan\n", "usd: got 'nan'"),
        ("date,currency,usd\n2026-01-02,CAD,1e300\n", "usd: got '1e300'"),
        ("date,currency,usd\n2026-01-02,CAD,-1\n", "usd: got '-1'"),
        ("date,currency,usd\n2026-01-02,CAD\n", "usd: got ''"),
        (GOOD + "2026-06-01,CAD,0.9\n", ":5: usd: got '0.72 and 0.9 for CAD"),
        (GOOD + '2026-06-02,"CAD\n', "usd: got ''"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, text, says):
    with pytest.raises(InputError) as error:
        read_rates(written(tmp_path, text))
    assert says in str(error.value) and "\n" not in str(error.value)


def test_a_device_is_refused():
    from pathlib import Path

    with pytest.raises(InputError, match="pipe or device"):
        read_rates(Path("/dev/zero"))
