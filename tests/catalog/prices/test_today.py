"""The price that a question is given: which condition, which level, and what it says of itself."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest
from tests.catalog.prices.made import card, market, price

import rigwright.catalog.prices.sold as sales
from rigwright.catalog import tables
from rigwright.catalog.prices.features import line_of, moves_with
from rigwright.catalog.prices.ledger import CONDITIONS, FRESH_DAYS, OLD_DAYS, key
from rigwright.catalog.prices.nowcast import Level, Nowcast
from rigwright.catalog.prices.today import WIDEST, cheaper, is_price, no_dearer, quotes
from rigwright.catalog.source import (
    TYPES,
    by_condition,
    by_id,
    load,
    load_with_price,
    prices_on,
    used_on,
)
from rigwright.spec.market import Market, Price, Sale
from rigwright.spec.parts import Card, Chip

DAY = dt.timedelta(days=1)
ON = dt.date(2024, 6, 1)
DAYS = [dt.date(2014, 1, 1) + i * 397 * DAY for i in range(12)]
OVERNIGHT = 0.03
"""The largest step of a price's logarithm from one day to the next; memory doubled in months."""
PART, OTHER, THIRD = card("a"), card("b"), card("c", "two")
FEW = [price("card:b", 2020, 100), price("card:c", 2020, 300)]


def quote(*prices, day=ON, used=True, part=PART, rows=()):
    cards = {"card": (part, OTHER, THIRD)}
    new, second = (quotes(cards, prices, tuple(rows), {}, day, c) for c in CONDITIONS)
    found = cheaper(new, second) if used else new
    return found.get(f"card:{part.id}")


def seen(day, usd, condition="new", **said):
    return replace(price("card:a", 2020, usd, condition=condition, **said), date=day)


@pytest.fixture
def ends(monkeypatch):
    """New cards of the first chip were sold up to 2021."""
    row = Sale(subject="chip:one", since=None, until=dt.date(2021, 1, 1), years=None,
               source="made", source_date=None)  # fmt: skip
    monkeypatch.setattr(sales, "_sales", lambda: {row.subject: row})


@pytest.mark.parametrize(("new", "used", "which"), [(300, 200, "used"), (200, 300, "new")])
def test_of_two_that_can_be_bought_the_cheaper(new, used, which):
    found = quote(seen(ON, new), seen(ON, used, "used"))
    assert (found.condition, found.usd, found.sold) == (which, 200, True)


SHOP_DAYS = [dt.date(2016, 10, 29), *(dt.date(2018, 2, 15) + i * 540 * DAY for i in range(6)),
             dt.date(2026, 11, 30)]  # fmt: skip


@pytest.mark.parametrize("day", SHOP_DAYS, ids=str)
def test_no_used_price_is_above_that_of_a_new_part_of_its_chip(day):
    """Nobody pays more for a used one; by what was seen of used ones alone some were dearer."""
    new, used = (by_condition(day)[condition] for condition in ("new", "used"))
    least, compared = {}, 0
    for kind in TYPES.keys() - {"chip"}:
        for part in load_with_price(TYPES[kind]):
            quote = new.get(key(part))
            if quote is not None and quote.sold:
                alike = (part.chip, part.chip_count) if kind == "card" else key(part)
                least[alike] = min(quote.usd, least.get(alike, math.inf))
        for part in load_with_price(TYPES[kind]):
            alike = (part.chip, part.chip_count) if kind == "card" else key(part)
            if key(part) in used and alike in least:
                quote, compared = used[key(part)], compared + 1
                assert quote.usd <= least[alike] + 0.01, (part, quote, least[alike])
                assert quote.low_usd <= quote.usd <= quote.high_usd
        assert used_on(TYPES[kind], day).items() <= used.items()
    assert compared


def test_a_used_price_above_the_new_one_is_that_of_the_new_one():
    new = {"card:b": quote(seen(ON, 300), price("card:b", 2024, 300), part=OTHER, used=False)}
    second = quotes({"card": (PART, OTHER)}, [seen(ON, 400, "used")], (), {}, ON, "used")
    found = no_dearer(second, new, (PART, OTHER))["card:a"]
    assert found.usd == pytest.approx(new["card:b"].usd, abs=0.01)
    assert found.seen_usd == 400 and found.moved == pytest.approx(found.usd / 400, rel=1e-3)
    assert no_dearer(second, {}, (PART, OTHER)) == second


def test_what_can_be_bought_comes_before_what_is_cheaper(ends):
    found = quote(seen(ON, 100), seen(ON, 200, "used"))
    assert (found.condition, found.usd, found.sold) == ("used", 200, True)
    young = dt.date(2019, 3, 1)  # nobody sells it on yet
    found = quote(seen(young, 300), seen(young, 50, "used"), day=young)
    assert (found.condition, found.usd, found.sold) == ("new", 300, True)


