"""What a price is on a day, by small markets whose answer is known beforehand."""

import csv
import datetime as dt
import math
from dataclasses import asdict, replace

import pytest
from tests.catalog.prices.made import STEPS, card, level, price

from rigwright.catalog import tables
from rigwright.catalog.prices.groups import FEW
from rigwright.catalog.prices.nowcast import TABLE, Nowcast, steps
from rigwright.spec.parts import Chip

TOLD = [price("card:a", 2020, 100), price("card:b", 2020, 100), price("card:c", 2020, 300)]


def test_a_class_that_doubles_doubles_a_sibling():
    got = level([*TOLD, price("chip:one", 2020, 100), price("chip:one", 2024, 200)])
    assert 1.6 < got.usd / 100 < 2.1
    assert got.seen is not None
    assert got.seen.usd == 100
    assert math.exp(got.moved) == pytest.approx(got.usd / 100)


def test_a_younger_price_of_a_sibling_corrects_and_one_of_another_chip_does_not():
    alone = level(TOLD).usd
    corrected = level([*TOLD, price("card:b", 2024, 200)]).usd
    assert corrected > alone * 1.12
    beside = level([*TOLD, price("card:c", 2024, 600)]).usd
    assert beside < alone * 1.05
    assert beside < corrected


def test_seen_today_is_about_that_price_and_surer_than_seen_long_ago():
    parts = tuple(card(f"n{i}", "one") for i in range(8))
    older = [price(f"card:{p.id}", 2018, 100 * (0.6 + 0.1 * i)) for i, p in enumerate(parts)]
    today = level([*older, price("card:n0", 2024, 150)], "card:n0", parts=parts)
    assert today.usd == pytest.approx(150, rel=0.12)
    assert today.deviation < level(older, "card:n0", parts=parts).deviation


def test_an_unseen_part_costs_what_parts_like_it_do():
    parts = (*(card(f"n{i}") for i in range(4)), *(card(f"m{i}", "two") for i in range(5)))
    told = [price(f"card:n{i}", 2024, 400) for i in range(4)]
    told += [price(f"card:m{i}", 2024, 1000) for i in range(4)]
    like = level(told, "card:m4", parts=parts)
    assert like.seen is None
    assert like.usd == pytest.approx(1000, rel=0.25)
    assert like.deviation > level(told, "card:m3", parts=parts).deviation


WORKSTATION = [c for c in tables.load(Chip) if (c.vendor, c.segment) == ("nvidia", "workstation")]


@pytest.mark.parametrize("told", [FEW - 1, FEW, FEW + 2])
def test_a_rise_of_a_group_that_nobody_watched_is_not_carried_back(told):
    """What was seen only after it costs what its like did before; two of them tell nothing."""
    parts = [card(f"w{i}", chip.id) for i, chip in enumerate(WORKSTATION[: told + 1])]
    prices = [price(f"card:{p.id}", y, 1000 * y_) for p in parts[:-1] for y, y_ in
              ((2020, 1), (2024, 2))] + [price(f"card:{parts[-1].id}", 2024, 2000)]  # fmt: skip
    chips = {c.id: c for c in WORKSTATION}
    key = f"card:{parts[-1].id}"
    found = Nowcast(parts, prices, (), chips, STEPS).on(dt.date(2020, 6, 1), [key])[key]
    assert found.seen == prices[-1]
    assert (found.usd < 1250) == (told >= FEW), found.usd


@pytest.mark.parametrize("key", ["card:a", "card:b", "card:c"])
def test_twice_all_prices_is_twice_the_answer(key):
    told = [*TOLD, price("card:b", 2022, 170), price("chip:two", 2023, 280)]
    once = level(told, key)
    twice = level([replace(p, usd=2 * p.usd) for p in told], key)
    assert twice.usd == pytest.approx(2 * once.usd, rel=1e-9)
    assert twice.deviation == pytest.approx(once.deviation, rel=1e-9)


def test_an_own_price_after_the_day_is_not_used_when_there_is_one_before():
    both = level([*TOLD, price("card:a", 2026, 900)], year=2021)
    assert both.seen is not None
    assert both.seen.date.year == 2020
    after = level([price("card:a", 2026, 900), *TOLD[1:]], year=2021)
    assert after.seen is not None
    assert after.seen.date.year == 2026


def test_of_two_prices_of_a_day_the_lower_counts():
    assert level([*TOLD, price("card:a", 2020, 80)]).seen.usd == 80


def test_many_asked_at_once_are_as_one_by_one():
    parts = tuple(card(f"n{i}", chip) for i, chip in enumerate(("one", "two", "one", "two", "one")))
    told = [price(f"card:n{i}", 2016 + i, 100 + 40 * i) for i in range(4)]
    model = Nowcast(parts, told, (), {}, STEPS)
    day = dt.date(2024, 1, 1)
    keys = [f"card:{p.id}" for p in parts]
    together = model.on(day, keys)
    assert list(together) == keys
    for key in keys:
        single = Nowcast(parts, told, (), {}, STEPS).on(day, [key])[key]
        assert together[key].level == pytest.approx(single.level, rel=1e-9)
        assert together[key].deviation == pytest.approx(single.deviation, rel=1e-9)


def test_an_announcement_weighs_less_than_a_shop():
    shop = [*TOLD[:2], price("card:a", 2023, 200), TOLD[2]]
    listed = [*TOLD[:2], price("card:a", 2023, 200, basis="list"), TOLD[2]]
    assert level(listed).usd < level(shop).usd


def test_the_shipped_variances_are_squares_of_the_table():
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = {r["name"]: r for r in csv.DictReader(lines)}
    assert set(rows) == set(asdict(steps()))
    for name, variance in asdict(steps()).items():
        low, value, high = (float(rows[name][k]) for k in ("low", "value", "high"))
        assert low < value < high
        assert variance == pytest.approx(value**2)


def test_announcements_and_deals_are_carried_to_what_shops_take():
    parts = tuple(card(f"n{i}") for i in range(9))
    told = [price(f"card:n{i}", 2020, 100, basis="list") for i in range(9)]
    told += [price(f"card:n{i}", 2021, 130) for i in range(8)]
    announced = level(told, "card:n8", year=2021, parts=parts)
    assert 1.15 < announced.usd / 100 < 1.31
    assert math.exp(announced.moved) == pytest.approx(announced.usd / 100)
    deals = [replace(p, basis="deal", usd=91) if p.basis == "list" else p for p in told]
    assert 1.15 < level(deals, "card:n8", year=2021, parts=parts).usd / 91 < 1.44


def test_second_hand_prices_that_moved_far_widen_the_range():
    def told(factor):
        rows = [(f"chip:{c}", y, usd) for c in ("one", "two") for y, usd in
                ((2020, 100), (2021, 100 * factor), (2022, 100))]  # fmt: skip
        return [price(*row, condition="used") for row in rows]

    still, wild = (level(told(f), "card:a", year=2024) for f in (1.0, 2.5))
    assert wild.deviation > 1.5 * still.deviation
