"""Owning against renting: closed forms, limits, and agreement of the parts with each other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rigwright.cost import (
    DAYS_PER_MONTH,
    Owned,
    Rented,
    break_even,
    break_even_hours,
    job_usd,
)
from rigwright.spec.errors import InputError

OWN = Owned(capital_usd=1200, load_w=250, usd_per_kwh=0.124, hours_per_day=8)
RENT = Rented(usd_per_hour=0.65)
USD = st.floats(10, 20_000)
MACHINES = st.builds(
    Owned,
    capital_usd=USD,
    load_w=st.floats(50, 2000),
    usd_per_kwh=st.floats(0.02, 0.6),
    hours_per_day=st.floats(0.5, 24),
    idle_w=st.floats(0, 150),
    on_hours_per_day=st.floats(0, 24),
    resale_share_per_year=st.floats(0.2, 0.99),
    sale_share=st.floats(0, 0.5),
    upkeep_usd_per_year=st.floats(0, 300),
    cooling_factor=st.floats(1, 2),
)
RENTALS = st.builds(
    Rented,
    usd_per_hour=st.floats(0.05, 40),
    relative_speed=st.floats(0.1, 10),
    restart_overhead=st.floats(0, 0.5),
    storage_gb=st.floats(0, 2000),
    storage_usd_per_gb_month=st.floats(0, 0.2),
)


def test_running_cost_of_a_month():
    own = replace(OWN, idle_w=60, on_hours_per_day=24, upkeep_usd_per_year=120, cooling_factor=1.25)
    kwh = (250 * 8 + 60 * 16) / 1000 * DAYS_PER_MONTH
    assert own.usd_per_month == pytest.approx(kwh * 0.124 * 1.25 + 10)
    assert own.work_usd_per_hour == pytest.approx(0.031 * 1.25)
    assert replace(own, hours_per_day=24).idle_hours_per_day == 0


def test_rent_of_a_month():
    rent = Rented(
        usd_per_hour=1.0, relative_speed=0.5, restart_overhead=0.1, storage_gb=200,
        storage_usd_per_gb_month=0.1, egress_gb_per_month=50, egress_usd_per_gb=0.09,
    )  # fmt: skip
    assert rent.work_usd_per_hour == pytest.approx(2.2)
    assert rent.usd_per_month(8) == pytest.approx(2.2 * 8 * DAYS_PER_MONTH + 20 + 4.5)


def test_the_long_and_the_short_calculation_agree():
    found = break_even(OWN, RENT)
    assert found.hours == pytest.approx(break_even_hours(1200, 0.65, 0.031))
    assert found.days == pytest.approx(found.hours / 8)
    assert found.months == pytest.approx(found.hours / 8 / DAYS_PER_MONTH) and found.never == ""


@given(own=MACHINES, rent=RENTALS, sold=st.booleans())
def test_break_even_is_where_the_two_costs_meet(own, rent, sold):
    found = break_even(own, rent, sold=sold)
    monthly = rent.usd_per_month(own.hours_per_day)

    def owning(t: float) -> float:
        return own.net_usd(t) if sold else own.spent_usd(t)

    if found.months is None:
        assert found.hours is None and found.days is None and found.never
        assert owning(240) >= monthly * 240 - 1e-6 * own.capital_usd
        return
    slack = 1e-6 * (own.capital_usd + monthly * found.months)
    after = found.months * 1.01 + 0.01
    assert owning(after) <= monthly * after + slack
    if found.months > 0:
        assert owning(found.months) == pytest.approx(monthly * found.months, abs=slack)
        before = found.months * 0.99
        assert owning(before) >= monthly * before - slack


@given(own=MACHINES, rent=RENTALS)
def test_selling_never_delays_it(own, rent):
    plain, sold = break_even(own, rent), break_even(own, rent, sold=True)
    if plain.months is not None:
        assert sold.months is not None and sold.months <= plain.months + 1e-9
        if own.sale_share > 0.01 and own.capital_usd > 1:
            assert sold.months > 0  # who sells on the first day has lost the fee


def test_never_says_why():
    assert break_even(OWN, Rented(usd_per_hour=0.02)).never == "rent is below running cost"
    assert break_even(replace(OWN, hours_per_day=0), RENT).never == "no work"
    slow = break_even(replace(OWN, hours_per_day=0.01), RENT)
    assert slow.never == "not within the horizon" and slow.months is None
    assert break_even(OWN, RENT, horizon_months=3).never == "not within the horizon"


def test_a_part_worth_nothing_when_sold_is_money_spent():
    lost = replace(OWN, resale_share_per_year=0.0)
    assert break_even(lost, RENT, sold=True).months == pytest.approx(break_even(OWN, RENT).months)
    kept = replace(OWN, resale_share_per_year=1.0)
    assert break_even(kept, RENT, sold=True).months == 0


def test_a_job_costs_time_on_that_machine():
    assert job_usd(3600, 1.5) == 1.5
    assert job_usd(1800, 1.0, restart_overhead=0.2) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("field", "value"),
    [("capital_usd", -1), ("load_w", float("nan")), ("hours_per_day", 25),
     ("resale_share_per_year", 1.1), ("cooling_factor", 0.9), ("usd_per_kwh", float("inf"))],
)  # fmt: skip
def test_bad_numbers_of_a_machine_are_named(field, value):
    with pytest.raises(InputError, match=field):
        replace(OWN, **{field: value})


@pytest.mark.parametrize(
    ("field", "value"), [("usd_per_hour", -1), ("relative_speed", 0), ("storage_gb", -5)]
)
def test_bad_numbers_of_a_rental_are_named(field, value):
    with pytest.raises(InputError, match=field):
        replace(RENT, **{field: value})
