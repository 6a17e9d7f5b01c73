"""Tokens by API: whose model it is, and that both sides cost the same where owning pays."""

import datetime as dt

import pytest

from rigwright import cost
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.money.renting import rent
from rigwright.plan.money.tokens import MILLION, TABLE, Price, apis, tokens_per_month
from rigwright.plan.parts import modelnames
from rigwright.spec.tables.table import table

PRICES = table(Price, TABLE)
OWN = cost.Owned(capital_usd=3600.0, load_w=500.0, usd_per_kwh=0.2, hours_per_day=8.0)


def goal(model, mode="serve", **more):
    run = {"model": model, "mode": mode, "seq_len": 2048, "gen_len": 512} | more
    return parse_goal(
        {"workload": run, "budget": {"usd": 4000}, "as_of": "2026-11-30"}, "test"
    )  # fmt: skip


@pytest.mark.parametrize("price", PRICES, ids=lambda p: f"{p.provider}:{p.model}:{p.date}")
def test_a_price_is_of_a_known_model_and_plausible(price):
    assert modelnames.known(price.model) == price.model
    assert 0 < price.input_usd <= price.output_usd < 100
    assert price.cached_usd is None or price.cached_usd < price.input_usd
    assert price.date <= dt.date(2026, 11, 30)


def test_prompts_are_paid_for_too():
    # DeepInfra, 2026-11-05: $0.10 in, $0.32 out; four tokens read for one written.
    (found,) = apis(goal("llama-3.3-70b"), None, 0.0)
    assert found.usd_per_mtok == pytest.approx(0.32 + 4 * 0.10)
    assert found.own_pays_tokens_per_day is None


def test_where_owning_pays_both_cost_the_same():
    asked, speed = goal("qwen3-30b-a3b"), 400.0
    (found,) = apis(asked, OWN, speed)
    month = found.own_pays_tokens_per_day * cost.DAYS_PER_MONTH
    power = OWN.work_usd_per_hour * month / (speed * 3600)
    fixed = OWN.capital_usd / asked.site.months
    assert fixed + power == pytest.approx(month / MILLION * found.usd_per_mtok)
    assert found.usd_per_month == pytest.approx(found.usd_per_mtok * tokens_per_month(speed, 8.0))
    assert "million a day" in found.words


def test_more_than_the_machine_writes_never_pays():
    (found,) = apis(goal("qwen3-30b-a3b"), OWN, 20.0)
    assert found.own_pays_tokens_per_day is None and "never" in found.words


def test_a_model_of_the_same_shape_is_another_product():
    assert {a.provider for a in apis(goal("meta-llama/Llama-3.3-70B-Instruct"), OWN, 100.0)}
    assert not apis(goal("llama-3-8b"), OWN, 100.0)  # only 3.1 is sold


def test_only_what_writes_tokens_has_an_api_and_only_prices_of_the_day():
    assert not apis(goal("llama-3.3-70b", mode="prefill", gen_len=None), OWN, 100.0)
    early = goal("llama-3.3-70b").model_copy(update={"as_of": dt.date(2026, 11, 4)})
    assert not apis(early, OWN, 100.0)


def test_the_answer_is_the_api_where_it_costs_less_than_both():
    asked = goal("llama-3.3-70b", precision="int4", concurrency=8)
    rich = asked.budget.model_copy(update={"usd": 12_000.0})
    result = rent(asked.model_copy(update={"budget": rich}))
    api = result.apis[0]
    assert result.own_usd_per_mtok > api.usd_per_mtok
    assert result.answer.startswith("API: deepinfra")
