"""Standards bound what a data sheet leaves out: slots by form factor, lanes by socket, supply."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fit.story import CARD, STORY, change

from rigwright.catalog.source import by_id
from rigwright.fit.facts.names import form_key
from rigwright.fit.facts.platforms import positions
from rigwright.fit.facts.ratings import chip_supply_w, supply_w
from rigwright.fit.rules import BY_ID
from rigwright.spec.parts import Board, Card, Chip, Slot

UNREAD = tuple(Slot(position=0, length=16, gen=4.0, host="cpu") for _ in range(4))


def found(rule, cards, thickness, **edits):
    card = replace(CARD, thickness_slots=thickness)
    board = {"board__slots": UNREAD, "board__lane_plans": None, "risers": 0}
    return BY_ID[rule].check(change(STORY, cards=(card,) * cards, **{**board, **edits}))


@pytest.mark.parametrize(
    ("cards", "thickness", "form", "verdict"),
    [
        (4, 3.0, "Micro-ATX", "conflict"),  # four RTX 3090 reach slot 10 of 4
        (4, 2.0, "Micro-ATX", "conflict"),
        (2, 3.0, "Micro-ATX", "unknown"),  # the lower one may overhang the board
        (2, 4.0, "Micro-ATX", "conflict"),
        (4, 2.0, "ATX", "unknown"),
        (4, 3.0, "ATX", "conflict"),
        (2, 2.0, "Mini-ITX", "conflict"),
        (4, None, "Micro-ATX", "unknown"),  # single-slot cards would fit
        (4, 3.0, "Proprietary", "unknown"),
    ],
)
def test_slot_positions_by_form_factor(cards, thickness, form, verdict):
    answer = found("gpu_slot_spacing", cards, thickness, board__form_factor=form)
    assert answer.verdict == verdict, answer.why


def test_with_risers_the_board_does_not_decide():
    answer = found("gpu_slot_spacing", 4, 3.0, board__form_factor="Micro-ATX", risers=4)
    assert answer.verdict == "unknown"


def test_a_board_without_a_slot_list_has_no_more_slots_than_its_form():
    small = {"board__form_factor": "Mini-ITX", "board__slots": ()}
    assert found("gpu_slots", 2, 2.0, **small).verdict == "conflict"
    assert found("gpu_slots", 1, 2.0, **small).verdict == "unknown"


@pytest.mark.parametrize(("cards", "verdict"), [(3, "unknown"), (4, "warning")])
def test_lanes_by_socket(cards, verdict):
    """AM5 has 24 lanes, whatever the processor: four cards want 32."""
    answer = found("pcie_lanes", cards, 2.0, cpu__pcie_lanes=None, cpu__socket="AM5")
    assert answer.verdict == verdict and answer.loses == (verdict == "warning")


def test_no_board_of_the_catalogue_has_a_slot_beyond_its_form():
    for board in by_id(Board).values():
        row = positions().get(form_key(board.form_factor or ""))
        if row and board.slots:
            assert len([s for s in board.slots if s.length >= 16]) <= row, board.id
            assert max(s.position for s in board.slots) <= row, board.id


def test_a_card_without_a_figure_takes_that_of_its_chip():
    card = replace(CARD, suggested_psu_w=None, chip="geforce-rtx-3090")
    rule = BY_ID["psu_suggested"]
    answer = rule.check(change(STORY, cards=(card,)))
    assert (answer.verdict, answer.need) == ("warning", 750)
    assert answer.why.startswith("the chip's maker suggests 750 W")
    own = rule.check(change(STORY, cards=(replace(card, suggested_psu_w=550),)))
    assert own.need == 550 and own.why.startswith("the card's maker")
    nobody = rule.check(change(STORY, cards=(replace(card, chip="nobody knows"),)))
    assert nobody.verdict == "unknown"


def test_chips_ask_for_what_their_reference_cards_ask():
    cards = [c for c in by_id(Card).values() if c.suggested_psu_w]
    elsewhere = ("geforce-gt", "radeon-rx-", "arc-a")  # chips of imported catalogues alone
    for chip, watts in chip_supply_w().items():
        assert chip in by_id(Chip) or chip.startswith(elsewhere), chip
        own = [c.suggested_psu_w for c in cards if c.chip == chip]
        assert not own or min(own) == watts, chip


def test_a_memory_size_takes_the_figure_of_its_family():
    assert supply_w("unlisted-radeon-rx-580-4-gb") == supply_w("radeon-rx-580") == 500
    assert supply_w("geforce-rtx-3050-6-gb") == 300 < supply_w("geforce-rtx-3050")
    assert supply_w("nobody knows") is None


def test_unbuffered_memory_on_trx50_is_a_conflict():
    """TRX50 takes registered modules alone; published lists pair it with plain kits."""
    board = {"board__memory_form": "RDIMM", "board__socket": "sTR5", "board__chipset": "TRX50"}
    ram = {"ram__type": "DDR5", "ram__form": "UDIMM", "cpu__registered_memory": "yes"}
    check = BY_ID["ram_buffering"].check
    assert check(change(STORY, **board, **ram)).verdict == "conflict"
    # The processor decides where the board's own kind of memory is not known.
    assert (
        check(change(STORY, **{**board, "board__memory_form": None}, **ram)).verdict == "conflict"
    )
