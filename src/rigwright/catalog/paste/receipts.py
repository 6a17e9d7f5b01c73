"""Shop receipts and order pages: what on them is no part, and lines that span several rows."""

import re

from rigwright.catalog.names.namewords import pattern_of
from rigwright.catalog.paste.prices import amount, is_price, prices_of, without_price

# Beginnings of lines of money, address and order, in the languages of the shops met so far.
_NOISE = re.compile(rf"^[\W\d]*(?:{pattern_of('money line')}|{pattern_of('order line')})", re.I)
_POSITION = re.compile(r"^(?:\d{1,3}\.?\s+)?(?:(?=\S*\d)[A-Z]{2,6}-?[A-Z0-9]*-?\d{2,}\S*\s+)?")
_MONEY_CELL = r"(?:[$£€]\s?)?\d[\d.,']*(?:\s?(?:€|£|zł|kr|EUR|CHF|PLN))?"
_COLUMNS = re.compile(
    rf"\s(?P<count>[1-9]\d?)\s+(?P<one>{_MONEY_CELL})\s+(?P<total>{_MONEY_CELL})\s*$"
)
_CELLS = 60  # characters that a count and two amounts take at most
_TOLD = re.compile(
    rf"\s*(?:{pattern_of('count label')})?([1-9]\d?)\s*"
    rf"(?:[x\u00d7*]|{pattern_of('pieces')})?[\s@à]*(\S.*)",
    re.I,
)
_TRAILING_COUNT = re.compile(r"\s([1-9]\d?)\s*$")


def is_receipt_noise(text: str) -> bool:
    """A line of totals, taxes, addresses, payment; not of a part."""
    return _NOISE.match(text) is not None


def position(text: str) -> tuple[str, int, str] | None:
    """``1 GCEV-221 EVGA ... 2 1.499,90 € 2.999,80 €`` -> name, count, price of one.

    Only where two prices stand at the end and one is the count times the other.
    """
    head, end = text[:-_CELLS], text[-_CELLS:]
    if row := _COLUMNS.search(end):
        one, total = amount(row["one"]), amount(row["total"])
        if abs(int(row["count"]) * one - total) <= 0.01 * total:
            name = _POSITION.sub("", head + end[: row.start()], count=1).strip()
            return name, int(row["count"]), end[row.start("one") :]
    prices = prices_of(text)
    if len(prices) < 2:
        return None
    one, total = prices[-2][0], prices[-1][0]
    name = without_price(text)
    count = _TRAILING_COUNT.search(name)
    pieces = int(count[1]) if count else round(total / one) if one else 0
    if pieces < 1 or abs(pieces * one - total) > 0.01 * total:
        return None
    name = name[: count.start()] if count else name
    return _POSITION.sub("", name, count=1).strip(), pieces, text[len(without_price(text)) :]


def count_and_price(text: str) -> tuple[int, str] | None:
    """A line below a part that says how many and for how much: ``1 x $549.99``, ``Qty 2 $329``."""
    found = _TOLD.match(text)
    rest = found[2] if found else ""
    alone = prices_of(rest) and not re.search(r"\w", without_price(f"- {rest}").strip("- "))
    return (int(found[1]), rest) if found and (is_price(rest) or alone) else None
