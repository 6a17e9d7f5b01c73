"""Why not the other: the same price as a plan that must have it, and what lets it in does."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from rigwright.catalog.source import part
from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.machine.helping.edits import edited
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.whynot import why_not, with_it
from rigwright.plan.parts.naming import name_line
from rigwright.plan.speed.runs import chip_named
from rigwright.spec.errors import InputError, UnknownNameError

GOALS: tuple[dict[str, Any], ...] = (
    {"workload": {"model": "llama-3-8b", "method": "qlora", "seq_len": 1024, "batch": 4},
     "budget": {"usd": 3000}},
    {"workload": {"model": "qwen2.5-1.5b", "batch": 8, "seq_len": 1024},
     "budget": {"usd": 5500}, "limits": {"used": True}},
    {"workload": {"model": "resnet50", "batch": 256}, "budget": {"usd": 1800}},
    {"workload": {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m"},
     "budget": {"usd": 900}},
)  # fmt: skip
NUMBERS = range(len(GOALS))


@functools.cache
def goal(number: int) -> Goal:
    return parse_goal({"as_of": "2026-11-01", **GOALS[number]}, f"goal {number}")


@functools.cache
def planned(number: int):
    return plan(goal(number))


@pytest.mark.parametrize("number", NUMBERS)
def test_of_what_is_chosen_it_says_so(number):
    chosen = planned(number).chosen
    if chosen is None:
        assert number == 3
        return
    got = why_not(goal(number), f"{chosen.gpu_count} x {chosen.gpu}")
    assert got.chosen and got.why == (chosen.why,) and got.relative_step == 1
    for line in chosen.parts:
        if line.kind in ("cpu", "psu", "case"):
            assert why_not(goal(number), line.name).chosen, line.name


@pytest.mark.parametrize("number", NUMBERS)
def test_an_option_costs_what_the_plan_says_of_it(number):
    points = [p for p in planned(number).frontier if p.usd is not None and not p.chosen]
    for point in points[:: max(len(points) // 3, 1)]:
        got = why_not(goal(number), f"{point.gpu_count} x {point.gpu}")
        assert not got.chosen and got.why
        assert got.usd == pytest.approx(point.usd) and got.step_s == pytest.approx(point.step_s)
        chosen = next((p for p in planned(number).frontier if p.chosen), None)
        if chosen is not None:
            assert got.relative_step == pytest.approx(point.step_s / chosen.step_s)


@pytest.mark.parametrize(
    "asked",
    [
        "i9-14900K",
        "Fractal Define 7",
        "RTX 3090",
        "RX 7900 XTX",
        "4 x RTX 5090",
        "2 x RTX 3090",
        "8 x RTX 5060 Ti 16 GB",
    ],
)
@pytest.mark.parametrize("number", [0, 2])
def test_what_lets_it_in_does(number, asked):
    got = why_not(goal(number), asked)
    assert got.chosen or got.why
    count = int(asked[0]) if asked[1:4] == " x " else None
    name = asked.partition(" x ")[2] if count else asked
    for change in got.changes:
        if change.what.startswith("rent "):
            assert change.gpu == chip_named(name).name and not change.keys
            continue
        assert change.keys
        made = edited(goal(number), change.keys)
        made = edited(made, {"budget.usd": max(made.budget.usd, change.usd + 0.01)})
        assert why_not(made, asked).usd is not None, change
        forced = with_it(made, chip_named(name), count)
        assert forced.chosen is not None, change
        assert forced.chosen.usd <= made.budget.usd + 0.01, change


def test_a_part_costs_what_a_plan_with_it_does():
    for name, key in (("Core i9-14900K", "cpu"), ("Fractal Design North", "case")):
        got = why_not(goal(0), name)
        forced = plan(edited(goal(0), {f"use.{key}": got.name}))
        assert got.usd == next(p.usd for p in forced.frontier if p.chosen)


def test_limits_that_keep_cards_out_are_named_with_their_key():
    got = why_not(goal(0), "RX 7900 XTX")
    assert any("limits.gpu_vendors" in why for why in got.why)
    assert all("amd" in c.keys["limits.gpu_vendors"] for c in got.changes)
    assert any("limits.gpu_count_max is 4" in why for why in why_not(goal(0), "6 x RTX 5090").why)


def test_a_rule_that_refuses_is_quoted():
    got = why_not(goal(0), "4 x RTX 5090")
    assert got.usd is None
    assert any("(wall_circuit)" in why or "(psu_wattage)" in why for why in got.why)


def test_owned_parts_stand_in_the_way_and_are_named():
    asked = edited(goal(0), {"own.psu": "Corsair RM850x (2021)"})
    got = why_not(asked, "MSI MAG A850GL PCIE5")
    assert any("RM850x" in why for why in got.why)


def test_a_part_that_nobody_sells_is_not_planned_and_its_price_lets_it_in():
    got = why_not(goal(0), "Corsair RM1000x (2021)")
    assert (got.usd, got.chosen) == (None, False)
    assert "not sold on" in got.why[0] and "--price" in got.why[0]


@pytest.mark.parametrize("asked", ["RTX 309", "Zyzzogeton 12", "2 x Flurb"])
def test_an_unknown_name_is_one_line(asked):
    with pytest.raises(UnknownNameError) as told:
        why_not(goal(0), asked)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("asked", ["0 x RTX 3090", "99 x RTX 3090"])
def test_a_number_of_cards_that_no_machine_has_is_refused(asked):
    with pytest.raises(InputError, match="1 to 8"):
        why_not(goal(0), asked)


def test_what_no_plan_can_have_is_said_as_that_and_nobody_is_sent_to_price_it():
    early = parse_goal({"as_of": "2018-01-01", **GOALS[2]}, "goal")
    for asked, day in (("RTX 3090", "2020-09-24"), ("i9-14900K", "2023-10-17")):
        got = why_not(early, asked)
        assert f"came out on {day}" in got.why[0] and got.usd is None and not got.changes
    for asked in ("H100 SXM", "MI300X", "Apple M3 Max"):
        got = why_not(goal(2), asked)
        assert "no card with" in got.why[0] and "--price" not in got.why[0]
        assert all(c.what.startswith("rent ") for c in got.changes)
    assert why_not(goal(2), "H100 SXM").step_s and why_not(goal(2), "H100 SXM").changes
    assert "one chip" in why_not(goal(0), "RTX 3090 + RTX 3060").why[0]


def test_cards_that_no_machine_holds_have_a_price_and_a_step_all_the_same():
    got = why_not(goal(2), "8 x RTX 5090")
    assert got.usd is None and got.step_s and got.relative_step
    assert any(why.startswith("the cards alone cost $") for why in got.why)
    data = {"as_of": "2016-10-29", "workload": GOALS[2]["workload"], "budget": {"usd": 1310}}
    got = why_not(parse_goal(data, "goal"), "Xeon E5-2690 v4")
    assert got.usd is None and any("v4 alone costs $" in why for why in got.why)


def test_what_still_stands_in_the_way_after_a_change_is_changed_too():
    got = why_not(edited(goal(0), {"workload.batch": 8}), "4 x RTX 5080")
    assert got.usd is None and any("(wall_circuit)" in why for why in got.why)
    assert got.step_s and got.changed[0] == "gradient checkpointing"
    both = [c for c in got.changes if len([k for k in c.keys if k.startswith("limits.")]) > 1]
    assert both and all(c.gpu_count == 4 for c in both)
    capped = [c for c in got.changes if "limits.power_cap_w" in c.keys]
    assert capped and all("% of their speed" in c.helps for c in capped)


def test_a_number_is_that_of_the_part_and_never_of_the_cards():
    rich = edited(goal(0), {"budget.usd": 4000})
    one, two = (why_not(rich, f"{n}Samsung 990 Pro 4TB") for n in ("", "2 x "))
    assert two.name.startswith("2 x ") and two.usd > one.usd
    assert two.step_s == pytest.approx(one.step_s, rel=0.01)  # what the rest buys may differ
    with pytest.raises(InputError, match="one cpu"):
        why_not(goal(0), "2 x i9-14900K")


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_faster_is_not_called_as_good(number):
    for asked in ("RX 7900 XTX", "2 x RTX 5090", "RTX PRO 6000"):
        got = why_not(goal(number), asked)
        if got.usd is not None and got.relative_step is not None and not got.chosen:
            same = any("no faster" in why or "as good" in why for why in got.why)
            assert not same or abs(got.relative_step - 1) <= 0.03


def test_a_processor_is_judged_by_the_step_of_its_own_machine():
    small = {"as_of": "2026-11-01", "budget": {"usd": 2500},
             "workload": {"model": "mobilenet_v2", "batch": 1}}  # fmt: skip
    asked = parse_goal(small, "goal")
    made = plan(asked).chosen.prediction.step_s
    for name in ("Core Ultra 9 285K", "Core i5-14400F"):
        got, forced = why_not(asked, name), with_it(asked, name_line(name, "cpu").part).chosen
        assert got.step_s == pytest.approx(forced.prediction.step_s)
        assert got.relative_step == pytest.approx(got.step_s / made)
        different = abs(got.relative_step - 1) > 0.03
        assert any("x as long" in why for why in got.why) is different
    assert got.relative_step > 1.1  # a run that waits for its host feels the slower one


def test_cards_that_a_batch_of_one_cannot_be_shared_by_are_not_called_unsold():
    said = {"model": "llama-3-8b", "method": "full", "batch": 1}
    asked = parse_goal({"workload": said, "budget": {"usd": 25_000}, "as_of": "2026-11-01"}, "goal")
    told = why_not(asked, "2 x RTX PRO 6000 Blackwell")
    assert "a batch of 1 cannot be shared by 2 GPUs" in told.why
    assert not any("is sold" in words for words in told.why)


def test_a_machine_that_is_sold_whole_is_answered_with_its_price_and_its_step():
    goal = {"workload": {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m"},
            "budget": {"usd": 6000}, "as_of": "2026-11-20"}  # fmt: skip
    answer = why_not(parse_goal(goal, "goal"), "DGX Spark")
    assert not answer.chosen and answer.usd == 3999 and answer.step_s
    assert "NVIDIA DGX Spark: $3,999 when it came out (2025-10-15)" in answer.why
    assert any("as long" in words and "$" in words for words in answer.why)
    poor = why_not(parse_goal(goal | {"budget": {"usd": 3000}}, "goal"), "GB10")
    assert "$999 over the budget" in poor.why


def test_cards_that_a_dear_part_leaves_no_money_for_are_named():
    goal = {"workload": {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m"},
            "budget": {"usd": 6000}, "as_of": "2026-11-20"}  # fmt: skip
    answer = why_not(parse_goal(goal, "goal"), "AMD Ryzen 9 9950X")
    planned = plan(parse_goal(goal, "goal")).chosen
    forced = with_it(parse_goal(goal, "goal"), part("cpu", "amd-ryzen-9-9950x")).chosen
    cards = [f"{m.gpu_count} x {m.gpu}" for m in (forced, planned)]
    said = f"beside it {cards[0]}, not {cards[1]}"
    assert (said in answer.why) is (cards[0] != cards[1])


def test_only_doubts_that_no_host_can_spare_are_named():
    said = {
        "workload": {"model": "llama-3-8b", "mode": "decode", "precision": "q4_k_m"},
        "budget": {"usd": 5000}, "limits": {"used": True}, "as_of": "2026-11-23",
    }  # fmt: skip
    told = why_not(parse_goal(said, "goal"), "2 x Tesla P40")
    open_ = [words for words in told.why if words.startswith("with ")]
    assert len(open_) == 1 and "pro_card_passive" in open_[0]
