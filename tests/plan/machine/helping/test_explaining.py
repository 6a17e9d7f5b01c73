"""What would help does: the keys that are named, once set, give a machine at that price."""

from __future__ import annotations

import functools
import random
from typing import Any

import pytest

import rigwright.fit as fit
from rigwright.plan.ask.flags import with_flags
from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.ask.writing import as_toml
from rigwright.plan.machine import whynot
from rigwright.plan.machine.helping.edits import edited
from rigwright.plan.machine.planning import plan

RUNS: tuple[dict[str, Any], ...] = (
    {"model": "llama-3-8b", "seq_len": 1024},
    {"model": "llama-3-8b", "method": "lora", "seq_len": 2048, "batch": 4},
    {"model": "llama-3-70b", "mode": "decode", "seq_len": 2048},
    {"model": "llama-3-70b", "method": "lora", "seq_len": 1024},
    {"model": "qwen2.5-1.5b", "batch": 8, "seq_len": 1024},
    {"model": "resnet50", "batch": 1024},
    {"model": "llama-3-8b", "method": "qlora", "seq_len": 1024},
)
LIMITS: tuple[dict[str, Any], ...] = (
    {}, {"ram_gib_min": 1024}, {"case_volume_l_max": 9}, {"cores_min": 200}, {"gpu_count_max": 1},
    {"noise_dba_max": 12}, {"storage_gb_min": 90_000},
)  # fmt: skip


