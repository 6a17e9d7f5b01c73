"""Goals drawn by chance, and their plans: made once for all the tests that look at them."""

from __future__ import annotations

import datetime as dt
import functools
import random
from typing import Any

from rigwright.catalog.source import load
from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import PlanResult
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Board, Card, Case, Cooler, Cpu, Psu

FIRST, LAST = dt.date(2014, 1, 1), dt.date(2027, 12, 31)
WORKLOADS: tuple[dict[str, Any], ...] = (
    {"model": "resnet50", "batch": 32},
    {"model": "gpt2", "seq_len": 512, "batch": 4},
    {"model": "llama-3-8b", "method": "qlora", "seq_len": 1024},
)
OWNED = (("board", Board), ("cpu", Cpu), ("psu", Psu), ("case", Case), ("cooler", Cooler))


def goal_data(seed: int) -> dict[str, Any]:
    """A goal drawn by chance: day, budget, sizes, noise, makers, owned parts."""
    r = random.Random(seed)
    limits: dict[str, Any] = {
        "gpu_vendors": r.choice((["nvidia"], ["amd"], ["nvidia", "amd"])),
        "gpu_count_max": r.choice((1, 2, 4)),
        "used": r.random() < 0.5,
        "allow_unknown": r.random() < 0.4,
        "estimated_prices": r.random() < 0.3,
        "circuit_volts": r.choice((120, 230)),
        "price_age_days_max": r.choice((1096, 36_500, 36_500)),
    }
    some = {
        "case_volume_l_max": r.choice((10, 15, 25, 60)),
        "case_height_mm_max": r.choice((300, 450)),
        "noise_dba_max": r.choice((22, 30)),
        "ram_gib_min": r.choice((32, 128)),
    }
    limits |= {k: v for k, v in some.items() if r.random() < 0.2}
    own: dict[str, Any] = {k: r.choice(load(t)).name for k, t in OWNED if r.random() < 0.08}
    if r.random() < 0.1:
        own["cards"] = [r.choice(load(Card)).name]
    day = FIRST + dt.timedelta(days=r.randrange((LAST - FIRST).days))
    return {
        "workload": r.choice(WORKLOADS),
        "budget": {"usd": round(10 ** r.uniform(2.5, 4.6))},
        "limits": limits,
        "own": own,
        "as_of": day.isoformat(),
    }


def goal(seed: int) -> Goal:
    """The same, read."""
    return parse_goal(goal_data(seed), f"goal {seed}")


@functools.cache
def answer(seed: int) -> PlanResult | None:
    """The plan of a goal; None where two owned parts that nobody can combine are one clear line."""
    try:
        return plan(goal(seed))
    except RigwrightError:
        return None


def objections(machine: Any, unknown: bool) -> list[str]:
    """Findings, as JSON has them, that no proposed machine may have."""
    wrong = [f for f in machine["findings"] if f["verdict"] == "conflict"]
    if not unknown:
        wrong += [f for f in machine["findings"] if f["verdict"] == "unknown"
                  and (f["severity"] == "error" or f["rule"] == "pro_card_passive")]  # fmt: skip
    return [f"{f['rule']}: {f['why']}" for f in wrong]
