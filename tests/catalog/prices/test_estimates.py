"""Estimated prices: medians of parts that are alike, marked as what they are."""

import datetime as dt
from dataclasses import replace

from rigwright.catalog.prices.estimates import ENOUGH, estimates
from rigwright.catalog.prices.ledger import Quote, key
from rigwright.catalog.tables import load
from rigwright.spec.parts import Psu

BASE = next(p for p in load(Psu) if p.watts and p.form_factor == "ATX")


def supply(name, **facts):
    return replace(BASE, id=name, **facts)


def seen(usd, days=10):
    return Quote(usd, dt.date(2025, 7, 1), "new", "shop", "test", days)


def priced(*usd):
    parts = [supply(f"p{i}") for i in range(len(usd))]
    return parts, {key(p): seen(u, days=i) for i, (p, u) in enumerate(zip(parts, usd, strict=True))}


def test_the_median_of_like_parts_with_its_spread_and_the_age_of_the_oldest():
    parts, quotes = priced(80.0, 100.0, 110.0, 300.0)
    ((place, quote),) = estimates([*parts, supply("new")], quotes)
    assert place == "psu:new"
    assert (quote.usd, quote.basis, quote.age_days) == (105.0, "estimate", 3)
    assert quote.source.startswith("median of 4 with the same watts, form factor and ATX version")


def test_too_few_like_parts_give_no_estimate():
    parts, quotes = priced(*[90.0] * (ENOUGH - 1))
    assert not list(estimates([*parts, supply("new")], quotes))


def test_other_parts_do_not_count_but_a_looser_group_may():
    parts, quotes = priced(*[90.0] * ENOUGH)
    far = supply("far", watts=BASE.watts + 600)
    near = supply("near", atx_version="9.9")
    found = dict(estimates([*parts, far, near], quotes))
    assert set(found) == {"psu:near"}
    assert "watts and form factor" in found["psu:near"].source


def test_an_observed_price_is_left_alone():
    parts, quotes = priced(*[90.0] * ENOUGH)
    assert not list(estimates(parts, quotes))
