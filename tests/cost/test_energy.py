import datetime as dt

import pytest

from rigwright.cost import energy_kwh_per_year, energy_usd_per_hour, tariff, tariffs


def test_energy_of_an_hour_and_a_year():
    assert energy_usd_per_hour(250, 0.124) == pytest.approx(0.031)
    assert energy_kwh_per_year(450, 0.15) == pytest.approx(591.3)


def test_every_tariff_has_a_date_a_source_and_a_sane_price():
    for t in tariffs():
        assert t.source and t.date.year >= 2015
        assert 0.08 < t.usd_per_kwh < 0.50, t
    assert len({(t.country, t.date) for t in tariffs()}) == len(tariffs())


def test_the_latest_price_up_to_the_day():
    assert tariff("us", dt.date(2016, 10, 29)).usd_per_kwh == pytest.approx(0.124)
    assert tariff("US", dt.date(2025, 1, 1)).price == pytest.approx(0.1648)
    assert tariff("DE", dt.date(2025, 1, 1)).price == pytest.approx(0.3943)
    assert tariff("DE", dt.date(2026, 1, 1)).price == pytest.approx(0.3835)
    assert tariff("US-MO", dt.date(2026, 1, 1)).price == pytest.approx(0.1283)


def test_before_the_first_price_the_first_one_says_its_date():
    assert tariff("EU", dt.date(2016, 1, 1)).date == dt.date(2025, 6, 30)


@pytest.mark.parametrize("country", ["XX", "", "US-TX"])
def test_an_unlisted_country_is_unknown(country):
    assert tariff(country, dt.date(2025, 1, 1)) is None
