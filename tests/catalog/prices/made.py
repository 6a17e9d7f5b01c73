"""Made cards of two chips and their prices: a small market whose answers can be worked out."""

from __future__ import annotations

import datetime as dt

from rigwright.catalog.prices.nowcast import Nowcast, Steps
from rigwright.spec.market import Market, Price
from rigwright.spec.parts import Card

STEPS = Steps(seen=0.1**2, own=0.1**2, walk=0.2**2)
CHIPS: dict[str, object] = {}


def card(name: str, chip: str = "one", length_mm: float = 280.0) -> Card:
    return Card(
        id=name, name=f"Maker {name} {chip}", brand="Maker", released=dt.date(2019, 1, 1),
        source="made", source_date=dt.date(2019, 1, 1), chip=chip, chip_count=1,
        power_limit_w=200.0, length_mm=length_mm, thickness_slots=2.0,
    )  # fmt: skip


def price(part: str, year: int, usd: float, **said: str) -> Price:
    told = {"condition": "new", "basis": "shop", "source": "made"} | said
    return Price(part=part, date=dt.date(year, 6, 1), usd=usd, **told)


def market(subject: str, year: int, usd: float, posts: int = 10) -> Market:
    return Market(subject=subject, date=dt.date(year, 6, 1), usd=usd, basis="deal", unit="one",
                  posts=posts, source="made")  # fmt: skip


def level(prices, key="card:a", year=2024, parts=None, rows=()):
    parts = parts or (card("a"), card("b"), card("c", "two"))
    return Nowcast(parts, prices, tuple(rows), {}, STEPS).on(dt.date(year, 6, 1), [key])[key]
