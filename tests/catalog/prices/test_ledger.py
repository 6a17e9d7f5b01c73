import datetime as dt

from rigwright.catalog.prices.ledger import (
    OFFER_AGE_DAYS_MAX,
    Quote,
    counts,
    price_fields,
    price_words,
)
from rigwright.plan.machine.results import PartLine

DAY = dt.date(2026, 11, 1)


def quote(**other):
    values = {

        "usd": 4480.0, "low_usd": 3900.0, "high_usd": 5000.0, "condition": "new",
        "basis": "carried",
        "seen_usd": 1999.0, "seen_date": dt.date(2025, 7, 23), "source": "a shop", "age_days": 466,
        "moved": 2.24, "moved_by": "GeForce RTX 5090",
    }  # fmt: skip
    return Quote(**(values | other))


def line(found, count=1):
    return PartLine("card", "a", "A", count, found.usd * count, False, **price_fields(found, count))


def test_a_price_says_what_it_rests_on():
    assert price_words(line(quote())) == "seen $1,999 on 2025-07-23, GeForce RTX 5090 x2.24 since"
    assert price_words(line(quote(moved=1.01))) == "seen $1,999 on 2025-07-23"
    assert price_words(line(quote(condition="used", moved=1.0))).startswith("used, seen $1,999")
    later = line(quote(age_days=-120, moved=0.71))
    assert price_words(later) == "seen $1,999 on 2025-07-23 (later), GeForce RTX 5090 x0.71 before"
    assert price_words(later, brief=True) == "2025-07-23 (later), x0.71 before"
    assert price_words(line(quote(age_days=-1, moved=1.0)), brief=True) == "2025-07-23 (later)"
    unseen = quote(seen_usd=None, seen_date=None, basis="estimated")
    assert price_words(line(unseen)) == "estimated from parts like it"


def test_a_range_is_of_all_pieces():
    two = line(quote(), 2)
    assert (two.usd, two.price_low, two.price_high) == (8960.0, 7800.0, 10000.0)


def test_offers_count_for_three_years():
    day = dt.timedelta(days=1)
    assert counts(DAY, DAY) and counts(DAY - OFFER_AGE_DAYS_MAX * day, DAY)
    assert not counts(DAY - (OFFER_AGE_DAYS_MAX + 1) * day, DAY) and not counts(DAY + day, DAY)
