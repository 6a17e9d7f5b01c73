"""What a part costs on a day, as every surface says it: one quote, with what it rests on."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from rigwright.spec.parts import Part

CONDITIONS = ("new", "used")
FRESH_DAYS, OLD_DAYS = 30, 90
"""A price seen up to a month ago is today's; over the next two it passes to what its class did
since, so that no price jumps from one day to the next."""
STILL_SHARE = 0.02
"""A smaller movement is not spoken of."""
USD_MAX = 10_000_000
OFFER_AGE_DAYS_MAX = 3 * 365
"""An offer to rent seen longer ago says nothing of what it costs today."""


def counts(date: dt.date, as_of: dt.date, age_days_max: int = OFFER_AGE_DAYS_MAX) -> bool:
    """Whether an offer of ``date`` is used on the day ``as_of``."""
    return 0 <= (as_of - date).days <= age_days_max


@dataclass(frozen=True, slots=True)
class Quote:
    """A price carried to a day.

    usd : the likeliest.  low_usd, high_usd : a tenth lies beyond on either side.
    basis : ``seen`` (the observation itself, recent), ``carried`` (by what its class did since),
    ``estimated`` (of parts like it; nobody saw this one), ``yours`` (given with the question).
    seen_usd, seen_date, source : the closest observation of the part, None where there is none.
    sold : whether it can be bought in this condition on the day; else a price of what is left.
    moved : what its class did since, as a factor; moved_by names the class.
    """

    usd: float
    low_usd: float
    high_usd: float
    condition: str
    basis: str
    seen_usd: float | None
    seen_date: dt.date | None
    source: str
    age_days: int | None
    moved: float
    moved_by: str
    sold: bool = True

    @property
    def cents(self) -> int:
        """Whole cents, for exact sums."""
        return round(self.usd * 100)


def own_quote(usd: float, day: dt.date) -> Quote:
    """The price that somebody says a part costs them on a day."""
    return Quote(usd, usd, usd, "new", "yours", usd, day, "your price", 0, 1.0, "")


def price_fields(quote: Quote | None, count: int) -> dict[str, Any]:
    """The fields of a line that say the price of ``count`` pieces, and what it rests on."""
    if quote is None:
        return {}
    return {
        "price_low": round(quote.low_usd * count, 2),
        "price_high": round(quote.high_usd * count, 2),
        "price_condition": quote.condition,
        "price_basis": quote.basis,
        "price_date": quote.seen_date,
        "price_age_days": quote.age_days,
        "price_seen_usd": quote.seen_usd,
        "price_moved": quote.moved,
        "price_moved_by": quote.moved_by,
        "price_source": quote.source,
        "price_sold": quote.sold,
    }


def price_words(line: Any, *, brief: bool = False) -> str:
    """``seen $1,999 on 2025-07-23, GeForce RTX 5090 x2.24 since``, of a line with those fields.

    brief : ``2025-07-23, x2.24 since``, for a column that has a head.
    """
    if line.price_basis in ("", "yours"):
        return "your price" if line.price_basis else ""
    used = "" if line.price_sold else f"not sold{'' if brief else ' in shops'} any more, "
    used += "used, " if line.price_condition == "used" else ""
    if line.price_date is None:
        return f"{used}estimated" + ("" if brief else " from parts like it")
    seen = (
        str(line.price_date) if brief else f"seen ${line.price_seen_usd:,.0f} on {line.price_date}"
    )
    if abs(line.price_moved - 1) < STILL_SHARE:
        return used + seen
    by = "" if brief else f"{line.price_moved_by} "
    return f"{used}{seen}, {by}x{line.price_moved:.2f} since"


def key(part: Part) -> str:
    """``card:gigabyte-gtx-1070-g1-gaming``, as in the price table."""
    return f"{part.kind}:{part.id}"