def data(seed: int) -> dict[str, Any]:
    """A goal by chance that little or nothing meets."""
    r = random.Random(seed)
    return {
        "workload": dict(RUNS[seed % len(RUNS)]),
        "budget": {"usd": round(10 ** r.uniform(2.7, 3.6))},
        "limits": dict(LIMITS[seed // 2 % len(LIMITS)]) | {"used": r.random() < 0.3},
        "as_of": "2026-11-01",
    }


def drawn(seed: int) -> Goal:
    return parse_goal(data(seed), f"goal {seed}")


@functools.cache
def planned(seed: int):
    return plan(drawn(seed))


SEEDS = range(14)
UNMET = 7


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_that_is_made_gives_a_machine_at_its_price(seed):
    goal, got = drawn(seed), planned(seed)
    for change in got.changes:
        if not change.keys:
            continue
        made = edited(goal, change.keys)
        assert round(change.usd) <= made.budget.usd + 1, change
        tight = edited(made, {"budget.usd": change.usd + 0.01, "budget.amount": None})
        chosen = plan(tight).chosen
        assert chosen is not None, change
        # A run that is laid over the cards may ask less of the board than was looked for.
        assert chosen.changed or chosen.usd == pytest.approx(change.usd, abs=0.02), change
        assert change.usd * 0.9 <= chosen.usd <= change.usd + 0.02, change


@pytest.mark.parametrize("seed", SEEDS)
def test_only_keys_and_offers_are_named_and_nearest_first(seed):
    got, budget = planned(seed), drawn(seed).budget.usd
    for change in got.changes:
        assert change.keys or change.what.startswith("rent ")
        assert "rule" not in change.what and change.helps
    bought = [c for c in got.changes if c.keys]
    assert [c.usd > budget for c in bought] == sorted(c.usd > budget for c in bought)
    within = [len(c.keys) for c in bought if c.usd <= budget]
    assert within == sorted(within)
    over = [c.usd for c in bought if c.usd > budget]
    assert over == sorted(over)


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_can_be_said_on_the_command_line(seed):
    for change in planned(seed).changes:
        said = [f"{key}={as_toml(value)}" for key, value in change.keys.items()]
        told = parse_goal(with_flags(data(seed), {"set": said}), "told")
        made = edited(drawn(seed), change.keys)
        assert told.workload.run() == made.workload.run()
        assert (told.limits, told.own, told.budget) == (made.limits, made.own, made.budget)


def test_enough_of_those_goals_are_not_met_and_helped():
    unmet = [planned(seed) for seed in SEEDS if planned(seed).chosen is None]
    assert len(unmet) >= UNMET
    assert sum(bool(got.changes) for got in unmet) >= UNMET - 1
    assert all(got.conflicts for got in unmet)


def test_several_changes_are_named_together_where_one_is_not_enough():
    goal = parse_goal(
        {"workload": {"model": "llama-3-8b", "seq_len": 1024}, "budget": {"usd": 1100},
         "as_of": "2026-11-01"}, "goal",
    )  # fmt: skip
    keys = [dict(c.keys) for c in plan(goal).changes]
    assert {"workload.method": "qlora"} in keys
    assert any(len(k) > 1 for k in keys)


def test_what_is_offloaded_has_room_in_the_computer():
    goal = parse_goal(
        {"workload": {"model": "llama-3-70b", "method": "lora", "seq_len": 1024},
         "budget": {"usd": 2000}, "as_of": "2026-11-01"}, "goal",
    )  # fmt: skip
    for change in plan(goal).changes:
        if change.keys.get("workload.offload"):
            assert change.keys["limits.ram_gib_min"] > 128


def test_the_rules_own_words_say_what_no_card_can_be_built_with():
    goal = parse_goal(
        {"workload": {"model": "llama-3-8b", "method": "qlora", "seq_len": 512, "batch": 8},
         "budget": {"usd": 9000}, "as_of": "2026-11-01",
         "own": {"board": "ASUS ROG Strix B650E-I Gaming WiFi"},
         "limits": {"gpu_count_min": 2}}, "goal",
    )  # fmt: skip
    got = plan(goal)
    assert got.chosen is None
    ids = {rule.id for rule in fit.RULES}
    said = [words for words in got.conflicts if "limits." not in words]
    named = [words.rpartition("(")[2].rstrip(")") for words in said]
    assert named and set(named) <= ids
    assert all(any(mark.isdigit() for mark in words) for words in said)


def test_each_machine_is_named_once_by_the_nearest_change_of_its_keys():
    data = {"workload": {"model": "resnet50", "mode": "infer", "batch": 16384},
            "budget": {"usd": 1200}, "as_of": "2026-11-01"}  # fmt: skip
    changes = [c for c in plan(parse_goal(data, "goal")).changes if c.keys]
    assert changes
    seen = [(frozenset(c.keys), c.gpu, c.gpu_count, c.usd) for c in changes]
    assert len(seen) == len(set(seen))


def test_a_budget_in_another_currency_is_worked_out_again():
    data = {"workload": {"model": "resnet50"}, "budget": {"amount": 1000, "currency": "EUR"},
            "as_of": "2026-03-01"}  # fmt: skip
    goal = parse_goal(data, "goal")
    assert edited(goal, {"budget.amount": 3000}).budget.usd == pytest.approx(3 * goal.budget.usd)
    assert edited(goal, {"budget.usd": 5.0}).budget.usd == 5.0


def test_cards_that_rules_refuse_are_shown_on_the_host_that_those_let_pass():
    from rigwright.plan.machine.whynot import why_not

    goal = parse_goal(
        {"workload": {"model": "llama-3-8b", "method": "qlora", "seq_len": 1024},
         "budget": {"usd": 2500}, "limits": {"used": True}, "as_of": "2026-11-01"}, "goal",
    )  # fmt: skip
    got = why_not(goal, "4 x Tesla P40")
    assert got.usd is not None or any(line.startswith("with ") for line in got.why)


def test_parts_that_stand_in_the_way_are_named_whatever_their_kind():
    asked = {"as_of": "2026-11-01", "workload": {"model": "resnet50"}, "budget": {"usd": 9000}}
    for section in ("own", "use"):
        limits = {"gpu_count_min": 3}
        got = plan(parse_goal(asked | {section: {"cpu": "i9-14900K"}, "limits": limits}, "goal"))
        assert got.chosen is None
        (change,) = (c for c in got.changes if c.keys.get(f"{section}.cpu", "") is None)
        assert "another cpu than the i9-14900K you" in change.what and change.gpu_count == 3
    four = plan(parse_goal(asked | {"use": {"cards": ["4 x RTX 5090"]}}, "goal"))
    assert any("fewer of the RTX 5090" in c.what and c.gpu_count < 4 for c in four.changes)
    assert any("another card than the 4 x RTX 5090" in c.what for c in four.changes)


def test_where_no_single_change_helps_two_together_are_tried():
    asked = {"as_of": "2026-11-01", "workload": {"model": "resnet50"}, "budget": {"usd": 9000},
             "own": {"cpu": "i9-14900K"}}  # fmt: skip
    goal = parse_goal(asked, "goal")
    got = whynot.why_not(goal, "3 x RTX 5080")
    both = [c for c in got.changes if {"own.cpu", "limits.circuit_amperes"} <= c.keys.keys()]
    assert both and all(c.gpu_count == 3 for c in both)
