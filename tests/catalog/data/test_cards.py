"""Curated cards: every row belongs to a chip, and its plugs can carry what it draws."""

import datetime as dt

import pytest

from rigwright.catalog.tables import by_id, load, slug
from rigwright.spec.parts import Card, Chip

CARDS = load(Card)
CHIPS = by_id(Chip)

SLOT_W = 75  # PCIe CEM: a graphics slot
# PCIe CEM 5.0 for 6, 8 and 16 pins; an EPS plug has four 12 V pins (300 W: NVIDIA DA-07261).
PLUG_W = {"6": 75, "8": 150, "16": 600, "eps8": 300}

OVER_THE_STANDARD = {
    # One PCIe 8-pin plug for 230 W and 250 W: NVIDIA's power guidelines DA-07261 ask for a supply
    # and cable that can give more than 150 W there.
    "nvidia-quadro-p6000",
    "nvidia-rtx-a5000",
    "nvidia-rtx-a5500",
    # 230 W by one 8-pin plug and the slot: 5 W over, in Intel's data as BuildCores OpenDB has them.
    "intel-arc-pro-b70",
}


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_card_is_a_product_of_a_known_chip(card):
    chip = CHIPS[card.chip]
    assert card.id == slug(card.name) and card.brand and card.name.startswith(card.brand)
    assert chip.segment not in {"laptop", "soc"}
    assert card.source and dt.date(2012, 1, 1) < card.source_date <= dt.date.today()
    # Not for sale before its chip, apart from a few days between announcements.
    if card.released and chip.released:
        assert card.released >= chip.released


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_power_limit_is_that_of_the_chips_or_a_little_more(card):
    chips_w = CHIPS[card.chip].power_limit_w * card.chip_count
    # Overclocked cards and boards that also feed a USB-C port stay within a quarter.
    assert chips_w <= card.power_limit_w <= 1.25 * chips_w


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_plugs_and_slot_carry_the_power_limit(card):
    assert set(card.plugs) <= set(PLUG_W)
    carries = SLOT_W + sum(PLUG_W[plug] for plug in card.plugs)
    assert (carries < card.power_limit_w) == (card.id in OVER_THE_STANDARD)


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.id)
def test_sizes_are_plausible(card):
    assert 140 <= card.length_mm <= 362
    assert 1 <= card.thickness_slots <= 4
    assert card.height_mm is None or 65 <= card.height_mm <= 155
    assert (card.radiator_mm is not None) == (card.cooling == "hybrid")
    assert card.cooling in {"open", "blower", "passive", "hybrid", "water"}
    assert card.display_outputs is None or 0 <= card.display_outputs <= 6
    if card.suggested_psu_w is not None:
        assert card.power_limit_w + 150 <= card.suggested_psu_w <= 1200


def test_passive_cards_are_the_data_centre_ones():
    for card in CARDS:
        assert (card.cooling == "passive") == (CHIPS[card.chip].segment == "datacentre"), card.id


def test_dual_die_boards_carry_two_chips():
    two = [card.id for card in CARDS if card.chip_count != 1]
    assert two == ["nvidia-tesla-k80"]


# Lengths and plugs of the cards that the 2016 story weighs, from the makers' product pages.
STORY = {
    "gigabyte-gtx-1070-g1-gaming": ("geforce-gtx-1070", 280, ("8",)),
    "nvidia-geforce-gtx-960": ("geforce-gtx-960", 241, ("6",)),
    "nvidia-geforce-gtx-970": ("geforce-gtx-970", 267, ("6", "6")),
    "nvidia-geforce-gtx-980": ("geforce-gtx-980", 267, ("6", "6")),
    "nvidia-geforce-gtx-1060-founders-edition": ("geforce-gtx-1060", 250, ("6",)),
    "nvidia-geforce-gtx-1080-founders-edition": ("geforce-gtx-1080", 267, ("8",)),
    "nvidia-geforce-gtx-titan-x": ("geforce-gtx-titan-x", 267, ("6", "8")),
    "nvidia-titan-x-pascal": ("titan-x-pascal", 267, ("6", "8")),
}


@pytest.mark.parametrize(("card_id", "facts"), STORY.items())
def test_cards_of_the_2016_story(card_id, facts):
    card = by_id(Card)[card_id]
    assert (card.chip, card.length_mm, card.plugs) == facts
    assert card.released <= dt.date(2016, 10, 29)
