"""A CSV file of prices -> dated observations; rows that cannot be used are listed with the reason.

Known shapes: ``category,opendb_id,name,price_usd,source,date`` (parts), ``part,date,price,currency,
condition,source`` (our own keys), ``gpu,month,ebay_avg_sold_usd,source`` (used cards by chip).
"""

import csv
import datetime as dt
import functools
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from rigwright.catalog.prices.ledger import CONDITIONS
from rigwright.catalog.tables import DATA
from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import records
from rigwright.spec.tables.userfile import ordinary

BYTES_MAX = 128 * 1024**2
ROWS_MAX = 2_000_000
AMOUNT_MAX = 1e7
FIRST_DAY = dt.date(1995, 1, 1)
SOURCE_MAX = 200
BASES = ("shop", "list", "estimate")
ALLOWED = "CSV (or .csv.gz) with a part, a price and a date, as in docs/market.md"
_AMOUNT = re.compile(
    r"(?:price|amount|cost|ebay_avg_sold)_([a-z]{3})|(usd|eur|gbp|jpy|cny|cad|aud)"
)
Named = Callable[[str, str], str | None]
"""(kind, name) -> id of the one part it names, or None."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One price as it was seen; ``kind`` and ``part_id`` name the part."""

    kind: str
    part_id: str
    date: dt.date
    amount: float
    currency: str
    condition: str
    basis: str
    source: str


@functools.cache
def feed_words(sort: str) -> dict[str, str]:
    """Words of files and feeds for kinds, columns or providers -> what they mean."""
    words = records(DATA / "feed_words.csv")
    return {w["word"]: w["means"] for w in words if w["sort"] == sort}


class BadRowError(Exception):
    """A row that cannot be used, with the reason."""


class _Shape(NamedTuple):
    """Which column says what."""

    amount: str
    currency: str  # fixed by the column's name, or empty
    used: bool

    @classmethod
    def of(cls, columns: list[str], where: str) -> "_Shape":
        for column in columns:
            found = _AMOUNT.fullmatch(column)
            if found:
                return cls(column, (found[1] or found[2]).upper(), column.startswith("ebay"))
        for column in ("price", "amount"):
            if column in columns:
                return cls(column, "", False)
        raise InputError(where, "columns", ", ".join(columns)[:200], ALLOWED)


def _text(path: Path) -> Iterator[str]:
    """Lines of the file, unpacked; stops at a size that no price list has."""
    with ordinary(path, "file", ALLOWED, BYTES_MAX).open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if packed else raw
        lines = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="strict", newline="")
        size = 0
        while line := lines.readline(1_000_000):
            size += len(line)
            if size > BYTES_MAX:
                raise InputError(str(path), "file", "too large", f"at most {BYTES_MAX >> 20} MiB")
            yield line


def read_prices(path: Path, named: Named) -> Iterator[tuple[int, Observation | None, str]]:
    """(line, observation or None, reason) for every row.

    named : finds the part of rows that have a name only.
    Raises InputError when the file cannot be read or lacks a column.
    """
    where = str(path)
    try:
        reader = csv.DictReader(_text(path), strict=False)
        columns = [str(c).strip().lower() for c in reader.fieldnames or ()]
        if not columns:
            raise InputError(where, "file", "nothing", ALLOWED)
        reader.fieldnames = columns
        shape = _Shape.of(columns, where)
        for count, row in enumerate(reader):
            if count >= ROWS_MAX:
                raise InputError(where, "rows", f"more than {ROWS_MAX}", f"up to {ROWS_MAX}")
            try:
                yield reader.line_num, _observation(row, shape, path.name, named), ""
            except BadRowError as reason:
                yield reader.line_num, None, str(reason)
    except (OSError, UnicodeDecodeError, EOFError, zlib.error, csv.Error) as error:
        said = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise InputError(where, "file", said, ALLOWED) from None


def _cell(row: Mapping[Any, object], column: str) -> str:
    value = row.get(column)
    return value.strip() if isinstance(value, str) else ""


def _observation(
    row: Mapping[str | None, object], shape: _Shape, file: str, named: Named
) -> Observation:
    if None in row:
        raise BadRowError("more cells than columns")
    currency = shape.currency or _cell(row, "currency").upper() or "USD"
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise BadRowError(f"currency {currency[:20]!r} is not three letters")
    condition = _cell(row, "condition").lower() or ("used" if shape.used else "new")
    basis = _cell(row, "basis").lower() or "shop"
    for word, allowed in ((condition, CONDITIONS), (basis, BASES)):
        if word not in allowed:
            raise BadRowError(f"{word[:20]!r} is none of {', '.join(allowed)}")
    source = _cell(row, "source") or file
    if not source.isprintable():
        raise BadRowError("source is not printable")
    amount, day = _amount(_cell(row, shape.amount)), day_of(row)
    kind, part_id = _part(row, named)
    return Observation(kind, part_id, day, amount, currency, condition, basis, source[:SOURCE_MAX])


def _amount(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise BadRowError(f"price {text[:20]!r} is not a number") from None
    if not 0 < value < AMOUNT_MAX:
        raise BadRowError(f"price {text[:20]!r} is not between 0 and {AMOUNT_MAX:,.0f}")
    return value


def day_of(row: Mapping[Any, object]) -> dt.date:
    """The day of a row, or the last of its month. Raises BadRowError."""
    text, month = _cell(row, "date"), _cell(row, "month")
    try:
        if text:
            day = dt.date.fromisoformat(text[:10])
        elif re.fullmatch(r"\d{4}-\d{2}", month):
            # The average of a month is known when it is over.
            first = dt.date.fromisoformat(f"{month}-01")
            day = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        else:
            raise ValueError
    except (ValueError, OverflowError):
        raise BadRowError(f"date {(text or month)[:20]!r} is not YYYY-MM-DD") from None
    if not FIRST_DAY <= day <= dt.date.today():
        raise BadRowError(f"date {day} is not between {FIRST_DAY} and today")
    return day


def _part(row: Mapping[str | None, object], named: Named) -> tuple[str, str]:
    key = _cell(row, "part")
    word = key.partition(":")[0] if key else _cell(row, "category") or _cell(row, "kind")
    name = _cell(row, "name") or _cell(row, "gpu") or _cell(row, "chip")
    if not word and (row.get("gpu") or row.get("chip")):
        word = "chip"
    kind = feed_words("kind").get(re.sub(r"[^a-z]", "", word.lower()))
    if kind is None:
        raise BadRowError(f"kind {word[:30]!r} is none of ours")
    id_ = key.partition(":")[2] if key else _cell(row, "opendb_id") or _cell(row, "id")
    if id_:
        if len(id_) > 80 or not re.fullmatch(r"[\w.+-]+", id_):
            raise BadRowError(f"id {id_[:30]!r} is not an id")
        return kind, id_.lower()
    found = named(kind, name) if name else None
    if found is None:
        raise BadRowError(f"{name[:60]!r} names no one {kind} of the catalogue")
    return kind, found
