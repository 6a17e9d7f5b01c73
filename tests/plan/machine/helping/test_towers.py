"""A used office computer to start from: offered where there is no machine, within its supply."""

import datetime as dt
import re

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.helping.edits import (
    TOWER_USD,
    TOWERS,
    Tower,
    edited,
    of_towers,
    towers_asked,
)
from rigwright.plan.machine.planning import plan
from rigwright.plan.reporting import report
from rigwright.spec.tables.table import table

RUNS = ({"model": "resnet50"}, {"model": "gpt2", "mode": "decode"},
        {"model": "llama-3-8b", "mode": "decode", "seq_len": 1024,
         "precision": "q4_k_m"})  # fmt: skip


def goal(run, usd, day="2026-11-30", **more):
    data = {"workload": run, "budget": {"usd": usd}, "as_of": day}
    return parse_goal(data | more, "test")


@pytest.mark.parametrize("run", RUNS, ids=lambda r: r["model"])
@pytest.mark.parametrize("usd", [200, 280, 400, 500])
@pytest.mark.parametrize("used", [False, True])
def test_what_is_offered_is_a_machine_that_leaves_money_for_it(run, usd, used):
    asked = goal(run, usd, limits={"used": used})
    found = plan(asked)
    for change in found.changes:
        if "own.psu" not in change.keys:
            continue
        left = usd - change.usd
        assert f"${left:,.0f} at most beside the card that follows" in change.what and left > 0
        dearest = max(map(float, re.findall(r"\$(\d+)-\d+ on 20", change.what)))
        assert dearest <= left
        made = plan(edited(asked, change.keys)).chosen
        # From so much: a plan of the whole budget may buy a better card.
        assert change.usd <= made.usd + 0.01 and made.usd <= usd
        assert not [f for f in made.findings if f.verdict == "conflict"]
        bought = [line.kind for line in made.parts if not line.owned]
        assert sorted(bought) == ["card", "drive"], bought


def test_it_is_offered_for_a_small_budget():
    changes = plan(goal(RUNS[0], 400)).changes
    assert any(change.what.startswith("start from a used office tower") for change in changes)


@pytest.mark.parametrize(
    "asked",
    [goal(RUNS[0], TOWER_USD + 1), goal(RUNS[0], 400, "2016-10-29"),
     goal(RUNS[0], 400, own={"cpu": "Core i5-6500"}),
     goal(RUNS[0], 400, use={"board": "Z97-A"}),
     goal(RUNS[0], 400, limits={"open_frame": True})],
)  # fmt: skip
def test_not_where_money_a_day_or_parts_speak_against_it(asked):
    assert not list(of_towers(asked))


def test_a_tower_is_offered_at_what_was_asked_for_it_and_no_dearer():
    day = dt.date(2026, 11, 30)
    assert towers_asked(day, 130).count("$") == 2 and "2026-02-20" in towers_asked(day, 130)
    assert towers_asked(day, 90) is None  # nothing is offered that nobody sells for so little
    assert towers_asked(dt.date(2021, 1, 1), 90) == ""


@pytest.mark.parametrize("row", table(Tower, TOWERS), ids=lambda r: r.words)
def test_its_supply_is_known_to_have_no_plug_and_the_card_needs_none(row):
    asked = goal(RUNS[0], 500)
    for edit in of_towers(asked):
        made = report(edited(asked, edit.keys))
        assert made.build.psu.pcie_8pin_plugs == 0 and "no plug" in row.words
        assert not any(card.plugs for card in made.build.cards)
        assert made.plan.chosen.draw_w < made.build.psu.watts
        assert not {"cpu", "board", "psu"} & {step.id for step in made.guide.steps}
