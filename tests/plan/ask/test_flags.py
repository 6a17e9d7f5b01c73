"""A budget as people write it is the amount and currency that they mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rigwright.plan.machine.goals import goal_of_data
from rigwright.spec.errors import InputError

BASE = {"workload": {"model": "resnet50"}, "as_of": "2026-11-01"}
SIGNS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}


def budget(text):
    return goal_of_data(BASE, {"budget": text}).goal.budget


@settings(deadline=None)
@given(amount=st.integers(100, 5_000_000), currency=st.sampled_from(sorted(SIGNS)))
def test_every_way_of_writing_it_is_the_same(amount, currency):
    sign, same = SIGNS[currency], budget(f"{amount} {currency}").usd
    ways = [f"{sign}{amount}", f"{sign}{amount:,}", f"{amount:,} {currency}", f"{amount}{currency}"]
    assert {budget(way).usd for way in ways} == {same}
    if currency == "USD":
        assert same == budget(str(amount)).usd == budget(f"{amount:,}").usd == amount


@pytest.mark.parametrize(("text", "usd"), [("3k", 3000), ("$60k", 60_000), ("3.5k", 3500)])
def test_thousands(text, usd):
    assert budget(text).usd == usd


@pytest.mark.parametrize(
    "text", ["abc", "€", "k", "CA$3000", "2500 XYZ", "-5 EUR", "nan", "€1e300"]
)
def test_what_is_no_budget_is_one_line(text):
    with pytest.raises(InputError, match=r"budget\.(usd|amount|currency)"):
        budget(text)
