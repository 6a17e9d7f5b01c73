"""Equal kits of memory are bought several times where a builder does that."""

import pytest

from rigwright.catalog.tables import by_id, load
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.given.demands import kits, ram_gib, registered
from rigwright.plan.machine.planning import plan
from rigwright.spec.parts import RamKit

SERVER = {
    "workload": {"model": "llama-3-8b", "method": "qlora", "seq_len": 1024},
    "budget": {"usd": 9000},
    "use": {"board": "ASRock Rack ROMED8-2T"},
    "as_of": "2026-11-01",
}


@pytest.mark.parametrize("kit", load(RamKit), ids=lambda k: k.id)
def test_several_kits_fill_channels_and_never_halve_the_speed(kit):
    modules = [n * kit.modules for n in kits(kit)]
    assert kits(kit)[0] == 1
    assert set(modules[1:]) <= ({1, 2, 4, 6, 8, 12} if registered(kit) else {1, 2, 4})
    if kit.type == "DDR5" and not registered(kit):
        assert modules == [kit.modules] or max(modules) == 2


def _memory(limits, **more):
    result = plan(parse_goal({**SERVER, "limits": {"used": True, **limits}, **more}, "server"))
    assert result.chosen is not None
    return [line for line in result.chosen.parts if line.kind == "ram"]


def test_a_server_board_is_not_planned_with_one_module():
    (line,) = _memory({})
    assert line.count * by_id(RamKit)[line.id].modules >= 4


@pytest.mark.parametrize("least_gib", [128, 256, 512])
def test_the_least_memory_may_come_from_several_kits(least_gib):
    (line,) = _memory({"ram_gib_min": least_gib})
    kit = by_id(RamKit)[line.id]
    assert line.count in kits(kit)
    assert line.count * ram_gib(kit) >= least_gib > ram_gib(kit)


def test_a_kit_named_by_the_user_is_bought_once():
    name = "Samsung 64GB (1x64GB) DDR4-3200 CL22 ECC Registered"
    (line,) = _memory({}, use={**SERVER["use"], "ram": [name]})
    assert (line.name, line.count) == (name, 1)
