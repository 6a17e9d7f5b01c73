"""Published rent-or-own calculations."""

import pytest

from rigwright import cost


def test_dettmers_2020_desktop_against_aws_v100():
    # Tim Dettmers, "Which GPU(s) to Get for Deep Learning", 2020-09-07: $2,200 desktop, 350 W GPU
    # and 100 W CPU at 15 % use, $0.12/kWh: 591 kWh and $71 a year; AWS V100 at $2.14/h: 300 days.
    watts, use = 450, 0.15
    kwh = cost.energy_kwh_per_year(watts, use)
    assert kwh == pytest.approx(591, abs=1)
    assert kwh * 0.12 == pytest.approx(71, abs=0.5)
    hours = cost.break_even_hours(2200, 2.14, cost.energy_usd_per_hour(watts, 0.12))
    assert hours is not None
    assert hours / (24 * use) == pytest.approx(293, abs=1)  # he rounds to 300 days


@pytest.mark.parametrize(
    ("usd_per_hour", "hours"), [(0.65, 1939), (2.60, 467), (0.90, 1381)]
)  # g2.2xlarge, g2.8xlarge (us-east-1, 2016-06-28), p2.xlarge
def test_2016_desktop_hour_for_hour(usd_per_hour, hours):
    # $1,200 of parts, 0.25 kW at $0.124/kWh (EIA, US residential, first half of 2016)
    own = cost.energy_usd_per_hour(250, 0.124)
    assert own == pytest.approx(0.031)
    assert cost.break_even_hours(1200, usd_per_hour, own) == pytest.approx(hours, abs=1)


def test_a_twice_slower_rented_machine_is_rented_twice_as_long():
    same = cost.break_even_hours(1200, 0.65, 0.031)
    slower = cost.break_even_hours(1200, 0.65, 0.031, relative_speed=0.5)
    assert slower == pytest.approx(1200 / (1.30 - 0.031)) and slower < same


@pytest.mark.parametrize(
    ("seconds", "usd_per_hour", "cents"),
    [(3779, 0.65, 68), (428, 0.90, 11)],  # g2.2xlarge, p2.xlarge; c4.8xlarge is quoted at 65 cents
)
def test_innodatalabs_2016_cost_of_an_epoch(seconds, usd_per_hour, cents):
    # innodatalabs, November 2016, tf-lstm-char-cnn, one epoch: the dearer hour is the cheaper epoch
    assert seconds / 3600 * usd_per_hour * 100 == pytest.approx(cents, abs=0.5)


def test_rent_below_electricity_never_pays():
    assert cost.break_even_hours(1200, 0.02, 0.031) is None


def test_resale_follows_the_yearly_share():
    assert cost.resale_usd(1000, 24) == pytest.approx(1000 * 0.75**2)
