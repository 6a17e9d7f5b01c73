"""What a chip costs, new and used: one price on every surface, of what can be bought alone."""

import datetime as dt

import pytest

from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import by_condition, load
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.given.market import market
from rigwright.plan.memory.smallestvram import smallest_vram
from rigwright.plan.parts.pricing import history
from rigwright.plan.parts.searching import search
from rigwright.plan.speed.cardprices import NO_PRICE, NOT_SOLD, bought, by_chip
from rigwright.plan.speed.comparing import compare_chips
from rigwright.report.text.told import show
from rigwright.spec.market import Price
from rigwright.spec.parts import Card, Chip, Psu

DAYS = [dt.date(2016, 10, 29), dt.date(2021, 6, 1), dt.date(2024, 3, 1), dt.date(2026, 11, 23)]
RUN = {"model": "llama-3-8b", "method": "qlora"}
TODAY = "2026-11-23"


def planned(day, used):
    """Chip -> cents of the cheapest card with one such chip that a plan may buy."""
    goal = parse_goal(
        {
            "workload": {"model": "resnet50"},
            "budget": {"usd": 3000},
            "as_of": day,
            "limits": {"used": used},
        },
        "goal",
    )
    found = {}
    for chip, candidates in market(goal).cards.items():
        cents = [c.cents for c in candidates if c.part.chip_count == 1]
        if cents:
            found[chip] = min(cents)
    return found


def cents(offer):
    return None if offer.usd is None else round(offer.usd * 100)


@pytest.mark.parametrize("day", DAYS)
def test_a_plan_pays_what_is_offered(day):
    new, either = planned(day, used=False), planned(day, used=True)
    chips = by_chip(day)
    assert {c: cents(n) for c, (n, _) in chips.items() if n.usd is not None} == new
    paid = {c: [x for x in map(cents, both) if x is not None] for c, both in chips.items()}
    assert {c: min(both) for c, both in paid.items() if both} == either


@pytest.mark.parametrize("day", DAYS)
def test_nothing_is_offered_that_cannot_be_bought(day):
    quotes = by_condition(day)
    cards = [c for c in load(Card) if c.chip_count == 1]
    for chip, both in by_chip(day).items():
        mine = [key(c) for c in cards if c.chip == chip]
        for offer in both:
            assert (offer.usd is None) == bool(offer.why_not)
            assert offer.why_not in ("", NOT_SOLD, NO_PRICE)
            sold = [q for k in mine if (q := quotes[offer.condition].get(k)) and q.sold]
            assert offer.parts <= len(sold)
            if offer.usd is not None:
                assert offer.low_usd < offer.usd <= offer.dearest_usd and offer.usd < offer.high_usd
            assert offer.seen_date is None or offer.seen_date <= day


def test_what_was_seen_last_is_an_observation_of_the_chip_or_its_cards():
    day = DAYS[-1]
    chip_of = {key(c): c.chip for c in load(Card)} | {key(c): c.id for c in load(Chip)}
    rows = [p for p in load(Price) if p.date <= day]
    for chip, both in by_chip(day).items():
        for offer in both:
            mine = [
                p for p in rows if chip_of.get(p.part) == chip and p.condition == offer.condition
            ]
            shops = [p for p in mine if p.basis != "list"] or mine
            if not shops:
                assert offer.seen_date is None
                continue
            last = max(p.date for p in shops)
            assert offer.seen_date == last
            assert offer.seen_usd == min(p.usd for p in shops if p.date == last)


def test_a_chip_that_is_sold_used_only_is_said_to_be():
    new, used = history("RTX 3090", TODAY).costs
    assert (new.usd, new.why_not) == (None, NOT_SOLD)
    assert used.low_usd < used.usd < used.high_usd and used.parts > 1
    assert bought(by_chip(DAYS[-1]), "geforce-rtx-3090") == used
    assert bought(by_chip(DAYS[0]), "geforce-rtx-3090") is None


def test_every_surface_says_the_same_price():
    names = ["RTX 4090", "Tesla P40", "2x RTX 3090", "RTX 5090"]
    chips = by_chip(DAYS[-1])
    compared = compare_chips(names, RUN, TODAY).rows
    listed = {part.name: price for part, price in search("chip", "", TODAY).rows}
    held = {c.gpu: c for c in smallest_vram(RUN, TODAY).carriers}
    for row in compared:
        told = history(row.gpu, TODAY)
        price = bought(chips, told.id)
        assert told.costs == row.prices == chips[told.id]
        assert row.usd == pytest.approx(price.usd * row.gpu_count)
        assert row.usd_condition == price.condition == listed[row.gpu].condition
        assert listed[row.gpu].usd == price.usd
    for name, row in held.items():
        assert (row.usd, row.usd_condition) == (listed[name].usd, listed[name].condition)


def test_what_is_sold_new_stands_before_what_is_used():
    told = [c.usd_condition for c in smallest_vram(RUN, TODAY).carriers]
    assert told == sorted(told)


def test_both_are_printed(capsys):
    show("compare", compare_chips(["RTX 5090", "RTX 3090"], RUN, TODAY))
    lines = capsys.readouterr().out.splitlines()
    words = [line for line in lines if line.startswith("GeForce RTX 3090, ")]
    assert len(words) == 1 and words[0].startswith("GeForce RTX 3090, used: $")
    assert "last seen $" in words[0]
    assert sum(line.startswith("GeForce RTX 5090, ") for line in lines) == 2
    show("history", history("RTX 3090", TODAY))
    text = capsys.readouterr().out
    assert f"new: {NOT_SOLD}" in text and "cheapest of" in text


def test_a_part_answers_like_its_plan():
    quotes = by_condition(DAYS[-1])["new"]
    for part in load(Psu)[::9]:
        new, _ = history(f"psu:{part.id}", TODAY).costs
        quote = quotes.get(key(part))
        sold = quote is not None and quote.sold
        assert (new.usd is not None) == sold
        if sold:
            assert (new.usd, new.low_usd, new.high_usd) == (
                quote.usd,
                quote.low_usd,
                quote.high_usd,
            )
