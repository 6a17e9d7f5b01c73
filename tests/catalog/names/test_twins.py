"""Listings of one product stand for each other; what they say differently is unknown."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from rigwright.catalog.names.twins import differing, distinct, representative
from rigwright.spec.parts import Cooler, Psu, RamKit

DAY = dt.date(2020, 1, 1)
PSU = Psu(
    id="a", name="Zubo 850", brand="Zubo", source="test", source_date=DAY, watts=850,
    form_factor="ATX", efficiency="gold", modular="full", length_mm=160, sata_plugs=8,
)  # fmt: skip
COOLER = Cooler(
    id="a", name="Zubo K", brand="Zubo", source="test", source_date=DAY, type="air",
    height_mm=158, sockets=("AM4", "LGA 1700"),
)  # fmt: skip
RAM = RamKit(
    id="a", name="Zubo", brand="Zubo", source="test", source_date=DAY, type="DDR4", form="UDIMM",
    modules=2, module_gib=8, speed_mt_s=3200, cas=16,
)  # fmt: skip
NONE: frozenset[str] = frozenset()


def other(part, **facts):
    return dataclasses.replace(part, id="b", name=f"{part.name} White", **facts)


def test_the_fuller_of_two_listings_that_agree_is_taken():
    bare = other(PSU, sata_plugs=None, length_mm=None)
    assert representative((bare, PSU), NONE) == PSU


def test_what_two_listings_say_differently_is_unknown():
    found = representative((PSU, other(PSU, sata_plugs=10)), NONE)
    assert found is not None and found.sata_plugs is None and found.length_mm == 160


def test_of_lists_only_what_all_say_is_kept():
    found = representative((COOLER, other(COOLER, sockets=("LGA1700", "AM5"))), NONE)
    assert found is not None and found.sockets == ("LGA 1700",)


@pytest.mark.parametrize(
    ("part", "facts"),
    [(PSU, {"watts": 750}), (PSU, {"modular": "semi"}), (RAM, {"cas": 18}), (RAM, {"modules": 1})],
)
def test_two_products_have_no_representative(part, facts):
    assert distinct(part, other(part, **facts))
    assert representative((part, other(part, **facts)), NONE) is None


def test_our_own_row_stands_for_a_listing_of_the_same_measures():
    ours = frozenset("a")
    assert representative((other(PSU, sata_plugs=10), PSU), ours) is PSU
    assert representative((other(PSU, length_mm=200), PSU), ours) is None


def test_spelling_and_rounding_are_no_difference():
    assert differing(COOLER, other(COOLER, sockets=("LGA1700", "AM4"), height_mm=158.5)) == ()
