"""What is sold as a whole stands beside parts where it carries a served model."""

import datetime as dt

import pytest

from rigwright.catalog.source import by_id
from rigwright.catalog.systems import sold_whole
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.machine.planning import plan
from rigwright.plan.speed.stepping import predict_run
from rigwright.spec.parts import Chip

DAY = dt.date(2026, 11, 1)


def goal(usd, day=DAY, **workload):
    said = {"model": "gpt-oss-120b", "mode": "decode"} | workload
    return parse_goal({"workload": said, "budget": {"usd": usd}, "as_of": str(day)}, "goal")


def whole(result):
    return {c.what: c for c in result.changes if "whole machine" in c.what}


def test_every_one_has_a_chip_that_is_known_and_a_day():
    assert len(sold_whole(DAY)) >= 2
    for system in sold_whole(DAY):
        assert by_id(Chip)[system.chip].unified_memory and system.price_usd > 0
    assert not sold_whole(dt.date(2020, 1, 1))


def test_where_no_parts_carry_a_model_they_are_named_with_price_day_and_speed():
    asked = goal(4_500.0)
    found = plan(asked)
    assert found.chosen is None
    named = whole(found)
    told = 0
    for system in sold_whole(DAY):
        p = predict_run(asked.workload.run(), of_chip(by_id(Chip)[system.chip]))
        if not p.does or system.price_usd > 4_500.0:
            assert f"the whole machine {system.name}" not in named
            continue
        told += 1
        change = named[f"the whole machine {system.name}"]
        assert change.usd == system.price_usd and str(system.released) in change.helps
        assert f"{p.throughput:,.3g} tok/s" in change.helps
    assert told >= 3


@pytest.mark.parametrize(("usd", "day"), [(1_500.0, DAY), (4_500.0, dt.date(2024, 12, 1))])
def test_not_above_the_budget_nor_before_they_were_out(usd, day):
    assert not whole(plan(goal(usd, day)))


def test_beside_a_plan_only_where_faster_and_never_for_training():
    quick = plan(goal(4_500.0, model="llama-3.1-8b"))
    assert quick.chosen is not None and not any("whole machine" in n for n in quick.notes)
    trained = plan(goal(4_500.0, model="llama-3-8b", mode="train", method="qlora"))
    assert not any("whole machine" in n for n in trained.notes)


def test_servers_stand_beside_goals_that_pay_them_with_price_day_and_draw():
    asked = goal(120_000.0, model="llama-3-70b", mode="serve", concurrency=16, seq_len=2000,
                 gen_len=500)  # fmt: skip
    new = [s.name for s in sold_whole(DAY, "server") if not s.price_said.startswith("used")]
    used = [s for s in sold_whole(DAY, "server") if s.price_said.startswith("used")]
    assert new and used and all(s.watts and s.price_usd for s in sold_whole(DAY, "server"))
    told = {used_too: [*plan(made).notes, *(f"{c.what}, {c.helps}" for c in plan(made).changes)]
            for used_too, made in ((u, asked.model_copy(update={"limits": asked.limits.model_copy(
                update={"used": u})})) for u in (False, True))}  # fmt: skip
    (cheap,) = [s for s in used if s.price_usd < 120_000]
    assert not any(cheap.name in note for note in told[False])
    (note,) = [note for note in told[True] if cheap.name in note]
    assert str(cheap.released) in note and f"draws {cheap.watts:,.0f} W" in note


def test_a_server_of_eight_is_named_for_training_too():
    asked = goal(400_000.0, model="llama-3-70b", mode="train", method="lora", batch=8,
                 seq_len=2048, precision="bf16")  # fmt: skip
    assert any("DGX H100" in note for note in plan(asked).notes)
