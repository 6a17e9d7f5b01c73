"""Every part and price there is to the program: the embedded tables and the user's own database.

The one door of the catalogue: ``load`` and ``by_id`` give both together, a kind at a time and only
when asked; ``candidates`` gives the few parts that a written line can mean without building the
others. A part that both have appears once, with the embedded facts.
"""

import dataclasses
import datetime as dt
import functools
import itertools
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from rigwright.catalog import tables
from rigwright.catalog.prices.kept import kept
from rigwright.catalog.prices.ledger import CONDITIONS, Quote
from rigwright.catalog.prices.rates import USD, Rate, embedded, latest
from rigwright.catalog.store.location import database_url, existing, sqlite_file
from rigwright.spec.market import Market, Offer, Price
from rigwright.spec.parts import PART_TYPES, Chip, Part
from rigwright.spec.tables.table import records

P = TypeVar("P", bound=Part)
T = TypeVar("T")

TYPES: dict[str, type[Part]] = {t.kind: t for t in PART_TYPES}
SERVING = "import_id IN (SELECT import_id FROM current_imports)"
_IDS = "alias NOT LIKE 'pn:%'"
"""Aliases that are ids of merged records, not part numbers."""

_chosen: list[str] = []


def use(database: str | None) -> None:
    """Read this database (``--db``) instead of the one of the environment."""
    _chosen[:] = [database] if database else []
    forget()


def must_be_there() -> None:
    """Raises InputError where a database was named (``--db``) that is a file and not there."""
    if _chosen:
        existing(_chosen[0])


def chosen_url() -> str | None:
    """URL of the database in use; None for the embedded tables alone."""
    return database_url(_chosen[0] if _chosen else None)


_states = itertools.count()
_state = [next(_states)]


def prices_on(as_of: dt.date, *, used: bool = False, unseen: bool = False) -> Mapping[str, Quote]:
    """Part key -> what it costs on a day: the one price of every question.

    With ``used`` the cheaper of new and used; ``sold`` of a quote says whether shops have it.
    unseen : imported parts that nobody priced are estimated too.
    """
    if not used:
        return _quotes(as_of, "new", unseen, state())
    return _cheaper(as_of, unseen, state())


def by_condition(as_of: dt.date) -> dict[str, Mapping[str, Quote]]:
    """The same for new and for used pieces, each by itself."""
    return {condition: _quotes(as_of, condition, False, state()) for condition in CONDITIONS}


@functools.lru_cache(maxsize=8)
def _quotes(as_of: dt.date, condition: str, unseen: bool, _: int) -> Mapping[str, Quote]:
    loaded = load if unseen else load_with_price

    def made() -> Mapping[str, Quote]:
        parts = {kind: loaded(t) for kind, t in TYPES.items() if kind != "chip"}
        return _quoted(parts, as_of, condition, unseen)

    return _kept((as_of, condition, unseen), made)


def _kept(asked: Sequence[object], made: Callable[[], Mapping[str, Quote]]) -> Mapping[str, Quote]:
    url = chosen_url()
    file = sqlite_file(url) if url else None
    if url and file is None:  # nobody tells when a server's tables changed
        return made()
    return kept(asked, file, made)


def _quoted(
    parts: Mapping[str, Sequence[Part]], as_of: dt.date, condition: str, unseen: bool
) -> Mapping[str, Quote]:
    from rigwright.catalog.prices.today import no_dearer, quotes  # numpy

    found = quotes(parts, load(Price), tables.load(Market), by_id(Chip), as_of, condition)
    if condition == "new":
        return found
    listed = itertools.chain.from_iterable(parts.values())
    return no_dearer(found, _quotes(as_of, "new", unseen, state()), listed)


@functools.lru_cache(maxsize=8)
def _cheaper(as_of: dt.date, unseen: bool, state: int) -> Mapping[str, Quote]:
    from rigwright.catalog.prices.today import cheaper

    return cheaper(*(_quotes(as_of, condition, unseen, state) for condition in CONDITIONS))


def state() -> int:
    """A number that changes when what was read is dropped; what is made of parts may key on it."""
    return _state[0]


def forget() -> None:
    """Drop what was read, after an import."""
    _state[0] = next(_states)
    for cached in (
        _reader, _imported, number_of, _by_id, _numbers, _prices, _offers, _rates,
    ):  # fmt: skip
        cached.cache_clear()


