"""What is rented carries the run as a plan would carry it: with the same changes, or none."""

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.helping.hiring import cheapest


def goal(**workload):
    asked = {"workload": workload, "budget": {"usd": 600}, "as_of": "2026-11-30"}
    return parse_goal(asked, "test")


@pytest.mark.parametrize("run", [
    {"model": "flux-dev", "mode": "infer", "precision": "fp8"},
    {"model": "llama-3-8b", "method": "qlora", "batch": 16, "seq_len": 2048},
])  # fmt: skip
def test_a_rented_card_carries_what_a_bought_one_would(run):
    free, literal = cheapest(goal(**run)), cheapest(goal(**run, literal=True))
    assert free.changes and not literal.changes
    assert free.offer.usd_per_hour < literal.offer.usd_per_hour
