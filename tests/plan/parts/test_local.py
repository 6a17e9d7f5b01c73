"""A budget in another currency counts at the rate of its day; the tax of the country is told."""

import datetime as dt

import pytest

from rigwright.catalog.prices.ledger import said_in
from rigwright.catalog.source import rate
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.goals import goal_of_data
from rigwright.plan.machine.planning import plan
from rigwright.plan.parts.local import local_notes
from rigwright.report.text.told import show
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


def taxed(country="DE", **budget):
    said = {"usd": 3000, "tax": "included"} | budget
    return goal(said, site={"country": country}, as_of="2026-11-01")


def test_a_budget_with_tax_is_brought_down_to_the_price_before_it():
    assert taxed().parts_usd == pytest.approx(3000 / 1.19)
    assert taxed(tax="excluded").parts_usd == 3000
    assert taxed("US", tax_rate=7.25).parts_usd == pytest.approx(3000 / 1.0725)
    assert taxed(tax_rate=0).parts_usd == 3000
    over = goal_of_data({"workload": RUN, "budget": {"tax": "included", "usd": 9},
                         "site": {"country": "JP"}}, {"budget": "5000 USD"}).goal  # fmt: skip
    assert over.parts_usd == pytest.approx(5000 / 1.1)
    link = GoalQuery.model_validate(RUN | {"usd": "3000", "tax": "included", "tax_rate": "7"})
    assert link.goal().parts_usd == pytest.approx(3000 / 1.07)
    again = parse_goal(taxed().model_dump(mode="json", exclude_unset=True), "goal")
    assert again.parts_usd == taxed().parts_usd  # brought down once, not every time it is read


@pytest.mark.parametrize(
    ("country", "budget", "says"),
    [
        ("US", {}, "budget.tax: got 'included', allowed: excluded, or a tax_rate"),
        ("DE", {"tax_rate": 101}, "budget.tax_rate: got 101, allowed: at most 100"),
        ("DE", {"tax_rate": -1}, "budget.tax_rate: got -1"),
        ("DE", {"tax_rate": "nan"}, "budget.tax_rate: got 'nan'"),
        ("DE", {"tax": "some"}, "budget.tax: got 'some'"),
    ],
)
def test_a_tax_that_is_not_known_is_one_line(country, budget, says):
    with pytest.raises(InputError, match=says) as error:
        taxed(country, **budget)
    assert "\n" not in str(error.value)


def test_the_plan_stays_within_what_tax_leaves_and_says_the_total_with_it(capsys):
    found = plan(taxed("DE", usd=1800))
    assert found.budget_usd == pytest.approx(1800 / 1.19) and found.tax_share == 0.19
    with_tax = found.chosen.usd * 1.19
    assert 0 < with_tax <= 1800
    note = next(n for n in found.notes if n.startswith("the budget includes VAT of Germany, 19 %"))
    assert "$1,513 for parts before it" in note and f"${with_tax:,.0f} with it" in note
    show("plan", found)
    assert "for at most $1,513 before tax ($1,800 with it)" in capsys.readouterr().out
    net = plan(taxed("DE", usd=1800 / 1.19, tax="excluded"))
    assert net.chosen.parts == found.chosen.parts and net.tax_share is None


def test_notes_say_both_currencies_and_the_tax():
    euro = goal({"amount": 1000, "currency": "EUR"}, site={"country": "DE"}, as_of="2016-12-31")
    with said_in(euro.money):
        budget, tax = local_notes(euro, 527.05)
    assert "1 EUR is $1.054 (2016-12-30): the budget is $1,054, the machine $527" in budget
    assert tax == "VAT of Germany adds 19 %: €595 with it"
    assert list(local_notes(goal({"usd": 1000}), 500)) == []
