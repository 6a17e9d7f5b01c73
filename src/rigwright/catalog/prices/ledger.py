"""What a part costs on a day, as every surface says it: one quote, with what it rests on."""

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar, cast

from rigwright.catalog.prices.rates import DOLLARS, USD, Rate
from rigwright.spec.parts import Part

F = TypeVar("F", bound=Callable[..., Any])
SIGNS = {USD: "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_UNIT: ContextVar[Rate] = ContextVar("money", default=DOLLARS)
unit: Callable[[], Rate] = _UNIT.get
"""What amounts are said in; every number of an answer is in USD."""

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


class Quote(NamedTuple):
    """A price carried to a day.

    usd : the likeliest.  low_usd, high_usd : a tenth lies beyond on either side.
    basis : ``seen`` (the observation itself, recent), ``carried`` (by what its class did since),
    ``estimated`` (of parts like it; nobody saw this one), ``yours`` (given with the question).
    seen_usd, seen_date, source : the closest observation of the part, None where there is none.
    sold : whether it can be bought in this condition on the day; else a price of what is left.
    age_days : negative where it was seen after the day.
    moved : what its class did since, or until then, as a factor; moved_by names the class.
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


@contextmanager
def said_in(unit: Rate) -> Iterator[None]:
    """Say amounts in another currency."""
    before = _UNIT.set(unit)
    try:
        yield
    finally:
        _UNIT.reset(before)


def in_its_money(use: F) -> F:
    """Say amounts in the ``money`` of the first argument: a goal, an answer, the report of one."""

    @functools.wraps(use)
    def said(of: Any, *args: Any, **more: Any) -> Any:
        with said_in(getattr(of, "plan", of).money):
            return use(of, *args, **more)

    return cast("F", said)


def whole(usd: float, to: Callable[[float], int] = round) -> float:
    """An amount that is whole units of that currency, as it is said. [USD]"""
    return to(usd / unit().usd) * unit().usd


def amount(usd: float | None, digits: int = 0, of: Rate | None = None) -> str:
    """``2,043``; coins of a hundredth of a dollar have no parts."""
    one = (of or unit()).usd
    return f"{(usd or 0.0) / one:,.{max(digits - 2 * (one < 0.1), 0)}f}"


def money(usd: float | None, digits: int = 0, of: Rate | None = None) -> str:
    """``$2,043``, ``€1,737`` or ``2,900 CAD``; a price nobody knows is ``no price``."""
    if usd is None:
        return "no price"
    sign, said = SIGNS.get(name := (of or unit()).currency), amount(usd, digits, of)
    return f"{sign}{said}" if sign else f"{said} {name}"


def between(low_usd: float | None, high_usd: float | None) -> str:
    """``3,900-5,000``, beside an amount that says the currency."""
    return f"{amount(low_usd)}-{amount(high_usd)}"


def own_quote(usd: float, day: dt.date) -> Quote:
    """The price that somebody says a part costs them on a day."""
    return Quote(usd, usd, usd, "new", "yours", usd, day, "your price", 0, 1.0, "")


def price_fields(quote: Quote | None, count: int) -> dict[str, Any]:
    """The fields of a line that say the price of ``count`` pieces, and what it rests on."""
    if quote is None:
        return {}
    same = ["condition", "basis", "age_days", "seen_usd", "moved", "moved_by", "source", "sold"]
    ends = {"low": quote.low_usd, "high": quote.high_usd}
    found = {f"price_{name}": round(usd * count, 2) for name, usd in ends.items()}
    found |= {f"price_{name}": getattr(quote, name) for name in same}
    return found | {"price_date": quote.seen_date}


def price_words(line: Any, *, brief: bool = False) -> str:
    """``seen $1,999 on 2025-07-23, GeForce RTX 5090 x2.24 since``, of a line with those fields.

    brief : ``2025-07-23, x2.24 since``, for a column that has a head.  What was seen only after
    the day is ``(later)``, and its class stood at ``x0.71 before``.
    """
    if line.price_basis in ("", "yours"):
        return "your price" if line.price_basis else ""
    used = "" if line.price_sold else f"not sold{'' if brief else ' in shops'} any more, "
    used += "used, " if line.price_condition == "used" else ""
    if line.price_date is None:
        return f"{used}estimated" + ("" if brief else " from parts like it")
    seen = (
        str(line.price_date) if brief else f"seen {money(line.price_seen_usd)} on {line.price_date}"
    )
    later = line.price_age_days < 0
    seen += " (later)" if later else ""
    if abs(line.price_moved - 1) < STILL_SHARE:
        return used + seen
    by = "" if brief else f"{line.price_moved_by} "
    return f"{used}{seen}, {by}x{line.price_moved:.2f} {'before' if later else 'since'}"


def key(part: Part) -> str:
    """``card:gigabyte-gtx-1070-g1-gaming``, as in the price table."""
    return f"{part.kind}:{part.id}"
