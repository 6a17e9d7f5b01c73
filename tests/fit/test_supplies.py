"""Two supplies: which feeds what, on one circuit and on two."""

from dataclasses import replace

import pytest

import rigwright.fit as fit
from rigwright.catalog.buildfile import read_lines
from rigwright.catalog.paste import read_list
from rigwright.fit.rules import BY_ID
from rigwright.spec.build import Build, Circuit

RIG = """CPU: AMD EPYC 7313
Motherboard: ASRock Rack ROMED8-2T
GPU: {0}x RTX 3090 Founders Edition
PSU: {1}
"""


def rig(cards: int, *watts: float, **more: object) -> Build:
    build = read_lines(read_list(RIG.format(cards, "2x Corsair HX1200i")))[0]
    first = replace(build.psu, watts=watts[0], efficiency="gold")
    rest = tuple((replace(first, id=f"s{n}", watts=w), "", 1) for n, w in enumerate(watts[1:]))
    return replace(build, psu=first, more=rest, whole=True, **more)


@pytest.mark.parametrize("cards", range(1, 9))
@pytest.mark.parametrize("watts", [(1200.0, 1200.0), (650.0, 1600.0), (1600.0, 850.0)])
def test_every_card_is_fed_once_and_the_computer_by_the_first(cards, watts):
    build = rig(cards, *watts)
    ways = fit.fed(build)
    assert [w.psu.watts for w in ways] == list(watts)
    assert sum(len(w.cards) for w in ways) == cards
    assert ways[0].cpu is build.cpu and ways[1].cpu is None
    drawn = [fit.draw_w(w) for w in ways]
    assert sum(drawn) == pytest.approx(fit.draw_w(build))


def test_each_supply_is_weighed_by_what_it_feeds():
    """4 x 350 W and a computer of some 215 W: 915 and 700 W, but no 1,615 W of one."""
    rule = BY_ID["psu_wattage"]
    assert rule.check(rig(4, 1200.0)).verdict == "conflict"
    assert rule.check(rig(4, 1200.0, 1200.0)).verdict == "ok"
    assert rule.check(rig(4, 600.0, 600.0)).verdict == "conflict"
    assert rule.check(rig(8, 1200.0, 1200.0)).verdict == "conflict"


def test_a_conflict_that_another_share_avoids_is_not_certain():
    """Loaded alike, the first would feed two cards, for which it has no plugs; the other has."""
    build = rig(4, 1600.0, 1600.0)
    other, text, count = build.more[0]
    build = replace(build, psu=replace(build.psu, pcie_8pin_plugs=1, pcie_16pin_plugs=0),
                    more=((replace(other, pcie_8pin_plugs=16), text, count),))  # fmt: skip
    found = BY_ID["psu_pcie_connectors"].check(build)
    assert found.verdict == "unknown" and "shared out" in found.why
    poor = replace(build, more=((replace(other, pcie_8pin_plugs=1), text, count),))
    assert BY_ID["psu_pcie_connectors"].check(poor).verdict == "conflict"


def test_two_circuits_carry_what_one_does_not_only_with_two_supplies():
    rule, one = BY_ID["wall_circuit"], Circuit(120.0, 15.0)
    two = replace(one, number=2)
    assert rule.check(rig(4, 1600.0, 1600.0, circuit=one)).verdict == "conflict"
    assert rule.check(rig(4, 1600.0, circuit=two)).verdict == "conflict"
    assert rule.check(rig(4, 1600.0, 1600.0, circuit=two)).verdict == "ok"
    assert rule.check(rig(8, 2000.0, 2000.0, circuit=two)).verdict == "conflict"


def test_a_list_does_not_say_which_supply_feeds_what():
    found = BY_ID["psu_wattage"].check(replace(rig(4, 1200.0, 1200.0), whole=False))
    assert (found.verdict, found.severity) == ("warning", "note") and "shared out" in found.why
