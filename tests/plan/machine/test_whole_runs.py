"""Whole runs drawn by chance: cards are fed as far as the money goes, and all has its place."""

from __future__ import annotations

import functools
import random
from typing import Any

import pytest

from rigwright.catalog.source import by_id
from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.outfitting import NEAR
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.searches import KEEPS_UP
from rigwright.plan.machine.whynot import with_it
from rigwright.plan.memory.results import total
from rigwright.plan.speed.feeding import feed_rates
from rigwright.plan.speed.stepping import predict_run
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Cpu, Drive, RamKit

SEEDS = range(16)
MODELS = ("alexnet", "resnet18", "resnet50", "mobilenet_v2", "timm:efficientnet_b0")
SETS = ("imagenet-1k", "coco-2017", "open-images-v7", "places365")
BETTER = 2
"""Processors that feed more and are tried instead, the cheapest first."""


def asked(seed: int) -> Goal:
    r = random.Random(seed)
    owned = {"drives": [r.choice(("2TB HDD", "500 GB SATA SSD"))]} if r.random() < 0.3 else {}
    data: dict[str, Any] = {
        "as_of": f"{r.choice((2016, 2018, 2020, 2022, 2024, 2026))}-11-01",
        "workload": {"model": r.choice(MODELS), "batch": r.choice((64, 256)),
                     "precision": r.choice(("fp32", "amp"))},
        "data": {"name": r.choice(SETS), "decoder": r.choice(("pillow", "opencv", "dali"))},
        "budget": {"usd": r.choice((900, 1500, 2500, 4000, 8000))},
        "own": owned,
        "limits": {"used": r.random() < 0.3, "gpu_count_max": r.choice((1, 2, 4))},
    }  # fmt: skip
    return parse_goal(data, f"run {seed}")


@functools.cache
def planned(seed: int) -> Any:
    try:
        return plan(asked(seed))
    except RigwrightError:
        return None


def parts(seed: int, kind: str, of: Any) -> list[Any]:
    return [by_id(of)[p.id] for p in planned(seed).chosen.parts if p.kind == kind
            for _ in range(p.count) if p.id in by_id(of)]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_what_lies_on_the_drives_and_in_memory_has_room(seed):
    result = planned(seed)
    if result is None or result.chosen is None:
        return
    sizes = result.chosen.sizes
    assert not sizes.too_small
    if not any(p.owned for p in result.chosen.parts if p.kind == "drive"):
        assert sum(d.capacity_bytes for d in parts(seed, "drive", Drive)) >= total(sizes.disk)
    kits = parts(seed, "ram", RamKit)
    assert sum(k.modules * k.module_gib for k in kits) * 2**30 >= total(sizes.ram)


@pytest.mark.parametrize("seed", SEEDS)
def test_cards_starve_only_where_no_processor_that_is_paid_feeds_them_better(seed):
    result, goal = planned(seed), asked(seed)
    chosen = result and result.chosen
    if not chosen or not chosen.feed.startswith("the data binds"):
        return
    run, chip = result.run, next(c for c in result.frontier if c.chosen)
    alone_s = predict_run(run, of_chip(_chip(chip.gpu), chip.gpu_count)).pace_s
    if chosen.prediction.pace_s * KEEPS_UP <= alone_s:
        return
    rates = feed_rates(goal.job().data, run, _chip(chip.gpu), chip.gpu_count)
    had = rates.of_cpu(parts(seed, "cpu", Cpu)[0]) or 0.0
    sold = [(c.cents, c.part) for c in market(goal).candidates["cpu"]
            if (rates.of_cpu(c.part) or 0.0) > had * (1 + NEAR)]  # fmt: skip
    for _, cpu in sorted(sold, key=lambda pair: pair[0])[:BETTER]:
        other = with_it(goal, cpu).chosen
        assert other is None or other.prediction.pace_s * (1 + NEAR) >= chosen.prediction.pace_s, (
            cpu.name, other.gpu, other.usd, other.prediction.pace_s, chosen.prediction.pace_s
        )  # fmt: skip


def test_enough_of_those_runs_have_a_machine_and_some_starve():
    made = [r.chosen for s in SEEDS if (r := planned(s)) and r.chosen]
    assert len(made) >= 12 and sum(m.feed.startswith("the data binds") for m in made) >= 1


def _chip(name: str) -> Any:
    from rigwright.plan.speed.runs import chip_named

    return chip_named(name)
