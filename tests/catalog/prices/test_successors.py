"""What an older chip costs when a younger one of its line offers no less: never more than that."""

import datetime as dt
import statistics
from dataclasses import replace

import pytest
from tests.catalog.prices.made import STEPS, card, price

from rigwright.catalog import source, tables
from rigwright.catalog.prices.features import no_less
from rigwright.catalog.prices.nowcast import Nowcast
from rigwright.spec.market import Market, Price
from rigwright.spec.parts import Card, Chip

DAY = dt.date(2022, 6, 1)
CARDS = (card("a"), card("b", "two"))
PATTERN = source.by_id(Chip)["geforce-gtx-1080"]


def chip(name: str, released: int, vram_gib: float | None = 8, tflops: float = 10) -> Chip:
    vram = None if vram_gib is None else int(vram_gib * 2**30)
    made = replace(PATTERN, id=name, name=name, released=dt.date(released, 1, 1))
    return replace(made, vram_bytes=vram, fp32_flop_per_s=tflops * 1e12)


def ask(prices, young: Chip, day: dt.date = DAY) -> float:
    chips = {c.id: c for c in (chip("one", 2018), young)}
    return Nowcast(CARDS, prices, (), chips, STEPS).on(day, ["card:a"])["card:a"].usd


SEEN = [price("card:a", 2019, 600), price("card:b", 2021, 300)]


def test_it_falls_to_the_price_of_the_younger_one():
    young = chip("two", 2021, 12, 15)
    assert ask(SEEN, young) == pytest.approx(300, rel=0.1)
    assert ask(SEEN, young, dt.date(2020, 12, 31)) > 500  # not before that one is there


@pytest.mark.parametrize("young", [
    chip("two", 2021, 6, 15), chip("two", 2021, 12, 9), chip("two", 2021, None, 15),
    chip("two", 2019, 12, 15),
], ids=["less memory", "slower", "of unknown memory", "seen beside it"])  # fmt: skip
def test_it_does_not_where_the_other_is_no_successor(young):
    assert ask(SEEN, young) > 450


def test_what_was_seen_since_says_more():
    assert ask([*SEEN, price("card:a", 2021, 580)], chip("two", 2021, 12, 15)) > 500


def test_no_less_is_of_one_line_and_holds_of_itself():
    for one in source.load(Chip):
        known = one.vram_bytes is not None and one.fp32_flop_per_s is not None
        assert no_less(one, one) == known
    found = source.by_id(Chip)
    assert no_less(found["geforce-gtx-1070"], found["geforce-gtx-980-ti"])
    assert not no_less(found["geforce-rtx-2080"], found["geforce-gtx-1080-ti"])  # 8 of 11 GB
    assert not no_less(found["rtx-a6000"], found["geforce-rtx-3090"])


SUPERSEDED = (
    # pcgamer.com, best graphics cards of July 2016; arstechnica.com, GTX 1060 review of July 2016
    ("geforce-gtx-980-ti", "2016-07-25", 403), ("geforce-gtx-980", "2016-07-19", 400),
    # techspot.com/article/1772-graphics-card-pricing-dec-2018
    ("geforce-gtx-1070", "2018-12-15", 335), ("geforce-gtx-1070-ti", "2018-12-15", 380),
    ("geforce-gtx-1080", "2018-10-15", 450), ("geforce-gtx-1080-ti", "2018-10-15", 700),
    # insiderllm.com of February 2026: new at $2,200 to 2,800, a year after its successor
    ("geforce-rtx-4090", "2026-02-15", 2500),
)  # fmt: skip


def test_five_generations_within_their_range_by_what_was_known_before():
    """Rows of each chip are hidden from two months before the day on."""
    cards, chips, prices = source.load_with_price(Card), source.by_id(Chip), source.load(Price)
    errors = []
    for name, day, usd in SUPERSEDED:
        on = dt.date.fromisoformat(day)
        mine = {f"card:{c.id}" for c in cards if c.chip == name} | {f"chip:{name}"}
        until = on - dt.timedelta(days=60)
        told = [
            p for p in prices
            if p.condition == "new" and p.part.startswith(("card:", "chip:"))
            and p.date <= (until if p.part in mine else on)
        ]  # fmt: skip
        rows = [r for r in tables.load(Market) if r.date <= (until if r.subject in mine else on)]
        found = Nowcast(cards, told, tuple(rows), chips).on(on, sorted(mine - {f"chip:{name}"}))
        cheapest = min(found.values(), key=lambda level: level.usd)
        assert cheapest.usd / cheapest.spread <= usd, name
        assert usd <= max(level.usd * level.spread for level in found.values()), name
        errors.append(abs(cheapest.usd / usd - 1))
    assert statistics.median(errors) < 0.15