@functools.cache
def _reader(url: str) -> Any:
    from rigwright.catalog.store.reading import Reader

    reader = Reader(url)
    return reader if reader.open() else None


def database() -> Any:
    """What was imported, or None."""
    url = chosen_url()
    return _reader(url) if url else None


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of the database; none where there is no database."""
    held = database()
    return held.rows(sql, values) if held else []


_PRICED = (
    " AND id IN (SELECT coalesce(a.part_id, p.part_id) FROM prices p LEFT JOIN aliases a"
    f" ON a.kind = p.kind AND a.alias = p.part_id AND a.{SERVING} WHERE p.kind = :kind)"
)
"""Of parts: those of which any price was seen."""


@functools.cache
def _imported(kind: str, which: str = "") -> tuple[Part, ...]:
    if kind == "chip":
        return ()
    sql = f"SELECT facts FROM parts WHERE {SERVING} AND kind = :kind{which} ORDER BY serial"
    return decoded(kind, rows(sql, kind=kind))


def load(row_type: type[T]) -> tuple[T, ...]:
    """All rows of one kind: embedded ones first, then imported ones (prices: observed ones)."""
    embedded = tables.load(row_type)
    if row_type is Price:
        return typing.cast("tuple[T, ...]", (*embedded, *_prices()))
    if row_type is Offer:
        told = (o for o in _offers() if o.usd_per_hour and o.chip in tables.by_id(Chip))
        return typing.cast("tuple[T, ...]", (*embedded, *told))
    if issubclass(row_type, Part):
        return typing.cast("tuple[T, ...]", (*embedded, *_imported(row_type.kind)))
    return embedded


def load_with_price(part_type: type[P]) -> tuple[P, ...]:
    """Embedded parts of a kind, and those imported ones of which any price was ever seen."""
    found = (*tables.load(part_type), *_imported(part_type.kind, _PRICED))
    return typing.cast("tuple[P, ...]", found)


@functools.cache
def number_of(kind: str) -> int:
    """How many parts of a kind there are."""
    sql = f"SELECT count(*) FROM parts WHERE {SERVING} AND kind = :kind"
    return len(tables.load(TYPES[kind])) + sum(int(row[0]) for row in rows(sql, kind=kind))


@functools.cache
def _by_id(part_type: type[Part]) -> dict[str, Part]:
    return {part.id: part for part in load(part_type)}


def by_id(part_type: type[P]) -> dict[str, P]:
    """id -> part."""
    return typing.cast("dict[str, P]", _by_id(typing.cast("Any", part_type)))


def embedded_ids(kind: str) -> frozenset[str]:
    """Ids of our own parts of a kind."""
    return frozenset(tables.by_id(TYPES[kind]))


def part(kind: str, id_: str) -> Part | None:
    """One part by its id, a former one, or that of a record merged into it; None when unknown.

    Reads no more than that part.
    """
    embedded = tables.by_id(TYPES[kind])
    if id_ in embedded:
        return embedded[id_]
    sql = f"SELECT part_id FROM aliases WHERE {SERVING} AND kind = :kind AND alias = :id"
    renamed = rows(sql, kind=kind, id=id_.lower())
    former = {row["old"]: row["new"] for row in records(tables.DATA / "renamed.csv")}
    name = renamed[0][0] if renamed else former.get(id_.lower(), id_.lower())
    if name in embedded:
        return embedded[name]
    sql = f"SELECT facts FROM parts WHERE {SERVING} AND kind = :kind AND id = :id"
    return next(iter(decoded(kind, rows(sql, kind=kind, id=name))), None)


def decoded(kind: str, found: Sequence[tuple[Any, ...]]) -> tuple[Part, ...]:
    """Parts from rows of which the first cell is their facts."""
    if not found:
        return ()
    from rigwright.catalog.store.codec import decode

    return tuple(decode(kind, (row[0] for row in found)))


def numbered(kind: str, text: str) -> tuple[Part, str] | None:
    """The part that a maker's part number in the text names, and the text without that number.

    None when there is no such number, or numbers of two parts.
    """
    if database() is None:
        return None
    from rigwright.catalog.opendb.record import number_key

    pieces = re.split(r"([\s,;()\[\]]+)", text)
    keys = {i: f"pn:{key}" for i, word in enumerate(pieces) if (key := number_key(word))}
    found = {i: target for i, key in keys.items() for target in _numbers(kind, key)}
    if len(set(found.values())) != 1:
        return None
    held = part(kind, next(iter(found.values())))
    rest = "".join(p for i, p in enumerate(pieces) if i not in found)
    return None if held is None else (held, rest)


@functools.cache
def _numbers(kind: str, key: str) -> tuple[str, ...]:
    sql = f"SELECT part_id FROM aliases WHERE {SERVING} AND kind = :kind AND alias = :key"
    return tuple(row[0] for row in rows(sql, kind=kind, key=key))


def among(sql: str, values: Sequence[Any], end: str = "", **more: Any) -> list[tuple[Any, ...]]:
    """Rows of a query up to the name of a column, which is one of some values, and its end."""
    places = {f"v{i}": value for i, value in enumerate(values)}
    asked = f"{sql} IN ({', '.join(':' + place for place in places)}){end}"
    return rows(asked, **places, **more) if places else []


def used_on(part_type: type[Part], as_of: dt.date) -> Mapping[str, Quote]:
    """Part key -> what a second-hand one of a kind costs on a day; no more is priced for it."""
    return _used(part_type.kind, as_of, state())


@functools.lru_cache(maxsize=16)
def _used(kind: str, as_of: dt.date, _: int) -> Mapping[str, Quote]:
    def made() -> Mapping[str, Quote]:
        return _quoted({kind: load_with_price(TYPES[kind])}, as_of, "used", False)

    return _kept((as_of, kind), made)


def currencies() -> tuple[str, ...]:
    """Those with a rate, embedded or of the user's own; USD first."""
    return (USD, *dict.fromkeys(r.currency for r in (*embedded(), *_rates())))


