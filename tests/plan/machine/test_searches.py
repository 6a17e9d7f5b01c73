"""Prepared searches answer a second question from memory, and never a stale one."""

from pathlib import Path

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.given.options import options
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.searches import search_of

GOAL = Path(__file__).parents[3] / "examples" / "2016-desktop" / "goal.toml"


def asked(**limits):
    goal = goal_of(GOAL, {}, None).goal
    return goal.model_copy(update={"limits": goal.limits.model_copy(update=limits)})


def searched(goal):
    m = market(goal)
    return search_of(goal, m, options(goal, m))


def test_another_number_of_gpus_or_budget_shares_what_was_prepared():
    one, other = searched(asked()), searched(asked(gpu_count_max=2))
    assert one.pools is other.pools
    assert len(other.problem.options) > len(one.problem.options)


def test_a_limit_on_parts_is_prepared_anew():
    assert searched(asked()).pools is not searched(asked(ram_gib_min=64)).pools


@pytest.mark.parametrize("limits", [{"ram_gib_min": 32.0}, {"gpu_count_max": 2}, {}])
def test_the_answer_does_not_depend_on_what_was_asked_before(limits):
    goal = asked(**limits)
    searched(asked())
    first = plan(goal)
    plan(asked(ram_gib_min=8.0))
    assert plan(goal) == first


def test_what_nobody_priced_costs_what_parts_like_it_do():
    quotes = market(asked()).quotes
    unseen = [q for q in quotes.values() if q.basis == "estimated"]
    assert unseen and all(q.seen_usd is None and q.low_usd < q.usd < q.high_usd for q in unseen)


def test_one_conversation_is_served_by_several_cards():
    # A 70B model in four bits needs about 40 GB: two cards of 24 GB, each with some layers.
    goal = parse_goal(
        {
            "workload": {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m",
                         "seq_len": 4096},
            "budget": {"usd": 4000},
            "limits": {"used": True},
            "as_of": "2026-11-01",
        },
        "test",
    )  # fmt: skip
    chosen = plan(goal).chosen
    assert chosen is not None and chosen.gpu_count * chosen.vram_bytes >= 40 * 2**30
    assert any(p.gpu == "GeForce RTX 3090" and p.gpu_count == 2 for p in plan(goal).frontier)
    assert chosen.prediction.fits


@pytest.mark.parametrize("batch", [4, 16, 64])
@pytest.mark.parametrize("usd", [4000, 12_000])
def test_cards_are_compared_on_the_links_that_they_get(usd, batch):
    """No machine beside the chosen one is much faster for the same run within the budget."""
    data = {"workload": {"model": "gpt2", "seq_len": 1024, "batch": batch}, "budget": {"usd": usd},
            "limits": {"gpu_count_max": 2}, "as_of": "2026-11-20"}  # fmt: skip
    got = plan(parse_goal(data, "goal"))
    chosen = next(point for point in got.frontier if point.chosen)
    assert got.chosen.prediction.step_s == pytest.approx(chosen.step_s, rel=0.1)
    for other in got.alternatives:
        if other.usd <= usd and other.changed == got.chosen.changed:
            assert other.prediction.step_s * 1.15 >= got.chosen.prediction.step_s


def test_goals_whose_cards_need_other_links_share_no_search():
    asked = ({"model": "llama-3-8b", "method": "lora", "seq_len": 512},
             {"model": "llama-3-8b", "mode": "decode", "precision": "q4_k_m"})  # fmt: skip
    lanes = []
    for workload in asked:
        one = parse_goal(
            {"workload": workload, "budget": {"usd": 3000}, "as_of": "2026-11-01"}, "goal"
        )
        lanes.append(search_of(one, market(one), ()).problem.lanes_each)
    assert lanes[0] > lanes[1]


def test_a_default_that_is_said_is_another_question():
    """Goals are equal then, plans are not: what is said binds, what is left out is computed."""
    default = type(parse_goal({**SAID, "limits": {}}, "goal").limits)().storage_gb_min
    data = {"name": "imagenet-21k"}
    free = plan(parse_goal({**SAID, "data": data}, "goal"))
    said = plan(parse_goal({**SAID, "data": data, "limits": {"storage_gb_min": default}}, "goal"))
    assert free.chosen.sizes.disk_bytes >= 1.5e12 > said.chosen.sizes.disk_bytes


CNN = {"model": "resnet50", "mode": "train", "batch": 64, "precision": "amp"}
SAID = {"as_of": "2026-11-20", "budget": {"usd": 2000}, "workload": CNN}
