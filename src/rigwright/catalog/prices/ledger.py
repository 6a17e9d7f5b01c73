"""What a part cost on a given day, from dated observations that are only ever added to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rigwright.spec.market import Price
from rigwright.spec.parts import Part

AGE_DAYS_MAX = 3 * 365
"""A price or offer seen longer ago says nothing of what a shop has today: no question uses it."""
OLD_DAYS = 90
"""From here on the age of a price is said beside it."""


def counts(date: dt.date, as_of: dt.date, age_days_max: int = AGE_DAYS_MAX) -> bool:
    """Whether an observation of ``date`` is used on the day ``as_of``: the one rule of age."""
    return 0 <= (as_of - date).days <= age_days_max


def age_words(age_days: int | None) -> str:
    """``295 days old``; empty for a recent price, or none."""
    return f"{age_days} days old" if (age_days or 0) > OLD_DAYS else ""


@dataclass(frozen=True, slots=True)
class Quote:
    """The observation that is used on a day, with its age then."""

    usd: float
    date: dt.date
    condition: str
    basis: str
    source: str
    age_days: int

    @property
    def cents(self) -> int:
        """Whole cents, for exact sums."""
        return round(self.usd * 100)


def key(part: Part) -> str:
    """``card:gigabyte-gtx-1070-g1-gaming``, as in the price table."""
    return f"{part.kind}:{part.id}"


def quotes(
    prices: Iterable[Price],
    as_of: dt.date,
    *,
    used: bool = False,
    age_days_max: int = AGE_DAYS_MAX,
) -> Mapping[str, Quote]:
    """Part key -> latest observation that counts on the day.

    New prices only, unless ``used``; then the cheaper of the latest new and latest used one.
    """
    latest: dict[tuple[str, str], Price] = {}
    for price in prices:
        if not counts(price.date, as_of, age_days_max):
            continue
        if price.condition == "used" and not used:
            continue
        place = (price.part, price.condition)
        if place not in latest or latest[place].date < price.date:
            latest[place] = price
    best: dict[str, Quote] = {}
    for (part, _), p in latest.items():
        if part not in best or p.usd < best[part].usd:
            age = (as_of - p.date).days
            best[part] = Quote(p.usd, p.date, p.condition, p.basis, p.source, age)
    return best