@pytest.mark.parametrize(("new", "used", "which"), [(300, 200, "used"), (200, 300, "new")])
def test_of_two_that_nobody_sells_the_cheaper(new, used, which):
    before = dt.date(2018, 12, 31)
    found = quote(seen(before, new), seen(before, used, "used"), day=before)
    assert (found.condition, found.usd, found.sold) == (which, 200, False)


def test_what_is_asked_for_a_rest_says_nothing_of_the_days_of_sale(ends):
    then = dt.date(2020, 6, 1)
    shops = (price("card:b", 2020, 100), price("card:c", 2020, 300))
    rest = seen(dt.date(2023, 7, 1), 5_000)
    beside = quote(*shops, day=then, part=OTHER)
    cards = {"card": (PART, OTHER, THIRD)}
    found = quotes(cards, (*shops, rest), (), {}, then, "new")
    assert found["card:b"] == beside and "card:a" not in found
    assert quote(*shops, rest, day=ON).seen_usd == 5_000  # what is left, at its price
    assert not quote(*shops, rest, day=ON).sold


def test_used_is_never_answered_unasked():
    both = seen(ON, 300), seen(ON, 20, "used")
    assert quote(*both, used=False).condition == "new"
    assert quote(both[1], used=False) is None


@pytest.mark.parametrize("age", [0, FRESH_DAYS])
def test_a_fresh_own_price_is_the_price(age):
    found = quote(*FEW, seen(ON - age * DAY, 123.45), price("chip:one", 2023, 900))
    assert (found.usd, found.basis, found.moved, found.age_days) == (123.45, "seen", 1.0, age)
    assert found.low_usd < 123.45 < found.high_usd


@pytest.mark.parametrize("age", [FRESH_DAYS + 1, OLD_DAYS + 1, -1])
def test_an_older_or_a_later_one_is_carried(age):
    found = quote(*FEW, seen(ON - age * DAY, 123.45), price("chip:one", 2023, 900))
    assert (found.basis, found.age_days, found.seen_usd) == ("carried", age, 123.45)
    assert found.moved != 1


def test_what_it_moved_by_makes_today_of_what_was_seen():
    chip = price("chip:one", 2020, 100), price("chip:one", 2024, 300)
    found = quote(*FEW, seen(dt.date(2020, 6, 1), 100), *chip)
    assert found.moved > 1.3
    assert found.usd == pytest.approx(found.seen_usd * found.moved, abs=0.01)
    assert found.moved_by == "one"


@pytest.mark.parametrize(
    ("age", "share"), [(FRESH_DAYS, 0), (45, 0.25), (60, 0.5), (OLD_DAYS, 1), (400, 1), (-9, 1)]
)
def test_it_passes_to_its_class_over_two_months(age, share):
    chip = [price("chip:one", year, 100 + 100 * (year - 2020)) for year in range(2020, 2026)]
    prices, day = [*FEW, seen(ON, 123.45), *chip], ON + age * DAY
    level = Nowcast((PART, OTHER, THIRD), prices, (), {}).on(day, ["card:a"])["card:a"]
    assert math.log(quote(*prices, day=day).moved) == pytest.approx(share * level.moved)


def test_a_month_of_the_market_moves_it():
    rows = [market("chip:one", 2020, 100), market("chip:one", 2024, 200)]
    still = quote(*FEW, seen(dt.date(2020, 6, 1), 100))
    assert quote(*FEW, seen(dt.date(2020, 6, 1), 100), rows=rows).usd > 1.2 * still.usd


def test_of_parts_like_it_it_says_that_nobody_saw_it():
    many = tuple(card(f"n{i}") for i in range(6))
    told = [price(f"card:{n}", 2024, 400) for n in ("b", "c", *(f"n{i}" for i in range(6)))]
    found = quotes({"card": (PART, OTHER, THIRD, *many)}, told, (), {}, ON, "new")["card:a"]
    assert (found.basis, found.seen_usd, found.seen_date, found.age_days) == (
        "estimated", None, None, None,
    )  # fmt: skip
    assert found.moved == 1.0
    assert found.source == "parts like it"


@pytest.mark.parametrize(
    ("deviation", "shown", "condition", "of_class", "is_one"),
    [
        (WIDEST, False, "new", False, True),
        (WIDEST + 1e-9, False, "new", True, True),
        (WIDEST + 1e-9, False, "new", False, False),
        (WIDEST, False, "used", True, True),
        (WIDEST, False, "used", False, False),
        (5.0, False, "used", True, True),
        (5.0, True, "new", False, True),
        (5.0, True, "used", False, True),
    ],
)
def test_a_level_is_a_price_where_it_was_seen_or_parts_like_it_tell(
    deviation, shown, condition, of_class, is_one
):
    prices = [*FEW, *([price("chip:one", 2024, 200)] if of_class else [])]
    model = Nowcast((PART, OTHER, THIRD), prices, (), {})
    level = Level(5.0, deviation, seen(ON, 150) if shown else None, 0.0)
    assert is_price("card:a", level, model, condition) is is_one


