"""The choice sees what feeds the cards: none starves while money is left."""

from __future__ import annotations

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine import planning, searches
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import PlanResult

DAY = "2026-11-20"


def planned(usd: float, model: str, **data: object) -> PlanResult:
    goal = {"as_of": DAY, "budget": {"usd": usd},
            "workload": {"model": model, "batch": 128, "precision": "amp"}}  # fmt: skip
    return plan(parse_goal(goal | ({"data": data} if data else {}), "goal"))


def rate(result: PlanResult) -> float:
    return result.run.batch / result.chosen.prediction.step_s


def test_a_small_network_gets_a_processor_that_feeds_its_card():
    without, fed = planned(3000, "resnet18"), planned(3000, "resnet18", name="imagenet-1k")
    cards = fed.chosen.gpu, fed.chosen.gpu_count
    alone = next(p for p in without.frontier if (p.gpu, p.gpu_count) == cards)
    assert rate(fed) >= searches.KEEPS_UP * alone.throughput
    assert fed.chosen.usd >= alone.usd


def test_without_that_choice_the_card_would_starve(monkeypatch):
    budgets = 1500, 3000
    fed = [planned(usd, "resnet18", name="imagenet-1k") for usd in budgets]
    planning._plan.cache_clear()
    monkeypatch.setattr(planning, "fed", lambda goal, search, outcomes: (outcomes, {}))
    monkeypatch.setattr(planning, "keeping_up", lambda goal, search, best: search)
    starved = [planned(usd, "resnet18", name="imagenet-1k") for usd in budgets]
    assert any(
        rate(got) < searches.KEEPS_UP * rate(had) for got, had in zip(starved, fed, strict=True)
    )


@pytest.mark.parametrize("usd", [1200, 2000, 6000])
@pytest.mark.parametrize("model", ["alexnet", "resnet50"])
def test_the_whole_run_is_as_fast_as_what_is_paid_allows(usd, model):
    fed = planned(usd, model, name="imagenet-1k")
    assert fed.chosen.usd <= usd
    shown = next(p for p in fed.frontier if p.chosen)
    assert rate(fed) >= searches.KEEPS_UP * shown.throughput
    paid = [p for p in fed.frontier if p.within_budget and p.throughput]
    assert shown.throughput * 1.1 >= max(p.throughput for p in paid) * 0.999


def test_a_run_that_the_cheapest_machine_feeds_is_planned_as_without_data():
    without, fed = planned(1500, "resnet50"), planned(1500, "resnet50", name="imagenet-1k")
    assert [p.name for p in fed.chosen.parts] == [p.name for p in without.chosen.parts]


def test_data_that_no_drive_holds_is_said_to_stand_in_the_way():
    result = planned(3000, "resnet50", name="laion-400m")
    assert result.chosen is None and any("data 10,000 GB" in c for c in result.conflicts)
