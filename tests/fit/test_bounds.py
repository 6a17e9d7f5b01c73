"""What is said of every part of a class is so of every part that is known."""

from dataclasses import replace

import pytest
from tests.fit.story import CARD, CPU, PSU

from rigwright.catalog.tables import load
from rigwright.fit.facts.bounds import bounds, most_plugs
from rigwright.fit.facts.placement import surely_fed
from rigwright.fit.rules import BY_ID
from rigwright.fit.rules.power import PLUGGED_FROM
from rigwright.fit.rules.storage import has_sata
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Card, Psu


def test_boards_have_the_sockets_and_ports_that_are_promised():
    boards = load(Board)
    ports = [b.sata_ports for b in boards if b.sata_ports and has_sata(b)]
    assert len(ports) > 40 and min(ports) >= bounds()["board sata ports"].least


def test_no_card_has_more_sockets_than_its_power_allows():
    cards = [c for c in load(Card) if c.plugs is not None and c.power_limit_w]
    assert len(cards) > 60
    for card in cards:
        assert sum(p in "68" for p in card.plugs) <= most_plugs(card), card.name


def test_large_supplies_of_atx_3_have_the_plug_for_which_they_ride_through_peaks():
    new = [p for p in load(Psu) if (p.atx_version or "").startswith("3")]
    large = [p for p in new if p.watts >= bounds()[PLUGGED_FROM].least]
    plugs = [p.pcie_16pin_plugs for p in large if p.pcie_16pin_plugs is not None]
    assert len(plugs) > 40 and min(plugs) >= 1


@pytest.mark.parametrize(
    ("atx", "watts", "verdict"), [("3.1", 1000.0, "ok"), ("3.0", 650.0, "unknown")]
)
def test_what_a_line_states_of_a_supply_decides_on_peaks(atx, watts, verdict):
    psu = replace(PSU, atx_version=atx, watts=watts, pcie_16pin_plugs=None, pcie_8pin_plugs=None)
    card = replace(CARD, power_limit_w=watts * 0.45)
    build = Build(cpu=CPU, psu=psu, cards=(card,))
    assert BY_ID["psu_transient"].check(build).verdict == verdict


def test_long_slots_have_lanes_as_promised():
    read = 0
    for board in load(Board):
        if not board.slots or not board.lane_plans:
            continue
        long = [i for i, s in enumerate(board.slots) if s.length >= 16]
        fed = max(sum(i < len(p) and p[i] > 0 for i in long) for p in board.lane_plans)
        assert fed >= surely_fed(len(long)), board.name
        read += len(long) > 1
    assert read >= 15


@pytest.mark.parametrize("have", [1, 2, 3, 6])
@pytest.mark.parametrize("watts", [70, 150, 220, 350])
def test_a_bound_proves_that_plugs_suffice_and_never_that_they_do_not(have, watts):
    psu = replace(PSU, pcie_8pin_plugs=have, pcie_16pin_plugs=0)
    card = replace(CARD, plugs=None, power_limit_w=float(watts))
    found = BY_ID["psu_pcie_connectors"].check(Build(psu=psu, cards=(card,)))
    enough = have >= most_plugs(card)
    assert (found.verdict, found.severity) == ("unknown", "warning" if enough else "error")
    native = replace(psu, pcie_16pin_plugs=1)
    found = BY_ID["psu_pcie_connectors"].check(Build(psu=native, cards=(card,)))
    assert found.verdict == ("ok" if enough else "unknown")
