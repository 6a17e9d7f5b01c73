"""Use cases: add observed prices to the ledger, show what a part has cost."""

import datetime as dt
import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rigwright.catalog import source, tables
from rigwright.catalog.identify import identify
from rigwright.catalog.names.chipnames import near_chips, resolve_chip
from rigwright.catalog.prices.ledger import counts, key
from rigwright.catalog.prices.pricefile import SOURCE_MAX, Observation, read_prices
from rigwright.catalog.prices.rates import DOLLARS, Rate, read_rates
from rigwright.plan.ask.goal import money_in, parse_day
from rigwright.plan.parts.catalogs import database
from rigwright.plan.speed.cardprices import Offered, by_chip, offered
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.market import Price
from rigwright.spec.parts import Card, Chip, Part

LISTED = 100_000


@dataclass(frozen=True, slots=True)
class PricesAdded:
    """What an import of prices did; ``known``: observations that were there already."""

    file: str
    rows: int
    added: int
    known: int
    parts: int
    outside: int
    currencies: dict[str, int]
    first: dt.date | None
    last: dt.date | None
    reasons: dict[str, int]
    rejected: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class RatesAdded:
    """What a file of exchange rates did; ``changed``: another rate stood there for the day."""

    file: str
    rates: int
    added: int
    changed: int
    currencies: tuple[str, ...]
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation with its age on the day asked for; ``counts``: not too old to be used."""

    date: dt.date
    amount: float
    currency: str
    condition: str
    basis: str
    source: str
    age_days: int
    counts: bool


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """What a part costs on a day, new and used, and what it has cost, oldest first.

    costs : of a chip by its cards; empty for a chip that no card of the catalogue has alone.
    money : the currency that its texts say ``costs`` in; ``seen`` are as they were.
    """

    kind: str
    id: str
    name: str
    as_of: dt.date
    seen: tuple[Seen, ...]
    costs: tuple[Offered, ...] = ()
    money: Rate = DOLLARS


@functools.cache
def _named(kind: str, name: str) -> str | None:
    if kind == "chip":
        try:
            return resolve_chip(name, tables.load(Chip)).id
        except UnknownNameError:
            return None
    found = identify(kind, name).part
    return found.id if found else None


def add_prices(path: Path) -> PricesAdded:
    """Read a CSV file into the ledger; nothing there is ever changed.

    Raises InputError when the file or the database cannot be used.
    """
    url = database()
    good: list[Observation] = []
    bad: list[tuple[int, str]] = []
    for line, observation, reason in read_prices(path, _named):
        if observation is None:
            bad.append((line, reason))
        else:
            good.append(observation)
    added = record(good, url)
    keys = {(o.kind, o.part_id) for o in good}
    return PricesAdded(
        file=path.name, rows=len(good) + len(bad), added=added, known=len(good) - added,
        parts=len(keys), outside=len(keys - _in_catalogue({kind for kind, _ in keys})),
        currencies=dict(Counter(o.currency for o in good)),
        first=min((o.date for o in good), default=None),
        last=max((o.date for o in good), default=None),
        reasons=dict(Counter(reason for _, reason in bad).most_common(20)),
        rejected=tuple(bad[:LISTED]),
    )  # fmt: skip


def record(good: Sequence[Observation], url: str | None = None) -> int:
    """Add observations to the ledger; returns how many were new. Raises InputError."""
    from rigwright.catalog.store import schema

    return write_seen(schema.prices, [asdict(o) for o in good], url)


def write_seen(table: Any, rows: Sequence[dict[str, Any]], url: str | None = None) -> int:
    """Add observations to a table of the database, all or none; returns how many were new.

    Raises InputError when the database cannot be used.
    """
    url = url or database()
    from rigwright.catalog.store import writing

    now = writing.now()
    engine = writing.engine(url)
    with writing.transaction(engine, url) as connection:
        stamped = [{**row, "added_at": now} for row in rows]
        added = writing.add_seen(connection, table, stamped) if stamped else 0
    engine.dispose()
    source.forget()
    return added


def add_rates(path: Path) -> RatesAdded:
    """Read a file of exchange rates into the database, all or none; a day's newer rate counts.

    Raises InputError when the file or the database cannot be used.
    """
    url, rates = database(), read_rates(path)
    from rigwright.catalog.store import writing

    now = writing.now()
    rows = [{**asdict(r), "source": path.name[:SOURCE_MAX], "added_at": now} for r in rates]
    engine = writing.engine(url)
    with writing.transaction(engine, url) as connection:
        added, changed = writing.put_rates(connection, rows)
    engine.dispose()
    source.forget()
    days = [r.date for r in rates]
    names = tuple(sorted({r.currency for r in rates}))
    return RatesAdded(path.name, len(rates), added, changed, names, min(days), max(days))


def _in_catalogue(kinds: set[str]) -> set[tuple[str, str]]:
    found = {(kind, p.id) for kind in kinds for p in tables.load(source.TYPES[kind])}
    for table, column in (("parts", "id"), ("aliases", "alias")):
        sql = f"SELECT kind, {column} FROM {table} WHERE {source.SERVING}"
        found |= {(kind, id_) for kind, id_ in source.rows(sql)}
    return found


def history(text: str, as_of: str | None = None, currency: str | None = None) -> PriceHistory:
    """What a part costs on a day, and every observed price up to then of it, or a chip's cards.

    text : a name, a part number, ``kind:id``, or the name of a GPU chip.
    Raises UnknownNameError when it names no one part.
    """
    day = parse_day(as_of)
    part = meant(text)
    alike = f"SELECT alias FROM aliases WHERE {source.SERVING} AND kind = :kind AND part_id = :id"
    ids = {part.id} | {row[0] for row in source.rows(alike, kind=part.kind, id=part.id)}
    cards = {key(c) for c in source.load_with_price(Card) if c.chip == part.id}
    told = [p for p in tables.load(Price) if p.part == key(part)]
    told += [p for p in source.load(Price) if p.part in cards]
    own = [(p.date, p.usd, "USD", p.condition, p.basis, p.source) for p in told]
    asked = "SELECT date, amount, currency, condition, basis, source FROM prices WHERE kind = :kind"
    ledger = source.among(f"{asked} AND part_id", sorted(ids), kind=part.kind)
    seen = tuple(
        Seen(on, amount, currency, condition, basis, origin, (day - on).days, counts(on, day))
        for on, amount, currency, condition, basis, origin in sorted(
            ((dt.date.fromisoformat(d) if isinstance(d, str) else d), a, c, k, b, s)
            for d, a, c, k, b, s in (*own, *ledger)
        )
        if on <= day
    )
    unit = money_in(currency, day)
    return PriceHistory(part.kind, part.id, part.name, day, seen, costs(part, day), unit)


def costs(part: Part, day: dt.date) -> tuple[Offered, ...]:
    """New and used price of a part on a day; of a chip by its cards."""
    if part.kind == Chip.kind:
        return by_chip(day).get(part.id, ())
    return offered((part,), day, (p for p in source.load(Price) if p.part == key(part)))


def meant(text: str) -> Part:
    """The part or chip that a name, a part number or ``kind:id`` means. Raises RigwrightError."""
    kind, colon, id_ = text.partition(":")
    if colon and kind in source.TYPES:
        part = source.part(kind, id_.strip())
        if part is None:
            raise UnknownNameError(kind, id_)
        return part
    if not text.strip():
        raise InputError("prices show", "PART", text, "a name, a part number or kind:id")
    chips = tables.load(Chip)
    try:
        return resolve_chip(text, chips)
    except UnknownNameError:
        pass
    hits = [identify(k, text) for k in source.TYPES if k != "chip"]
    exact = [hit.part for hit in hits if hit.part is not None]
    if len(exact) == 1:
        return exact[0]
    near = [p.name for p in exact] or [n for hit in hits for n in hit.near[:1]]
    raise UnknownNameError("part", text, tuple(near[:4]) or near_chips(text, chips))
