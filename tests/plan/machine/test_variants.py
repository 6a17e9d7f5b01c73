"""A run is carried in another way only where that is worth it, and its result stays."""

from __future__ import annotations

import functools
import random
from typing import Any

import pytest

from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.variants import CAPPED, CLEARLY, KEYS, key_values
from rigwright.plan.machine.whynot import why_not
from rigwright.plan.memory.changes import same_result
from rigwright.plan.money.renting import rent
from rigwright.plan.speed import vram
from rigwright.plan.speed.runs import chip_named

MODELS: tuple[dict[str, Any], ...] = (
    {"model": "qwen2.5-1.5b", "seq_len": 1024},
    {"model": "qwen2.5-0.5b", "seq_len": 2048, "precision": "bf16"},
    {"model": "llama-3-8b", "seq_len": 1024, "method": "lora"},
    {"model": "llama-3-8b", "seq_len": 4096, "method": "qlora"},
    {"model": "gpt2", "seq_len": 1024},
    {"model": "vit_b_16"},
    {"model": "resnet50"},
)


def drawn(seed: int, **workload: Any) -> Goal:
    """A goal by chance: model, batch, budget, second-hand or not."""
    r = random.Random(seed)
    said = dict(MODELS[seed % len(MODELS)]) | {"batch": r.choice((1, 2, 8, 32, 128, 512))}
    return parse_goal(
        {
            "workload": said | workload,
            "budget": {"usd": round(10 ** r.uniform(3.0, 4.3))},
            "limits": {"used": r.random() < 0.6, "gpu_count_max": r.choice((1, 2, 4)),
                       "power_caps": False},  # of those: test_frames_and_caps.py
            "as_of": "2026-11-01",
        },
        f"goal {seed}",
    )  # fmt: skip


SEEDS = range(21)


@functools.cache
def planned(seed: int, *, literal: bool = False):
    return plan(drawn(seed, literal=literal))


@pytest.mark.parametrize("seed", SEEDS)
def test_only_what_leaves_the_result_as_it_is_changes(seed):
    goal = drawn(seed)
    asked, got = goal.workload.run(), planned(seed)
    apart = {n for n in type(asked).__slots__ if getattr(asked, n) != getattr(got.run, n)}
    assert apart <= set(KEYS)
    assert bool(got.changed) == bool(apart)
    assert set(got.keys) == {"framework" if name == "software" else name for name in apart}
    if got.chosen is not None:
        assert got.chosen.changed == got.changed
        assert got.chosen.prediction.fits


@pytest.mark.parametrize("seed", SEEDS)
def test_the_keys_said_make_the_same_plan(seed):
    """Whoever writes down what was changed gets the machine that was shown."""
    got = planned(seed)
    if not got.changed:
        pytest.skip("carried as it is said")
    told = plan(drawn(seed, **got.keys))
    assert told.run == got.run and told.keys == {}
    assert [p.id for p in told.chosen.parts] == [p.id for p in got.chosen.parts]
    assert told.chosen.usd == got.chosen.usd and told.chosen.prediction == got.chosen.prediction
    capped = CAPPED.format(got.power_cap_w or 0.0)
    assert told.changed == tuple(words for words in got.changed if words == capped)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_fits_is_changed_for_a_machine_that_is_faster_or_as_fast_and_cheaper(seed):
    got, literal = planned(seed), planned(seed, literal=True)
    assert literal.changed == () and literal.run == drawn(seed).workload.run()
    if literal.chosen is None:
        return
    assert got.chosen is not None
    if not got.changed:
        assert got.chosen == literal.chosen
        return
    before, after = (next(p for p in r.frontier if p.chosen) for r in (literal, got))
    gains = before.step_s > after.step_s * 1.03
    assert gains or (
        after.usd <= before.usd * CLEARLY and after.step_s <= before.step_s * 1.03 + 1e-9
    )


