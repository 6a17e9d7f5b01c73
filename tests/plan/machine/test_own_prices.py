"""What somebody says that a part costs them is the price of that question, and no other."""

import datetime as dt

import pytest

from rigwright.catalog.prices.ledger import price_words
from rigwright.catalog.source import rate
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.goals import goal_of_data
from rigwright.plan.machine.planning import plan
from rigwright.spec.errors import InputError, UnknownNameError

BASE = {
    "workload": {"model": "resnet50", "batch": 8},
    "budget": {"usd": 2500},
    "as_of": "2026-11-01",
}
PSU = "Corsair RM1000x"


def goal(*prices):
    return goal_of_data(BASE, {"price": list(prices)} if prices else {}).goal


def cards(m, chip):
    return {c.part.id: c.cents for c in m.cards[chip]}


def test_a_chips_price_is_that_of_each_of_its_cards():
    before, after = market(goal()), market(goal("RTX 5070=111.5"))
    chip = next(c for c in before.cards if c.endswith("rtx-5070"))
    assert set(cards(after, chip).values()) == {11150}
    other = next(c for c in before.cards if c.endswith("rtx-5060"))
    assert cards(after, other) == cards(before, other)
    assert cards(market(goal()), chip) == cards(before, chip)


def test_the_plan_says_whose_price_it_is():
    chosen = plan(goal()).chosen
    part = next(line for line in chosen.parts if line.kind == "psu")
    found = plan(goal(f"psu:{part.id}=1.25")).chosen
    line = next(line for line in found.parts if line.kind == "psu")
    assert (line.id, line.usd, line.price_basis) == (part.id, 1.25, "yours")
    assert price_words(line) == "your price"


@pytest.mark.parametrize("text", ["RTX 5090", "=5", "RTX 5090=", "RTX 5090=-3", "X=nan", "X=1e300"])
def test_no_price_is_one_line(text):
    with pytest.raises(InputError, match=r"limits\.prices.*NAME=USD"):
        parse_goal(BASE | {"limits": {"prices": [text]}}, "goal")


@pytest.mark.parametrize(
    ("said", "currency"),
    [("€2,400", "EUR"), ("2400 EUR", "EUR"), ("2.400,00 €", "EUR"), ("£2400", "GBP"),
     ("¥2400", "JPY"), ("$2,400", "USD"), ("2400", "USD")],
)  # fmt: skip
def test_a_price_in_another_currency_counts_at_the_rate_of_the_day(said, currency):
    [cents] = set(cards(market(goal(f"RTX 5070={said}")), "geforce-rtx-5070").values())
    unit = 1.0 if currency == "USD" else rate(currency, dt.date.fromisoformat(BASE["as_of"])).usd
    assert cents == round(2400 * unit * 100)


def test_a_currency_without_a_rate_is_one_line():
    with pytest.raises(InputError, match=r"limits\.prices.*EUR.*prices rates FILE"):
        parse_goal(BASE | {"limits": {"prices": ["RTX 5090=CHF 2400"]}}, "goal")


def test_a_name_that_nobody_knows_is_refused():
    with pytest.raises(UnknownNameError):
        market(goal("No such thing=5"))
