"""What a currency is worth in USD: dated rates, embedded (``data/rates.csv``) or of a user's file.

The door that joins both is ``catalog.source``.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import table
from rigwright.spec.tables.userfile import read_user_text

TABLE = Path(__file__).parents[1] / "data" / "rates.csv"
USD = "USD"
COLUMNS = ("date", "currency", "usd")
ALLOWED = "CSV with the columns date, currency, usd"
EXAMPLE = "2026-11-27,CAD,0.71"
FIRST_DAY = dt.date(1995, 1, 1)
USD_LEAST, USD_MOST = 1e-9, 1e6
"""No currency in use is worth less or more."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency was worth. [USD]"""

    date: dt.date
    currency: str
    usd: float


DOLLARS = Rate(dt.date.min, USD, 1.0)


def embedded() -> tuple[Rate, ...]:
    """The rates that come with the program."""
    return table(Rate, TABLE)


def latest(rates: Iterable[Rate], currency: str, day: dt.date) -> Rate:
    """The latest rate up to a day, else the earliest; the last one given where a day has several.

    currency : one of ``rates``, or USD.
    """
    if currency == USD:
        return Rate(day, USD, 1.0)
    known = sorted((r for r in rates if r.currency == currency), key=lambda r: r.date)
    return ([r for r in known if r.date <= day] or known[:1])[-1]


def read_rates(path: Path) -> tuple[Rate, ...]:
    """The rates of a user's file; all of them or none.

    Raises InputError naming line and column of what is wrong.
    """
    lines = csv.DictReader(io.StringIO(read_user_text(path, ALLOWED, encoding="utf-8-sig")))
    columns = [str(name).strip().lower() for name in lines.fieldnames or ()]
    if missing := [name for name in COLUMNS if name not in columns]:
        raise InputError(str(path), "columns", ", ".join(columns)[:100], ALLOWED, missing[0])
    lines.fieldnames = columns
    found: dict[tuple[str, dt.date], Rate] = {}
    try:
        for row in lines:
            rate = _rate(row, f"{path}:{lines.line_num}")
            twice = found.setdefault((rate.currency, rate.date), rate)
            if twice.usd != rate.usd:
                given = f"{twice.usd:g} and {rate.usd:g} for {rate.currency} on {rate.date}"
                raise InputError(f"{path}:{lines.line_num}", "usd", given, "one rate a day")
    except csv.Error as error:
        raise InputError(str(path), "file", str(error), ALLOWED) from None
    if not found:
        raise InputError(str(path), "file", "no rates", ALLOWED, EXAMPLE)
    return tuple(found.values())


def _rate(row: Mapping[str | None, object], where: str) -> Rate:
    cells = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    try:
        day = dt.date.fromisoformat(cells["date"])
    except ValueError:
        day = dt.date.min
    if not FIRST_DAY <= day <= dt.date.today():
        allowed = f"YYYY-MM-DD, from {FIRST_DAY} to today"
        raise InputError(where, "date", cells["date"][:40], allowed, EXAMPLE)
    currency = cells["currency"].upper()
    if not re.fullmatch(r"[A-Z]{3}", currency) or currency == USD:
        given = cells["currency"][:40]
        raise InputError(where, "currency", given, "three letters, not USD", EXAMPLE)
    try:
        usd = float(cells["usd"])
    except ValueError:
        usd = 0.0
    if not USD_LEAST <= usd <= USD_MOST:
        allowed = f"USD for one unit, {USD_LEAST:g} to {USD_MOST:,.0f}"
        raise InputError(where, "usd", cells["usd"][:40], allowed, EXAMPLE)
    return Rate(day, currency, usd)
