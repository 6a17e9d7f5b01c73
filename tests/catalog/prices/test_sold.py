"""Sold on a day or not: which row speaks, what an observation adds, and the whole catalogue."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from tests.catalog.prices.made import card

import rigwright.catalog.prices.sold as module
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.prices.sold import SEEN_DAYS, UNDATED_DAYS, USED_AFTER_DAYS, sold
from rigwright.catalog.source import load, prices_on
from rigwright.spec.market import Price, Sale
from rigwright.spec.parts import PART_TYPES

DAY = dt.timedelta(days=1)
OUT = dt.date(2019, 1, 1)
PART = card("a")
PARTS = tuple(part for t in PART_TYPES if t.kind != "chip" for part in load(t))
DAYS = [dt.date(2012, 1, 15) + i * 91 * DAY for i in range(68)]
"""Every quarter, to the end of 2028."""
FIRST_SEEN: dict[str, dt.date] = {}
for _price in sorted(load(Price), key=lambda p: p.date):
    FIRST_SEEN.setdefault(_price.part, _price.date)


def row(subject, since=None, until=None, years=None):
    return Sale(subject=subject, since=since, until=until, years=years, source="made",
                source_date=None)  # fmt: skip


@pytest.fixture
def says(monkeypatch):
    """``says(row, ...)``: these rows are the table."""

    def put(*rows):
        monkeypatch.setattr(module, "_sales", lambda: {r.subject: r for r in rows})

    return put


def test_the_row_of_the_part_speaks_alone(says):
    says(row("chip:one", until=dt.date(2021, 1, 1)), row("brand:maker", until=dt.date(2022, 1, 1)),
         row("card:a", until=dt.date(2024, 1, 1)))  # fmt: skip
    assert sold(PART, dt.date(2023, 6, 1)) is True
    assert sold(card("b"), dt.date(2020, 6, 1)) is True
    assert sold(card("b"), dt.date(2021, 6, 1)) is False


@pytest.mark.parametrize(("brand", "chip"), [(2021, 2024), (2024, 2021)])
def test_of_maker_and_class_the_earlier_end_counts(says, brand, chip):
    says(row("brand:maker", until=dt.date(brand, 1, 1)),
         row("chip:one", until=dt.date(chip, 1, 1)))  # fmt: skip
    assert sold(PART, dt.date(2020, 6, 1)) is True
    assert sold(PART, dt.date(2022, 6, 1)) is False


def test_a_maker_is_found_however_it_is_written(says):
    says(row("brand:maker", until=dt.date(2021, 1, 1)))
    assert sold(replace(PART, brand="MAKER"), dt.date(2022, 1, 1)) is False


def test_the_later_of_release_and_first_sale_begins_it(says):
    says(row("chip:one", since=dt.date(2019, 3, 1)))
    assert sold(PART, dt.date(2019, 2, 28)) is False
    assert sold(PART, dt.date(2019, 3, 1)) is True
    says(row("chip:one", since=dt.date(2018, 3, 1)))
    assert sold(PART, OUT - DAY) is False
    assert sold(PART, OUT) is True


def test_the_last_day_is_a_day_of_sale(says):
    says(row("card:a", until=dt.date(2021, 1, 1)))
    assert sold(PART, dt.date(2021, 1, 1)) is True
    assert sold(PART, dt.date(2021, 1, 2)) is False


@pytest.mark.parametrize("condition", ["new", "used"])
def test_what_never_was_a_part_to_buy_is_never_sold(says, condition):
    says(row("chip:one", since=dt.date(2020, 1, 1), until=dt.date(2019, 1, 1)))
    assert {sold(PART, day, condition) for day in DAYS} == {False}


def test_used_from_half_a_year_after_the_first_new_one_and_also_after_the_last(says):
    says(row("chip:one", until=dt.date(2021, 1, 1)))
    first = OUT + USED_AFTER_DAYS * DAY
    assert sold(PART, first - DAY, "used") is False
    assert sold(PART, first, "used") is True
    assert sold(PART, dt.date(2027, 1, 1), "used") is True


def test_years_count_from_the_release_and_a_shop_says_more(says):
    says(row("chip:one", years=5))
    assert sold(PART, OUT + 1826 * DAY) is True  # 5 x 365.25
    assert sold(PART, OUT + 1827 * DAY) is False
    late = dt.date(2025, 6, 1)
    assert sold(PART, late) is False
    assert sold(PART, late, seen=late) is True
    assert sold(PART, late, seen=late - SEEN_DAYS * DAY) is True
    assert sold(PART, late, seen=late - (SEEN_DAYS + 1) * DAY) is False
    assert sold(PART, late, seen=late + DAY) is False  # what comes later is no shop of today
    assert sold(replace(PART, released=None), late) is None


def test_a_known_end_is_not_undone_by_a_late_shop(says):
    says(row("chip:one", until=dt.date(2021, 1, 1)))
    assert sold(PART, dt.date(2021, 6, 1), seen=dt.date(2021, 6, 1)) is False


def test_of_an_unknown_release_the_first_shop_says_when_it_was_not_there(says):
    says(row("chip:one"))
    part, seen = replace(PART, released=None), dt.date(2022, 1, 1)
    assert sold(part, seen - UNDATED_DAYS * DAY, seen=seen) is True
    assert sold(part, seen - (UNDATED_DAYS + 1) * DAY, seen=seen) is False
    assert sold(part, dt.date(2022, 1, 1)) is True
    assert sold(part, dt.date(2022, 1, 1), "used") is None


def test_the_begin_of_a_class_does_not_date_a_part_of_it(says):
    says(row("chip:one", since=dt.date(2015, 1, 1)))
    part, seen = replace(PART, released=None), dt.date(2022, 1, 1)
    assert sold(part, dt.date(2016, 1, 1), seen=seen) is False
    says(row("card:a", since=dt.date(2015, 1, 1)))
    assert sold(part, dt.date(2016, 1, 1), seen=seen) is True  # its own row does
    says()
    assert sold(PART, OUT, seen=OUT + 2 * UNDATED_DAYS * DAY) is not False  # so does its release


def test_without_rows_nothing_is_said_but_that_it_is_too_early(says):
    says()
    assert sold(PART, dt.date(2022, 1, 1)) is None
    assert sold(PART, OUT - DAY) is False


@pytest.mark.parametrize("condition", ["new", "used"])
def test_nothing_of_the_catalogue_is_sold_before_its_release(condition):
    wait = (USED_AFTER_DAYS if condition == "used" else 0) * DAY
    for part in PARTS:
        if part.released is not None:
            early = [d for d in DAYS if d < part.released + wait]
            early += [part.released + wait - DAY]
            assert {sold(part, d, condition) for d in early} == {False}, part.id


def test_new_is_one_stretch_of_days_and_used_has_no_end():
    for part in PARTS:
        seen = FIRST_SEEN.get(key(part))
        for shop in (None, seen):
            answers = [sold(part, d, "new", shop) is not False for d in DAYS]
            changes = [a != b for a, b in itertools.pairwise(answers)]
            assert sum(changes) <= 2 and not (answers[0] and sum(changes) == 2), part.id
        later = [sold(part, d, "used", seen) is True for d in DAYS]
        assert later == sorted(later), part.id


def test_no_price_calls_sold_what_is_not_out_or_was_never_seen_used():
    released = {key(part): part.released for part in PARTS}
    for day in DAYS[::6]:
        for name, quote in prices_on(day, used=True).items():
            out = released[name]
            wait = (USED_AFTER_DAYS if quote.condition == "used" else 0) * DAY
            assert not quote.sold or out is None or day >= out + wait, (name, day)


def test_what_a_shop_shows_new_was_not_said_to_come_later():
    """An embedded shop price may outlive an end, which is that of ordinary shops; never precede."""
    parts = {key(part): part for part in PARTS}
    for price in load(Price):
        if price.part in parts and price.condition == "new" and price.basis != "list":
            part = parts[price.part]
            assert part.released is None or price.date >= part.released, price
            assert any(sold(part, d) is not False for d in DAYS), price.part


def test_nothing_was_seen_new_after_its_sale_ended():
    known, table = {key(p): p for p in PARTS}, module._sales()
    late = []
    for price in load(Price):
        part = known.get(price.part)
        rows = [table[price.part]] if price.part in table else module._rows(part) if part else []
        late += [
            (row.subject, row.until, price.date)
            for row in rows
            if price.condition == "new" and row.until is not None and price.date > row.until
        ]
    assert late == []
