"""A machine on any day and for what is owned, and nothing that expires overnight."""

from __future__ import annotations

import datetime as dt

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan

FIRST, LAST = dt.date(2014, 1, 15), dt.date(2027, 12, 1)
DAYS = [FIRST + dt.timedelta(days=k * (LAST - FIRST).days // 11) for k in range(12)]
EDGES = [dt.date(2015, 12, 31), dt.date(2020, 12, 31), dt.date(2026, 11, 30), dt.date(2026, 12, 31)]
"""Last days of many rows of what is sold."""
RICH_USD = 2500
"""Enough on every day; the same budget on the next day must still do."""


def _chosen(day: dt.date):
    goal = {
        "workload": {"model": "alexnet", "mode": "train", "precision": "fp32", "batch": 32},
        "budget": {"usd": RICH_USD},
        "as_of": day,
    }
    return plan(parse_goal(goal, "made")).chosen


@pytest.mark.parametrize("day", DAYS + EDGES, ids=str)
def test_a_machine_on_any_day_and_on_the_next(day):
    assert _chosen(day) is not None
    assert _chosen(day + dt.timedelta(days=1)) is not None


@pytest.mark.parametrize("board", ["Z170-A", "Prime X299-A", "X399 Taichi"])
def test_an_owned_board_gets_a_second_hand_processor(board):
    goal = {
        "workload": {"model": "alexnet", "mode": "train", "batch": 32},
        "budget": {"usd": 2000},
        "limits": {"used": True},
        "own": {"board": board},
        "as_of": dt.date(2026, 11, 29),
    }
    chosen = plan(parse_goal(goal, "made")).chosen
    assert chosen is not None
    assert {p.price_condition for p in chosen.parts if p.kind == "cpu"} == {"used"}
    assert [p.name for p in chosen.parts if p.kind == "board" and not p.owned] == []
