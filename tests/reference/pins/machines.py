"""Whole answers: plans, rents, upgrades, cards that hold a run, and searches of made-up markets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.choose.answers import alternatives, best, sweep
from tests.choose.market import random_problem
from tests.reference.pins.leaves import Leaves, leaves

from rigwright.choose.explain import explain
from rigwright.choose.search import Search
from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.machine.goals import goal_of
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.upgrading import upgrade_build
from rigwright.plan.memory.holding import cards_holding
from rigwright.plan.memory.smallestvram import smallest_vram
from rigwright.plan.money.renting import rent
from rigwright.plan.speed.comparing import compare_chips
from rigwright.spec.errors import InputError

EXAMPLES = Path(__file__).parents[3] / "examples"
DAY = "2025-12-01"
QLORA = {
    "model": "llama-3-8b", "method": "qlora", "precision": "amp", "optimizer": "adamw",
    "batch": 2, "seq_len": 1024, "grad_checkpointing": True,
}  # fmt: skip
CHAT = {"model": "llama-3-8b", "mode": "decode", "precision": "q4_k_m", "seq_len": 2048}
CNN = {"model": "resnet50", "batch": 64, "precision": "amp", "samples": 1_281_167}
GOALS: dict[str, dict[str, Any]] = {
    "qlora 3000": {"workload": {**QLORA, "samples": 150_000}, "budget": {"usd": 3000}},
    "chat 2000": {"workload": CHAT, "budget": {"usd": 2000}, "site": {"country": "DE"}},
    "cnn used": {"workload": CNN, "budget": {"usd": 1500}, "limits": {"used": True}},
    "cnn small": {"workload": CNN, "budget": {"usd": 400}},
    "large": {
        "workload": {**CHAT, "model": "llama-3-70b"}, "budget": {"usd": 9000},
        "limits": {"gpu_count_min": 2, "ram_gib_min": 64, "storage_gb_min": 2000, "cores_min": 12},
        "site": {"country": "GB", "hours_per_day": 3},
    },
    "quick": {
        "workload": CNN, "budget": {"usd": 6000},
        "limits": {"step_ms_max": 60, "vram_gib_min": 16, "circuit_other_load_w": 300,
                   "allow_unknown": True, "estimated_prices": True},
    },
    "2016": {
        "as_of": "2016-10-29", "budget": {"usd": 1275}, "workload": {**CNN, "batch": 16},
        "limits": {"drive": "any", "gpu_count_max": 1, "circuit_volts": 100},
        "site": {"country": "US", "offers": ["g2.2xlarge", "p2.xlarge"]},
        "own": {"cpu": "Intel Core i7-6700K"},
    },
}  # fmt: skip
RUNS: dict[str, dict[str, Any]] = {
    "qlora": QLORA, "chat": CHAT,
    "vit": {"model": "vit_base_patch16_224", "batch": 256, "precision": "amp", "img_size": 224},
    "full": {"model": "llama-3-8b", "method": "full", "precision": "bf16", "optimizer": "adamw",
             "batch": 8, "seq_len": 2048, "sharding": "zero3"},
    "bert": {"model": "bert-large", "batch": 32, "seq_len": 384, "precision": "fp32"},
}  # fmt: skip
CARDS = ("RTX 3090", "RTX 4060 Ti 16 GB", "A100 SXM4 80 GB", "RTX 5090")


def _goal(given: dict[str, Any]) -> Goal:
    return parse_goal({"as_of": DAY, **given}, "pinned")


def _told(made: Any) -> Leaves:
    try:
        return leaves(made())
    except InputError as error:
        return {"refused": error.field}


def _searched(seed: int) -> Leaves:
    search = Search(random_problem(seed, size=8, budget_cents=60_000 + 23_000 * (seed % 9)))
    chosen = best(search)
    choices = [] if chosen is None else [chosen, *alternatives(search, chosen)]
    told: Leaves = {}
    for number, choice in enumerate(choices):
        told[f"{number}"] = (
            f"{choice.option.chip.id}x{choice.option.count}:{choice.cents}:"
            + "+".join(p.id for p in choice.build.parts())
        )
    told["frontier"] = "+".join(str(c.cents) for c in sweep(search))
    if not choices:
        why = explain(search)
        told["reasons"] = "+".join(sorted(map(str, why.conflict)))[:400].replace(" ", "_")
        told["changes"] = str(len(why.changes))
    return told


def cases() -> Iterator[tuple[str, Leaves]]:
    """Every question with its answer."""
    for name, given in GOALS.items():
        yield f"plan {name}", _told(lambda given=given: plan(_goal(given)))
    for name in ("qlora 3000", "chat 2000", "2016"):
        yield f"rent {name}", _told(lambda name=name: rent(_goal(GOALS[name])))
    story = EXAMPLES / "2016-desktop"
    for usd in (300, 900, 2500):
        yield (
            f"upgrade {usd}",
            _told(
                lambda usd=usd: upgrade_build(
                    story / "build.toml", goal_of(story / "goal.toml", {"budget": usd}, DAY).goal
                )
            ),
        )
    for name, run in RUNS.items():
        for count in (1, 4):
            yield (
                f"hold {name} x{count}",
                _told(
                    lambda run=run, count=count: cards_holding(CARDS, run | {"gpu_count": count})
                ),
            )
        yield f"smallest {name}", _told(lambda run=run: smallest_vram(run, as_of=DAY))
        yield f"compare {name}", _told(lambda run=run: compare_chips(CARDS, run, DAY))
    for seed in range(24):
        yield f"search {seed:02}", _searched(seed)