def test_enough_of_those_goals_are_carried_in_another_way():
    found = [planned(seed) for seed in SEEDS]
    literal = [planned(seed, literal=True) for seed in SEEDS]
    assert sum(bool(r.changed) for r in found) >= 4
    saved = [r for r, other in zip(found, literal, strict=True) if r.chosen and not other.chosen]
    assert len(saved) >= 3


def test_a_full_fine_tune_is_shared_by_two_cards():
    goal = parse_goal(
        {"workload": {"model": "qwen2.5-1.5b", "batch": 8, "seq_len": 1024},
         "budget": {"usd": 2000}, "own": {"cards": ["RTX 3090", "RTX 3090"]},
         "as_of": "2026-11-01"}, "goal",
    )  # fmt: skip
    got = plan(goal)
    assert got.chosen is not None and got.chosen.gpu_count == 2
    shared = (
        got.keys.get("sharding") in ("zero1", "zero3") or got.keys.get("pipeline_parallel") == 2
    )
    assert shared and got.run.batch == 8


def test_what_was_said_of_a_run_stays():
    goal = drawn(0, batch=8, micro_batch=4)
    run = goal.workload.run()
    for gpu in ("RTX 3090", "RTX 4090"):
        for count in (1, 2, 4):
            found = same_result(run, of_chip(chip_named(gpu), count), {"micro_batch"})
            assert found is None or found.run.micro_batch == 4
    assert key_values(goal, run) == {}


def test_smaller_passes_are_not_the_same_run_where_it_is_normalised_over_them():
    machine = of_chip(chip_named("GTX 1070"))
    for model, same in (("resnet50", False), ("vit_b_16", True)):
        run = drawn(0, model=model, seq_len=None, batch=1024).workload.run()
        assert vram.held(run, machine).verdict(machine.chip) != vram.FITS
        found = same_result(run, machine)
        assert (found is not None and found.run.micro_batch is not None) == same


USED_ALONE: tuple[dict[str, Any], ...] = (
    {"model": "qwen3-32b", "mode": "decode"},
    {"model": "qwen3-32b", "mode": "serve", "concurrency": 4},
    {"model": "flux.1-dev", "mode": "infer"},
)
PAYS_PACKED = (1_800.0, 2_500.0, 1_800.0)


def used_alone(number: int, usd: float, **workload: Any) -> Goal:
    said = {"workload": USED_ALONE[number] | workload, "budget": {"usd": usd}}
    return parse_goal(said | {"as_of": "2026-11-01"}, f"goal {number}")


@pytest.mark.parametrize("number", range(len(USED_ALONE)))
def test_weights_in_a_format_nobody_said_are_packed_only_where_nothing_carries_them_wide(number):
    wide = used_alone(number, 60_000.0)
    assert "precision" not in plan(wide).keys
    usd = PAYS_PACKED[number]
    goal = used_alone(number, usd)
    found, asked = plan(goal), goal.workload.run()
    assert found.chosen is not None and "-bit weights" in found.changed[0]
    assert found.run.precision == found.keys["precision"] != asked.precision
    assert not found.gives_up
    usual = {"literal": True}, {"precision": asked.precision}
    for said in usual:
        assert plan(used_alone(number, usd, **said)).chosen is None
    again = plan(used_alone(number, usd, precision=found.keys["precision"]))
    assert again.chosen is not None and again.run == found.run
    assert again.chosen.usd == found.chosen.usd


def test_renting_and_why_not_are_asked_of_the_packed_run():
    goal = used_alone(0, 1_800.0)
    found = plan(goal)
    rented = rent(goal)
    assert rented.own_usd == pytest.approx(found.chosen.usd)
    paid = {row.relative_speed for row in rented.rows if row.gpu == found.chosen.gpu}
    packed = rent(used_alone(0, 1_800.0, precision=found.keys["precision"]))
    assert paid == {row.relative_speed for row in packed.rows if row.gpu == found.chosen.gpu}
    answer = why_not(goal, f"{found.chosen.gpu_count} x {found.chosen.gpu}")
    assert answer.chosen and answer.run == found.run
