"""A card that is owned and told by its chip alone: the machine around it takes whichever it is."""

import pytest

from rigwright.catalog.loose import MARK
from rigwright.catalog.source import load, part
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.given.named import may_be, named_parts
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.sensible import sensible
from rigwright.spec.build import Build
from rigwright.spec.parts import Card, Case, Psu

RUN = {"model": "qwen2.5-14b", "mode": "decode", "precision": "q4_k_m", "seq_len": 4096}


def goal(*cards, **more):
    data = {"workload": RUN, "budget": {"usd": 1800}, "as_of": "2026-11-01"}
    return parse_goal(data | {"own": {"cards": list(cards)}} | more, "test")


@pytest.mark.parametrize("chip", ["RTX 3090", "RTX 4090", "RTX 5070 Ti"])
def test_case_and_supply_take_whichever_card_it_is(chip):
    asked = goal(chip)
    chosen = plan(asked).chosen
    [told] = named_parts("own", asked.own)["card"]
    cards = [c for c in may_be(told, Build()).parts if not c.name.endswith(MARK)]
    assert told.name.endswith(MARK) and len({c.length_mm for c in cards}) > 1
    by_kind = {line.kind: part(line.kind, line.id) for line in chosen.parts if not line.owned}
    assert by_kind["case"].gpu_length_mm >= max(c.length_mm or 0 for c in cards)
    needed = max(sum(p in ("6", "8") for p in c.plugs or ()) for c in cards)
    assert (by_kind["psu"].pcie_8pin_plugs or 0) >= needed


def test_the_demand_is_of_the_longest_and_the_thirstiest_of_them():
    names = {d.name: d for d in sensible(goal("RTX 3090")) if "whichever" in d.name}
    room, plugs = (next(d for n, d in names.items() if n.startswith(w)) for w in ("room", "plugs"))
    longest = max(c.length_mm or 0 for c in load(Card) if c.chip == "geforce-rtx-3090")
    small = next(c for c in load(Case) if c.gpu_length_mm and c.gpu_length_mm < longest)
    large = next(c for c in load(Case) if c.gpu_length_mm and c.gpu_length_mm >= longest)
    assert room.accepts(large) and not room.accepts(small)
    assert not plugs.accepts(next(s for s in load(Psu) if s.pcie_8pin_plugs == 1))


def test_nothing_more_is_demanded_for_a_card_that_is_named():
    named = next(c.name for c in load(Card) if c.chip == "geforce-rtx-3090")
    for asked in (goal(named), goal("RTX 3090", limits={"open_frame": True})):
        assert not [d for d in sensible(asked) if d.kind == "case" and "whichever" in d.name]
