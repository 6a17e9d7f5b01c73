"""What is said of every part of a class is so of every part that is known."""

from dataclasses import replace

import pytest
from tests.fit.story import CARD, CASE, PSU

from rigwright.catalog.tables import load
from rigwright.fit.facts.bounds import bounds, most_of, most_plugs
from rigwright.fit.facts.names import form_key
from rigwright.fit.facts.placement import anywhere, long_slots, surely_fed
from rigwright.fit.facts.platforms import forms
from rigwright.fit.rules import BY_ID
from rigwright.fit.rules.storage import has_sata
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Card


def test_boards_have_the_sockets_and_ports_that_are_promised():
    boards = load(Board)
    ports = [b.sata_ports for b in boards if b.sata_ports and has_sata(b)]
    assert len(ports) > 40 and min(ports) >= bounds()["board sata ports"].least


def test_no_card_has_more_sockets_than_its_power_allows():
    cards = [c for c in load(Card) if c.plugs is not None and c.power_limit_w]
    assert len(cards) > 60
    for card in cards:
        assert sum(p in "68" for p in card.plugs) <= most_plugs(card), card.name


def test_long_slots_stand_apart_and_have_lanes_as_promised():
    read = 0
    for board in load(Board):
        if not board.slots or not board.lane_plans:
            continue
        long = [i for i, s in enumerate(board.slots) if s.length >= 16]
        fed = max(sum(i < len(p) and p[i] > 0 for i in long) for p in board.lane_plans)
        assert fed >= surely_fed(len(long)), board.name
        at = sorted(board.slots[i].position for i in long)
        if all(at) and len(at) > 1:
            read += 1
            few = len(at) <= most_of("long slots whose first two are apart")
            assert at[1] - at[0] >= 1 + few, board.name
    assert read >= 15


@pytest.mark.parametrize("sizes", [(2, 2), (3, 3), (2, 3), (2, 2, 2)])
def test_where_it_is_not_known_how_slots_lie_cards_are_said_to_fit_only_where_they_do(sizes):
    """Slot positions and lane plans of real boards are hidden; what is said then is so."""
    said = 0
    rule = BY_ID["gpu_slot_spacing"]
    for board in load(Board):
        if not board.slots or not board.lane_plans or not all(s.position for s in board.slots):
            continue
        row = forms().get(form_key(board.form_factor))
        if row is None:
            continue
        hidden = replace(
            board, lane_plans=None, slots=tuple(replace(s, position=0) for s in board.slots)
        )
        for openings in (7, 8, 9):
            cards = tuple(replace(CARD, thickness_slots=float(n)) for n in sizes)
            case = replace(CASE, expansion_slots=openings)
            less = rule.check(Build(board=hidden, cards=cards, case=case))
            more = rule.check(Build(board=board, cards=cards, case=case))
            if less.verdict == "ok":
                said += 1
                assert more.verdict == "ok", (board.name, sizes, openings)
            assert anywhere(hidden, row.positions, sizes, openings) is (less.verdict == "ok")
            assert long_slots(board) == long_slots(hidden)
    assert said or len(sizes) > 2 or 3 in sizes


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
