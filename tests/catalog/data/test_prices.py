"""The embedded price observations: known parts, dated, and enough to plan with."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import pytest

from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import prices_on
from rigwright.catalog.tables import load
from rigwright.spec.market import Price
from rigwright.spec.parts import PART_TYPES, Card, Chip, Drive, Part, RamKit

PRICES = load(Price)
TABLES: dict[str, tuple[Part, ...]] = {t.kind: load(t) for t in PART_TYPES if t is not Chip}
PARTS = {key(part): part for table in TABLES.values() for part in table}
CHIPS = {chip.id: chip for chip in load(Chip)}
CARDED = {f"chip:{part.chip}" for part in load(Card)}
STORY_DAY = dt.date(2016, 10, 29)
TODAY = dt.date(2026, 11, 23)


def _released(subject: str) -> dt.date | None:
    part = PARTS.get(subject) or CHIPS[subject.removeprefix("chip:")]
    return part.released


def test_every_price_is_of_a_known_part_or_of_a_chip_that_has_a_card() -> None:
    assert {p.part for p in PRICES} <= set(PARTS) | CARDED


def test_every_price_is_plausible() -> None:
    for p in PRICES:
        assert 10 <= p.usd <= 40_000, p
        assert p.condition in ("new", "used"), p
        assert p.basis in ("list", "shop", "deal"), p
        assert p.source, p
        assert dt.date(2011, 1, 1) <= p.date <= TODAY, p


def test_nothing_was_sold_before_it_was_released() -> None:
    """A month of tolerance: prices are announced before the first day on sale."""
    for p in PRICES:
        released = _released(p.part)
        assert released is None or p.date >= released - dt.timedelta(days=31), p


def test_no_observation_is_listed_twice() -> None:
    seen = Counter((p.part, p.date, p.condition, p.basis) for p in PRICES)
    assert [k for k, n in seen.items() if n > 1] == []


@pytest.mark.parametrize("kind", TABLES)
def test_nearly_every_part_has_a_price(kind: str) -> None:
    priced = prices_on(TODAY)
    missing = [part.id for part in TABLES[kind] if key(part) not in priced]
    assert len(missing) <= 0.2 * len(TABLES[kind]), missing


# How many parts of each kind a planner must be able to choose from.
LEAST = {
    STORY_DAY: "card 12 cpu 8 board 5 cooler 3 ram 3 drive 2 psu 3 case 3",
    TODAY: "card 25 cpu 15 board 10 cooler 10 ram 12 drive 10 psu 12 case 10",
}


@pytest.mark.parametrize("day", LEAST)
def test_whole_machines_can_be_priced(day: dt.date) -> None:
    words = LEAST[day].split()
    least = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    known = prices_on(day)
    have = Counter(k.split(":")[0] for k in known)
    assert {k: n for k, n in least.items() if have[k] < n} == {}


@pytest.mark.parametrize(
    ("words", "usd"),
    [
        # NVIDIA announcements of 2014-09-18, 2015-01-22, 2016-05-06 and 2016-07-21.
        ("GeForce GTX 970", 329),
        ("GeForce GTX 980", 549),
        ("GeForce GTX 960", 199),
        ("GTX 1080 Founders Edition", 699),
        ("GTX 1070 Founders Edition", 449),
        ("GTX 1060 Founders Edition", 299),
        ("Titan X Pascal", 1200),
    ],
)
def test_list_prices_of_the_story(words: str, usd: float) -> None:
    (part,) = (p for p in TABLES["card"] if p.name == f"NVIDIA {words}" or p.name.endswith(words))
    first = min((p for p in PRICES if p.part == key(part)), key=lambda p: p.date)
    assert (first.usd, first.basis) == (usd, "list")


def test_the_storys_parts_have_a_price_that_day() -> None:
    known = prices_on(STORY_DAY)
    for words in (
        "i7-6700K",
        "Scythe Kotetsu",
        "Z170 Extreme4",
        "GTX 1070 G1",
        "LPX 16GB (2x8GB) DDR4-2666",
        "ST2000DM001",
        "NZXT S340",
        "CX600M",
    ):
        assert any(k in known for k, part in PARTS.items() if words in part.name), words


PAGE = re.compile(
    r"[a-z0-9]\.(com|org|net|de|it|cz|ai|co|io)\b|github|@[0-9a-f]{7}|eBay|Newegg|B&H|PC Gamer"
    r"|r/buildapcsales|PCPartPicker|PCBuilder|NVIDIA marketplace|in a public repository"
)


def test_what_a_shop_asked_says_where_or_that_nobody_read_it_again() -> None:
    """An estimate stamped with one day is no observation: the model makes those."""
    loose = [
        p for p in PRICES
        if p.basis != "list" and not PAGE.search(p.source) and "from knowledge" not in p.source
    ]  # fmt: skip
    assert loose == []


def test_twice_the_drive_or_memory_never_costs_the_same_on_one_day() -> None:
    """A price copied from one size to the next: 4 TB cost more than 2 TB."""
    lines: dict[tuple[object, ...], set[float]] = {}
    for p in PRICES:
        part = PARTS.get(p.part)
        if isinstance(part, Drive):
            size, name = part.capacity_bytes, part.name
        elif isinstance(part, RamKit):
            size, name = part.modules * part.module_gib, part.name
        else:
            continue
        line = re.sub(r"[0-9.]+ ?[GT]B|\(.*?\)", "", name)
        lines.setdefault((line, p.date, p.usd, p.condition), set()).add(size)
    assert [line for line, sizes in lines.items() if len(sizes) > 1] == []


def test_a_list_price_of_the_first_day_is_said_to_be_that() -> None:
    words = re.compile(
        r"announce|launch|list|MSRP|starting|suggested|original price|first|release|price cut"
    )
    for p in PRICES:
        if p.basis == "list" and p.date == _released(p.part):
            assert words.search(p.source), p