def rate(currency: str, day: dt.date) -> Rate:
    """What a currency of ``currencies`` is worth: the latest rate up to a day, else the earliest.

    Of one day, the user's own counts.
    """
    return latest(() if currency == USD else (*embedded(), *_rates()), currency, day)


@functools.cache
def _rates() -> tuple[Rate, ...]:
    held = database()
    if held is None or not held.holds("rates"):
        return ()
    found = rows("SELECT date, currency, usd FROM rates ORDER BY currency, date")
    return tuple(Rate(_day(day), currency, usd) for day, currency, usd in found)


def attribution() -> tuple[str, ...]:
    """The notices of the makers of what was imported, to be shown with it."""
    sql = f"SELECT attribution FROM imports WHERE {SERVING.replace('import_id', 'id', 1)}"
    return tuple(row[0] for row in rows(sql))


@functools.cache
def _prices() -> tuple[Price, ...]:
    """Observations in US dollars: no exchange rate is guessed for the others.

    Prices of merged records count for the part they became; the lowest of a day comes first.
    """
    found = rows(
        "SELECT kind, part_id, date, amount, condition, basis, source FROM prices"
        " WHERE currency = :currency ORDER BY date, amount, id",
        currency=USD,
    )
    # Joined here: the database would look each price up among ten times as many part numbers.
    merged = rows(f"SELECT kind, alias, part_id FROM aliases WHERE {SERVING} AND {_IDS}")
    became = {(kind, alias): id_ for kind, alias, id_ in merged} if found else {}
    return tuple(
        Price(
            part=f"{kind}:{became.get((kind, id_), id_)}", date=_day(day), usd=amount,
            condition=condition, basis=basis, source=source,
        )
        for kind, id_, day, amount, condition, basis, source in found
    )  # fmt: skip


def offers_seen() -> list[Offer]:
    """Embedded offers and every one that feeds brought, oldest first.

    Some say no chip's id (its form is not said), some no price on demand (0).
    """
    return sorted((*tables.load(Offer), *_offers()), key=lambda o: o.date)


@functools.cache
def _offers() -> tuple[Offer, ...]:
    held = database()
    if held is None or not held.holds("offers"):
        return ()
    names = [f.name for f in dataclasses.fields(Offer)]
    found = rows(f"SELECT {', '.join(names)} FROM offers ORDER BY date, id")
    told: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in found]
    for row in told:
        row |= {k: None for k in ("vcpus", "ram_bytes", "spot_usd_per_hour") if not row[k]}
        row["date"] = _day(row["date"])
    return tuple(Offer(**row) for row in told)


def _day(value: Any) -> Any:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