def _alone(condition, day):
    """Every price of the catalogue in one condition."""
    parts = {kind: tables.load(t) for kind, t in TYPES.items() if kind != "chip"}
    return quotes(parts, load(Price), tables.load(Market), by_id(Chip), day, condition)


@pytest.mark.parametrize("day", DAYS[2::4])
def test_over_the_catalogue_the_better_condition_is_taken(day):
    new, both = _alone("new", day), prices_on(day, used=True)
    used = by_condition(day)["used"]
    assert dict(prices_on(day)) == new
    assert set(both) == new.keys() | used.keys()
    for name, found in both.items():
        offers = [q[name] for q in (new, used) if name in q]
        buyable = [q for q in offers if q.sold] or offers
        assert found == min(buyable, key=lambda q: q.usd), name
    assert {q.condition for q in both.values()} == {"new", "used"}


@pytest.mark.parametrize("year", range(2015, 2027))
def test_no_used_price_of_years_later_while_shops_still_have_it(year):
    """What a card fetched when its sale was over says nothing of the years before."""
    day = dt.date(year, 7, 1)
    new, used = _alone("new", day), _alone("used", day)
    both = [k for k in new.keys() & used if k.startswith("card:") and new[k].sold and used[k].sold]
    assert not [k for k in both if used[k].usd < new[k].usd / 3]
    assert year < 2020 or len(both) >= 5


def test_a_price_names_the_class_it_moved_with():
    chips = by_id(Chip)
    found = prices_on(ON)
    for made in load(Card):
        if f"card:{made.id}" in found:
            assert found[f"card:{made.id}"].moved_by == chips[made.chip].name
    assert {q.moved_by for k, q in found.items() if k.startswith("ram:")} <= {
        f"memory of DDR{n}" for n in range(2, 6)
    }


@pytest.mark.parametrize("day", [*DAYS[1::3], dt.date(2025, 7, 23) + (OLD_DAYS + 1) * DAY])
def test_no_price_of_the_catalogue_jumps_overnight(day):
    """What was seen of a part is today's for a while; it does not end with a leap to its class."""
    before, after = prices_on(day - DAY), prices_on(day)
    same = [
        k
        for k in before.keys() & after
        if before[k].seen_date == after[k].seen_date != day  # what was seen today is news
    ]
    assert len(same) > 500
    assert before.keys() <= after.keys()
    for name in same:
        assert abs(math.log(after[name].usd / before[name].usd)) < OVERNIGHT, name


@pytest.mark.parametrize("day", DAYS)
def test_every_price_of_the_catalogue_says_what_it_rests_on(day):
    told = {(p.part, p.condition, p.date, p.usd) for p in load(Price)}
    known = {observed[:2] for observed in told}
    for name, found in prices_on(day, used=True).items():
        assert 0 < found.low_usd <= found.usd <= found.high_usd < math.inf, name
        if found.basis == "estimated":
            assert found.seen_date is None and (name, found.condition) not in known, name
            continue
        assert (name, found.condition, found.seen_date, found.seen_usd) in told, name
        fresh = 0 <= (day - found.seen_date).days <= FRESH_DAYS
        assert (found.basis == "seen") is fresh, name
        if fresh:
            assert (found.usd, found.moved) == (pytest.approx(found.seen_usd, abs=0.01), 1.0), name
        else:
            assert found.usd == pytest.approx(found.seen_usd * found.moved, rel=1e-3, abs=0.01)


LINES = ("card", "cpu", "board", "ram", "drive", "psu")


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("day", ["2016-10-29", "2021-01-15", "2024-03-01", "2026-11-30"])
def test_nothing_is_guessed_below_all_that_was_seen_of_its_line(kind, day):
    """Over the whole catalogue: what nobody saw is no bargain beside its line."""
    parts = {key(p): p for p in load_with_price(TYPES[kind])}
    told = {p.part for p in load(Price) if p.condition == "new"}
    found = by_condition(dt.date.fromisoformat(day))["new"]
    seen, guessed = {}, []
    for name, part in parts.items():
        if (quote := found.get(name)) is None:
            continue
        if quote.seen_usd is not None:
            seen.setdefault(line_of(part), []).append(quote.usd)
        elif moves_with(part) not in told:
            guessed.append((name, line_of(part), quote.usd))
    assert guessed or kind == "card"
    for name, line, usd in guessed:
        assert usd >= min(seen.get(line, [0.0])) - 0.02, name
