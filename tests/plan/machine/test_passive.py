"""Cards without a fan of their own come only in a chassis whose fans are known."""

from __future__ import annotations

import functools
import random
from typing import Any

import pytest

from rigwright.catalog.source import by_id, load
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Card, Case

BARE = sorted((c for c in load(Card) if c.cooling == "passive"), key=lambda c: c.id)
SMALL = [c for c in BARE if (c.power_limit_w or 0) <= 100]
WORKLOADS: tuple[dict[str, Any], ...] = (
    {"model": "resnet50", "batch": 64, "precision": "fp32"},
    {"model": "gpt2", "seq_len": 512, "batch": 4},
)
SEEDS = range(20)


@functools.cache
def machine(seed: int) -> tuple[Any, ...]:
    """The parts of a plan drawn by chance: passive cards by name."""
    r = random.Random(seed)
    count = r.choice((1, 1, 2, 4))
    goal = {
        "as_of": f"{r.randrange(2019, 2027)}-06-01",
        "budget": {"usd": r.choice((6000, 20_000, 90_000))},
        "workload": r.choice(WORKLOADS),
        "use": {"cards": [r.choice(r.choice((BARE, SMALL, SMALL))).name] * count},
        "limits": {"used": r.random() < 0.7, "estimated_prices": True,
                   "gpu_count_max": count, "allow_unknown": False},
    }  # fmt: skip
    try:
        chosen = plan(parse_goal(goal, "goal"), "goal").chosen
    except RigwrightError:
        return ()
    return chosen.parts if chosen else ()


@pytest.mark.parametrize("seed", SEEDS)
def test_never_without_a_stated_stream_of_air(seed):
    parts = machine(seed)
    if any(p.kind == "card" and by_id(Card)[p.id].cooling == "passive" for p in parts):
        (case,) = (by_id(Case)[p.id] for p in parts if p.kind == "case")
        assert "rack" in case.form_factor.lower() or "server" in case.form_factor.lower()
        watts = sum(by_id(Card)[p.id].power_limit_w * p.count for p in parts if p.kind == "card")
        rows = [int(r.split(":")[1]) // 120 for r in case.radiators or () if r.startswith("front")]
        fans = max(case.fans_included or 0, *rows, 0)
        assert fans * 100 >= watts


def test_such_machines_were_among_them():
    cards = [p.id for seed in SEEDS for p in machine(seed) if p.kind == "card"]
    assert sum(by_id(Card)[c].cooling == "passive" for c in cards) >= 4
