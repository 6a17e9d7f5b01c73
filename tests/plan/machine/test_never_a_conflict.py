"""No proposed machine carries a conflict, nor an open question that could hide one."""

from __future__ import annotations

import random

import pytest
from tests.plan.machine.generated import answer, goal, objections

from rigwright.catalog.source import load
from rigwright.plan.machine.upgrading import upgrade
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Psu, RamKit


def planned(seed: int) -> int:
    """Plans one goal; 1 where a machine was proposed."""
    asked, result = goal(seed), answer(seed)
    if result is None:
        return 0
    told = result.to_dict()
    machines = [m for m in (told["chosen"], *told["alternatives"]) if m]
    for machine in machines:
        assert objections(machine, asked.limits.allow_unknown) == [], (seed, machine["gpu"])
    for machine in filter(None, (told["chosen"],)):
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
    told = upgrade(build, asked, "a machine").to_dict()
    for way in filter(None, (told["chosen"], *told["steps"])):
        assert objections(way, unknown=False) == [], (seed, way["gpu"])
    if told["if_measured"]:
        assert objections(told["if_measured"], unknown=True) == [], seed
    return int(bool(told["chosen"]))


def test_no_plan_with_a_conflict():
    assert sum(planned(seed) for seed in range(14, 24)) >= 4


def test_no_upgrade_with_a_conflict():
    assert sum(upgraded(seed) for seed in range(9)) >= 2


@pytest.mark.soak
def test_no_plan_with_a_conflict_at_length():
    assert sum(planned(seed) for seed in range(1000, 1300)) >= 60


@pytest.mark.soak
def test_no_plan_over_the_market_with_a_conflict(market):
    assert sum(planned(seed) for seed in range(2000, 2100)) >= 20


@pytest.mark.soak
def test_no_upgrade_with_a_conflict_at_length():
    assert sum(upgraded(seed) for seed in range(1000, 1100)) >= 10
