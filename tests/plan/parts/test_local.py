"""A budget in another currency counts at the rate of its day; the tax of the country is told."""

import datetime as dt

import pytest

from rigwright.catalog.prices.rates import rate
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.goals import goal_of_data
from rigwright.plan.parts.local import local_notes
from rigwright.spec.errors import InputError
from rigwright.web.asks import GoalQuery

RUN = {"model": "resnet50"}


def goal(budget, **more):
    return parse_goal({"workload": RUN, "budget": budget} | more, "goal")


def test_the_rate_is_the_latest_up_to_the_day():
    assert rate("EUR", dt.date(2017, 6, 29)).date == dt.date(2016, 12, 30)
    assert rate("EUR", dt.date(2017, 6, 30)).usd == 1.1412
    assert rate("JPY", dt.date(2011, 1, 1)).date == dt.date(2013, 12, 31)
    assert rate("USD", dt.date(2020, 1, 1)).usd == 1
    assert 1.2 < rate("GBP", dt.date(2024, 12, 31)).usd < 1.3


def test_an_amount_is_the_same_budget_on_every_surface():
    day = {"as_of": "2016-12-31"}
    said = goal({"amount": 1000, "currency": "EUR"}, **day)
    assert said.budget.usd == pytest.approx(1054.1)
    flag = goal_of_data({"workload": RUN} | day, {"budget": "1000 eur"}).goal
    link = GoalQuery.model_validate(RUN | day | {"amount": "1000", "currency": "EUR"}).goal()
    assert said.budget == flag.budget
    assert link.budget.model_dump() == said.budget.model_dump()
    over = goal_of_data({"workload": RUN, "budget": {"usd": 9}}, {"budget": "1000 EUR"}).goal
    assert over.budget.amount == 1000 and over.budget.usd > 1000


@pytest.mark.parametrize(
    ("budget", "says"),
    [
        ({"amount": 100, "currency": "XYZ"}, "budget.currency: got 'XYZ'"),
        ({"amount": -4, "currency": "EUR"}, "budget.amount: got -4"),
        ({"amount": 1e300, "currency": "EUR"}, "budget.amount"),
        ({"currency": "EUR"}, "budget.usd: got 'nothing'"),
    ],
)
def test_what_is_wrong_is_one_line(budget, says):
    with pytest.raises(InputError, match=says) as error:
        goal(budget)
    assert "\n" not in str(error.value)


def test_notes_say_both_currencies_and_the_tax():
    euro = goal({"amount": 1000, "currency": "EUR"}, site={"country": "DE"}, as_of="2016-12-31")
    budget, tax = local_notes(euro, 527.05)
    assert "1,000 EUR, $1,054 (at $1.054 of 2016-12-30); the machine: 500 EUR, $527" in budget
    assert tax == "VAT of Germany adds 19 %: 595 EUR, $627 with it"
    assert list(local_notes(goal({"usd": 1000}), 500)) == []
