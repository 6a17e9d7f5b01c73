"""Many cards: under a cap, in an open frame, and what would make refused ones possible."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.found.planned import read_planned
from rigwright.plan.machine.helping.edits import edited
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.whynot import why_not
from rigwright.plan.reporting import report

LORA = {"model": "llama-3-8b", "method": "lora", "seq_len": 2048, "batch": 4}
CHAT = {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m", "seq_len": 2048}


def asked(workload: dict[str, Any], usd: float, country: str, **limits: Any) -> Goal:
    data = {"workload": workload, "budget": {"usd": usd}, "site": {"country": country},
            "use": {"cards": ["RTX 3090"]}, "limits": {"used": True} | limits,
            "as_of": "2026-11-20"}  # fmt: skip
    return parse_goal(data, "goal")


def test_a_cap_slows_the_cards_and_lowers_the_draw():
    free, capped = (plan(asked(LORA, 9000, "DE", gpu_count_max=2, gpu_count_min=2, **more)).chosen
                    for more in ({}, {"power_cap_w": 220}))  # fmt: skip
    assert capped.draw_w <= free.draw_w - 2 * 100
    assert capped.prediction.step_s > free.prediction.step_s * 1.02


def test_no_card_is_capped_below_what_drivers_take():
    goal = asked(LORA, 9000, "DE", power_cap_w=100)
    assert plan(goal).chosen is None


def test_cards_hang_in_a_frame_where_no_case_takes_them():
    goal = asked(CHAT, 9000, "DE", gpu_count_min=4, gpu_count_max=4, power_cap_w=280,
                 open_frame=True)  # fmt: skip
    got = plan(goal)
    assert got.chosen.gpu_count == 4 and got.chosen.case_volume_l is None
    assert "case" not in {line.kind for line in got.chosen.parts}
    assert not [f for f in got.chosen.findings if f.verdict == "conflict"]
    assert any("riser" in note for note in got.notes)


@pytest.mark.parametrize("country", ["JP", "US"])
def test_caps_and_circuits_that_carry_refused_cards_are_named(country):
    data = {"workload": LORA, "budget": {"usd": 20_000}, "site": {"country": country},
            "limits": {"gpu_count_max": 2, "power_caps": False},
            "as_of": "2026-11-20"}  # fmt: skip
    goal = parse_goal(data, "goal")
    told = why_not(goal, "2 x RTX 5090")
    assert not told.chosen and told.usd is None  # the circuit does not carry them
    keys = [set(change.keys) for change in told.changes]
    assert {"limits.power_cap_w"} in keys
    assert any("limits.circuit_amperes" in some for some in keys)


CAPS = {"workload": LORA | {"batch": 16, "precision": "bf16", "grad_checkpointing": True},
        "budget": {"usd": 13_500}, "as_of": "2026-11-20"}  # fmt: skip


def test_cards_that_the_circuit_carries_only_below_their_limit_are_planned_with_a_cap(tmp_path):
    goal = parse_goal(CAPS, "goal")
    got, off = plan(goal), plan(edited(goal, {"limits.power_caps": False}))
    cap, words = got.chosen.power_cap_w, got.changed[-1]
    assert cap and words == f"each card capped at {cap:g} W" and off.chosen.power_cap_w is None
    assert not any("capped" in words for words in off.changed)
    assert got.chosen.prediction.pace_s * 1.03 < off.chosen.prediction.pace_s
    assert got.chosen.usd <= 13_500 and not [
        f for f in got.chosen.findings if f.verdict == "conflict"
    ]
    refused = [p for p in off.frontier if (p.gpu, p.gpu_count) == (got.chosen.gpu, 2)]
    assert refused and all(p.usd is None for p in refused)
    assert [p.changed for p in got.frontier if p.chosen] == [got.changed]
    assert f"2 x {got.chosen.gpu} would, but" not in got.left.why  # these are what is planned
    said = plan(edited(goal, {"limits.power_cap_w": cap})).chosen
    assert (said.gpu, said.usd) == (got.chosen.gpu, got.chosen.usd)
    machine = report(goal, result=got)
    assert machine.build.gpu_power_cap_w == cap and machine.power.draw_w == got.chosen.draw_w
    assert any(f"Cap each card at {cap:g} W" in step.title for step in machine.guide.steps)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(got.to_dict(), default=str), encoding="utf-8")
    assert read_planned(path)[0].gpu_power_cap_w == cap
    assert json.loads(path.read_text())["power_cap_w"] == cap


SIX = {"gpu_count_min": 6, "gpu_count_max": 6, "open_frame": True, "power_caps": False}


def test_six_cards_hang_on_two_supplies_and_guide_and_check_say_so(tmp_path):
    """6 x 350 W and their host are more than any supply of the market gives."""
    one = asked(CHAT, 25_000, "DE", **SIX)
    got = plan(one)
    (psu,) = [line for line in got.chosen.parts if line.kind == "psu"]
    assert (got.chosen.gpu_count, psu.count) == (6, 2)
    assert not [f for f in got.chosen.findings if f.verdict == "conflict"]
    assert any("starts both supplies" in note for note in got.notes)
    (tmp_path / "plan.json").write_text(json.dumps({"chosen": dataclasses.asdict(got.chosen),
        "run": {"model": "llama-3-70b"}}, default=str))  # fmt: skip
    build = read_planned(tmp_path / "plan.json")[0]
    assert [n for _, _, n in build.more] == [1]
    told = report(one, "six", got)
    (step,) = [step for step in told.guide.steps if step.id == "supplies"]
    assert "Supply 1: board, processor, drives and 3 cards; Supply 2: 3 cards." in step.do
    assert not [f for f in told.guide.open if f.verdict == "conflict"]


def test_two_circuits_carry_cards_that_one_does_not():
    one = asked(CHAT, 25_000, "US", **SIX)
    assert plan(one).chosen is None
    assert plan(edited(one, {"limits.circuits": 2, "limits.circuit_amperes": 20})).chosen
