"""Published rent-or-own calculations, each with its source, through the full cost model."""

import pytest

from rigwright.cost import Owned, Rented, break_even, energy_kwh_per_year, job_usd


def test_dettmers_2020():
    # Tim Dettmers, "Which GPU(s) to Get for Deep Learning", 2020-09-07: desktop $2,200, 350 W GPU
    # and 100 W CPU, 15 % use, $0.12/kWh -> 591 kWh and $71 a year; AWS V100 $2.14/h; "300 days":
    # $2.14 x 0.15 x 24 h x 300 d = $2,311 against $2,200 + $71.
    assert energy_kwh_per_year(350 + 100, 0.15) == pytest.approx(591, abs=1)
    own = Owned(capital_usd=2200, load_w=450, usd_per_kwh=0.12, hours_per_day=0.15 * 24)
    assert own.usd_per_month * 12 == pytest.approx(71, abs=0.5)
    rent = Rented(usd_per_hour=2.14)
    assert rent.work_usd_per_hour * 0.15 * 24 * 300 == pytest.approx(2311, abs=1)
    found = break_even(own, rent)
    assert found.days == pytest.approx(300, rel=0.03)
    # exactly: 2200 / ((2.14 - 0.054) x 3.6 h) = 293 days; he adds a whole year of electricity
    assert found.days == pytest.approx(2200 / ((2.14 - 0.054) * 3.6), rel=1e-9)
    his_days = (2200 + 71) / (2.14 * 3.6)
    assert his_days == pytest.approx(295, abs=1)


SEED = Owned(capital_usd=1200, load_w=250, usd_per_kwh=0.124, hours_per_day=24)


@pytest.mark.parametrize(
    ("instance", "usd_per_hour", "hours", "days"),
    [
        ("g2.2xlarge", 0.65, 1939, 80.8),
        ("g2.8xlarge", 2.60, 467, 19.5),
        ("p2.xlarge", 0.90, 1381, 57.5),
    ],
)
def test_2016_desktop_hour_for_hour(instance, usd_per_hour, hours, days):
    # parts $1,200; 0.25 kW at $0.124/kWh (EIA, US residential, first half of 2016) = $0.031/h;
    # AWS us-east-1 on-demand, October 2016
    found = break_even(SEED, Rented(usd_per_hour=usd_per_hour))
    assert found.hours == pytest.approx(hours, abs=1)
    assert found.days == pytest.approx(days, abs=0.1)
    half = Owned(capital_usd=1200, load_w=250, usd_per_kwh=0.124, hours_per_day=8)
    assert break_even(half, Rented(usd_per_hour=usd_per_hour)).days == pytest.approx(
        3 * days, abs=0.3
    )


@pytest.mark.parametrize(("faster", "hours"), [(2, 946), (3, 625)])
def test_2016_desktop_job_for_job(faster, hours):
    # a GTX 1070 is 2 to 3 times a g2.2xlarge, so an hour of it replaces 2 to 3 rented hours:
    # 1,200 / (k x 0.65 - 0.031)
    rent = Rented(usd_per_hour=0.65, relative_speed=1 / faster)
    assert break_even(SEED, rent).hours == pytest.approx(hours, abs=1)


EPOCH = {  # innodatalabs, November 2016, tf-lstm-char-cnn: seconds and cents of one epoch
    "c4.8xlarge": (1404, 65),
    "g2.2xlarge": (3779, 68),
    "p2.xlarge": (428, 11),
}
USD_PER_HOUR = {"g2.2xlarge": 0.65, "p2.xlarge": 0.90}  # AWS us-east-1 on-demand, 2016


@pytest.mark.parametrize("instance", USD_PER_HOUR)
def test_innodatalabs_2016_cents_per_epoch(instance):
    seconds, cents = EPOCH[instance]
    assert job_usd(seconds, USD_PER_HOUR[instance]) * 100 == pytest.approx(cents, abs=0.5)


def test_innodatalabs_2016_the_dearer_hour_is_the_cheaper_epoch():
    usd = {name: job_usd(EPOCH[name][0], price) for name, price in USD_PER_HOUR.items()}
    assert USD_PER_HOUR["p2.xlarge"] > USD_PER_HOUR["g2.2xlarge"]
    assert usd["g2.2xlarge"] / usd["p2.xlarge"] == pytest.approx(6.4, abs=0.1)


def test_innodatalabs_2016_processor_epoch_implies_its_hourly_price():
    # the source gives cents, not the hourly price: 65 cents in 1404 s is $1.67/h
    seconds, cents = EPOCH["c4.8xlarge"]
    assert job_usd(seconds, 1.67) * 100 == pytest.approx(cents, abs=0.5)


# randomcalculators.com, on-premises against cloud: 8 x $35,000, 40 % overhead, 4 years, 0.7 kW,
# PUE 1.4, $0.12/kWh, 400 h a month, $3,000 a month for space, $4.50/h in the cloud. Its answer:
# "no break-even".
CAPITAL = 8 * 35_000 * 1.4
OWNED_8 = Owned(
    capital_usd=CAPITAL,
    load_w=8 * 700,
    usd_per_kwh=0.12,
    hours_per_day=400 / (365.25 / 12),
    cooling_factor=1.4,
    upkeep_usd_per_year=12 * 3_000,
)
CLOUD_8 = Rented(usd_per_hour=8 * 4.5)


def test_randomcalculators_no_break_even_by_its_own_formula():
    amortised = CAPITAL / (12 * 4)
    energy = 8 * 400 * 0.7 * 1.4 * 0.12
    cloud = 8 * 400 * 4.5
    assert OWNED_8.usd_per_month == pytest.approx(energy + 3_000)
    assert CLOUD_8.usd_per_month(OWNED_8.hours_per_day) == pytest.approx(cloud)
    # 14,400 in the cloud, 8,167 + 376 + 3,000 on premises: 392,000 / 2,857 = 137 months, longer
    # than the four years the machines are written off in
    assert CAPITAL / (cloud - amortised - energy - 3_000) > 4 * 12


def test_randomcalculators_counts_the_capital_twice():
    # it subtracts amortisation from the savings and then asks for the whole capital again; by
    # money spent the machines have paid off after 35.6 of their 48 months
    found = break_even(OWNED_8, CLOUD_8)
    assert found.months == pytest.approx(CAPITAL / (14_400 - 3_376.32), rel=1e-6)
    assert found.months == pytest.approx(35.6, abs=0.1)
