"""No proposed machine carries a conflict, nor an open question that could hide one."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from rigwright.catalog.source import load
from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.upgrading import upgrade
from rigwright.spec.build import Build
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Psu, RamKit

FIRST, LAST = dt.date(2014, 1, 1), dt.date(2027, 12, 31)
WORKLOADS: tuple[dict[str, Any], ...] = (
    {"model": "resnet50", "batch": 32},
    {"model": "gpt2", "seq_len": 512, "batch": 4},
    {"model": "llama-3-8b", "method": "qlora", "seq_len": 1024},
)
OWNED = (("board", Board), ("cpu", Cpu), ("psu", Psu), ("case", Case), ("cooler", Cooler))


def goal(seed: int) -> Goal:
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
    return parse_goal(
        {
            "workload": r.choice(WORKLOADS),
            "budget": {"usd": round(10 ** r.uniform(2.5, 4.6))},
            "limits": limits,
            "own": own,
            "as_of": day,
        },
        f"goal {seed}",
    )


def objections(machine: Any, unknown: bool) -> list[str]:
    """Findings that no proposed machine may have."""
    wrong = [f for f in machine["findings"] if f["verdict"] == "conflict"]
    if not unknown:
        wrong += [f for f in machine["findings"] if f["verdict"] == "unknown"
                  and f["severity"] == "error"]  # fmt: skip
    return [f"{f['rule']}: {f['why']}" for f in wrong]


def planned(seed: int) -> int:
    """Plans one goal; 1 where a machine was proposed."""
    asked = goal(seed)
    try:
        answer = plan(asked).to_dict()
    except RigwrightError:
        return 0  # two owned parts of a kind that nobody can combine, and the like: one clear line
    machines = [m for m in (answer["chosen"], *answer["alternatives"]) if m]
    for machine in machines:
        assert objections(machine, asked.limits.allow_unknown) == [], (seed, machine["gpu"])
    for machine in filter(None, (answer["chosen"],)):
        sure = objections(machine, unknown=False) == []
        assert sure or "proven" not in machine["why"], seed
    return len(machines[:1])


def upgraded(seed: int) -> int:
    """The upgrade of a machine drawn by chance; 1 where there is one."""
    r, asked = random.Random(seed), goal(seed)
    card = r.choice(load(Card))
    build = Build(
        cpu=r.choice(load(Cpu)), board=r.choice(load(Board)), ram=(r.choice(load(RamKit)),),
        cards=(card,), chips=tuple(c for c in load(Chip) if c.id == card.chip),
        drives=(r.choice(load(Drive)),), psu=r.choice(load(Psu)), case=r.choice(load(Case)),
        cooler=r.choice(load(Cooler)), whole=True,
    )  # fmt: skip
    answer = upgrade(build, asked, "a machine").to_dict()
    for way in filter(None, (answer["chosen"], *answer["steps"])):
        assert objections(way, unknown=False) == [], (seed, way["gpu"])
    if answer["if_measured"]:
        assert objections(answer["if_measured"], unknown=True) == [], seed
    return int(bool(answer["chosen"]))


def test_no_plan_with_a_conflict():
    assert sum(planned(seed) for seed in range(14, 24)) >= 4


def test_no_upgrade_with_a_conflict():
    assert sum(upgraded(seed) for seed in range(6)) >= 2


@pytest.mark.soak
def test_no_plan_with_a_conflict_at_length():
    assert sum(planned(seed) for seed in range(1000, 1300)) >= 60


@pytest.mark.soak
def test_no_plan_over_the_market_with_a_conflict(market):
    assert sum(planned(seed) for seed in range(2000, 2100)) >= 20


@pytest.mark.soak
def test_no_upgrade_with_a_conflict_at_length():
    assert sum(upgraded(seed) for seed in range(1000, 1100)) >= 10
