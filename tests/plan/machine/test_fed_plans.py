import pytest

from rigwright.catalog.identify import identify
from rigwright.catalog.tables import load
from rigwright.plan.ask import hosts
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.speed.feeding import samples_of, timed
from rigwright.predict.feed import UNSAID
from rigwright.spec.parts import Chip

WORK = {"model": "resnet50", "batch": 64, "precision": "amp"}


def planned(data=None, **limits):
    said = {"workload": WORK, "budget": {"usd": 1500}, "as_of": "2026-11-23", "limits": limits}
    return parse_goal(said | ({"data": data} if data else {}), "goal")


@pytest.fixture(scope="module")
def fed():
    goal = planned({"name": "imagenet-1k", "epochs": 10})
    return goal, plan(goal)


def test_a_plan_says_whether_the_data_keeps_up_and_how_long_the_job_takes(fed):
    goal, result = fed
    chosen = result.chosen
    assert chosen.feed.startswith(("the data keeps up", "the data binds"))
    steps = samples_of(result.run, goal.job()) / result.run.batch
    assert chosen.job_hours >= steps * chosen.prediction.step_s / 3600 * (1 - 1e-9)
    assert chosen.job == "10 epochs of imagenet-1k, 12,811,670 items"
    assert UNSAID not in result.notes


def test_every_machine_is_fed_by_its_own_parts(fed):
    goal, result = fed
    chips = {chip.name: chip for chip in load(Chip)}
    for machine in (result.chosen, *result.alternatives):
        host = hosts.of_chip(chips[machine.gpu], machine.gpu_count)
        for line in machine.parts:
            part = identify(line.kind, line.id).part if line.kind in ("cpu", "drive") else None
            if line.kind == "cpu":
                host = hosts.with_cpu(host, part or identify("cpu", line.name).part)
            if line.kind == "drive":
                host = hosts.with_drive(host, part or identify("drive", line.name).part)
        found = timed(result.run, host, goal.job())
        assert found.feed.stages["cpu"] > 0 and found.feed.stages["disk"] > 0
        assert (machine.prediction.bound in ("cpu", "disk")) == ("binds" in machine.feed)


def test_a_plan_without_data_says_once_that_input_is_not_counted():
    result = plan(planned())
    assert result.notes.count(UNSAID) == 1
    assert result.chosen.feed == "" and result.chosen.job_hours is None
