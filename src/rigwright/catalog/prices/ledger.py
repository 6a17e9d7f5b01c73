"""What a part cost on a given day, from dated observations that are only ever added to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rigwright.spec.market import Price
from rigwright.spec.parts import Part


@dataclass(frozen=True, slots=True)
class Quote:
    """The observation a plan uses, with its age on the plan's day."""

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
    prices: Iterable[Price], as_of: dt.date, *, age_days_max: int, used: bool = False
) -> Mapping[str, Quote]:
    """Part key -> latest observation no later than ``as_of`` and not older than ``age_days_max``.

    New prices only, unless ``used``; then the cheaper of the latest new and latest used one.
    """
    latest: dict[tuple[str, str], Price] = {}
    for price in prices:
        old_enough = price.date <= as_of
        if not old_enough or (as_of - price.date).days > age_days_max:
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
