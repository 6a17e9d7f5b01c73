"""What a GPU costs by its chip on a day, new and used: of the cards that can be bought."""

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rigwright.catalog.prices.ledger import CONDITIONS, Quote, key
from rigwright.catalog.source import by_condition, load, load_with_price, state
from rigwright.spec.market import Price
from rigwright.spec.parts import Card, Part


@dataclass(frozen=True, slots=True)
class Offered:
    """What one piece costs on a day in one condition, new or used.

    usd, low_usd, high_usd : of the cheapest of ``parts`` that can be bought, which ``name`` says;
    None where none can, and ``why_not`` says why.  dearest_usd : of the dearest.
    seen_usd, seen_date, source : the last time any of them was seen; None where none ever was.
    """

    condition: str
    usd: float | None = None
    low_usd: float | None = None
    high_usd: float | None = None
    basis: str = ""
    name: str = ""
    parts: int = 0
    dearest_usd: float | None = None
    seen_usd: float | None = None
    seen_date: dt.date | None = None
    source: str = ""
    why_not: str = ""


NOT_SOLD = "not sold on this day"
NO_PRICE = "nobody saw a price that tells"


def offered(parts: Sequence[Part], day: dt.date, seen: Iterable[Price]) -> tuple[Offered, Offered]:
    """New and used price of the cheapest of some parts. seen : every observation of them."""
    quotes, told = by_condition(day), list(seen)
    new, used = (
        _offered(parts, quotes[c], [p for p in told if p.condition == c], c, day)
        for c in CONDITIONS
    )
    return new, used


def _offered(
    parts: Sequence[Part], quotes: Mapping[str, Quote], seen: Sequence[Price], condition: str,
    day: dt.date,
) -> Offered:  # fmt: skip
    there = [p for p in parts if p.released is None or p.released <= day]
    priced = [(quotes[key(p)], p) for p in there if key(p) in quotes]
    sold = [(quote, part) for quote, part in priced if quote.sold]
    last = _last(seen, day)
    found = Offered(condition)
    if last is not None:
        found = replace(found, seen_usd=last.usd, seen_date=last.date, source=last.source)
    if not sold:
        return replace(found, why_not=NOT_SOLD if priced or not there else NO_PRICE)
    quote, part = min(sold, key=lambda q: q[0].usd)
    return replace(
        found, usd=quote.usd, low_usd=quote.low_usd, high_usd=quote.high_usd, basis=quote.basis,
        name=part.name, parts=len(sold), dearest_usd=max(q.usd for q, _ in sold),
    )  # fmt: skip


def _last(seen: Sequence[Price], day: dt.date) -> Price | None:
    """The last observation up to a day, the lowest of it; announcements where no shop was seen."""
    before = [p for p in seen if p.date <= day]
    shops = [p for p in before if p.basis != "list"] or before
    return min(shops, key=lambda p: (-p.date.toordinal(), p.usd), default=None)


Chips = Mapping[str, tuple[Offered, Offered]]


def by_chip(day: dt.date) -> Chips:
    """Chip id -> what a card with one such chip costs, new and used; chips without one are left
    out."""
    return _by_chip(day, state())


@functools.lru_cache(maxsize=4)
def _by_chip(day: dt.date, _: int) -> Chips:
    cards: dict[str, list[Part]] = {}
    for card in load_with_price(Card):
        if card.chip_count == 1:
            cards.setdefault(card.chip, []).append(card)
    chip_of = {key(card): chip for chip, made in cards.items() for card in made}
    seen: dict[str, list[Price]] = {}
    for price in load(Price):
        kind, _colon, id_ = price.part.partition(":")
        chip = id_ if kind == "chip" else chip_of.get(price.part, "")
        if chip in cards:
            seen.setdefault(chip, []).append(price)
    return {chip: offered(made, day, seen.get(chip, ())) for chip, made in cards.items()}


def bought(chips: Chips, chip: str) -> Offered | None:
    """What a card costs that is simply bought: new where it is sold new, else used; else None."""
    return next((o for o in chips.get(chip, ()) if o.usd is not None), None)
