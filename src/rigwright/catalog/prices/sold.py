"""Was a thing sold on a day? A fact from a table, never a guess from silence."""

import datetime as dt
import functools

from rigwright.catalog import tables
from rigwright.catalog.prices.features import moves_with
from rigwright.spec.market import Sale
from rigwright.spec.parts import Part

USED_AFTER_DAYS = 180
"""Second-hand pieces turn up about half a year after the first were sold new."""


SEEN_DAYS = 365
UNDATED_DAYS = 3 * 365
"""A part of unknown release was not sold longer than this before it was first seen."""


@functools.cache
def _sales() -> dict[str, Sale]:
    return {row.subject: row for row in tables.load(Sale)}


def class_since(part: Part) -> dt.date | None:
    """When the first of a part's class was sold: of a processor the first of its generation."""
    row = _sales().get(moves_with(part))
    return row.since if row and row.since else part.released


def _rows(part: Part) -> tuple[Sale, ...]:
    """The row of the part itself; else those of its maker and of what it moves with."""
    known = _sales()
    own = known.get(f"{part.kind}:{part.id}")
    if own is not None:
        return (own,)
    brand = f"brand:{(part.brand or '').lower()}"
    return tuple(known[s] for s in (brand, moves_with(part)) if s in known)


def sold(
    part: Part, day: dt.date, condition: str = "new", seen: dt.date | None = None
) -> bool | None:
    """Whether the part can be bought new, or used, on a day; None where no table tells.

    Used: from half a year after it was first sold new; never where it never was a part to buy.
    seen : nearest day it was seen in a shop; says more than how long its kind is sold as a rule.
    """
    rows = _rows(part)
    since = max(filter(None, (*(r.since for r in rows), part.released)), default=None)
    if since is not None and day < since:
        return False
    if seen is not None and (seen - day).days > UNDATED_DAYS and not _dated(part, rows):
        return False
    if any(r.until is not None and since is not None and r.until < since for r in rows):
        return False
    if condition == "used":
        return None if since is None else (day - since).days >= USED_AFTER_DAYS
    answers = [_new(row, part, day, seen) for row in rows]
    return False if False in answers else None if None in answers or not answers else True


def _dated(part: Part, rows: tuple[Sale, ...]) -> bool:
    """Whether the part's own release is known; that of its class is only the earliest it can be."""
    own = f"{part.kind}:{part.id}"
    return part.released is not None or any(r.since and r.subject == own for r in rows)


def _new(row: Sale, part: Part, day: dt.date, seen: dt.date | None) -> bool | None:
    """What one row says of buying the part new."""
    if row.until is not None:
        return day <= row.until
    if row.years is None:
        return True
    if seen is not None and 0 <= (day - seen).days <= SEEN_DAYS:
        return True
    return None if part.released is None else (day - part.released).days <= row.years * 365.25
