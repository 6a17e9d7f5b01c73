"""Prices in a cell or line: signs, codes, thousands and decimals as each country writes them."""

# ruff: noqa: RUF001

import functools
import itertools
import re
from collections.abc import Mapping

from rigwright.catalog.names.namewords import pattern_of, patterns, said

_CODES = "USD|EUR|GBP|CAD|AUD|CNY|JPY|RMB|PLN|SEK|NOK|DKK|CHF|BRL|RUB|INR|CZK|HUF|KRW"
_BLANK = "[ \u00a0\u202f]"
# A blank parts thousands behind one or two digits, or where a price begins: in
# `RX 580 199,95 €` the first number is a model.
_PLAIN = r"\d{1,3}(?:[.,']\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
# Millions are written of small coins only: in `Ultra 7 265 399,00 €` two numbers are a model.
_SMALL = rf"(?={_BLANK}?(?:Ft|₩|円|₽|руб|¥|￥))"
_BLANKS = (
    rf"[1-9]\d?(?:{_BLANK}\d{{3}}(?:[.,]\d{{1,2}})?(?!{_BLANK}?\d)|(?:{_BLANK}\d{{3}})+{_SMALL})"
)
_LONG = rf"\d{{3}}(?:{_BLANK}\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)"
_STARTS = r"(?:^|(?<=[-\u2013\u2014:=(|] ))"
_ROUND = "(?:[.,][-\u2013\u2014]{1,2})?"  # no cents: `299,-`
# Behind a name, thousands above four of a large coin are a model: `RX Vega 64 299,- EUR`.
_LARGE = rf"{_ROUND}{_BLANK}?(?:€|£|\$|EUR|USD|GBP|CHF)"
_NAMED = rf"(?!(?:\d\d|[5-9]){_BLANK}\d{{3}}(?:[.,]\d{{1,2}})?{_LARGE}){_BLANKS}"
_AFTER_SIGN = rf"(?:{_BLANKS}|(?<![$£€])(?<![$£€]\s){_LONG}|{_PLAIN})"  # `$299 980 PRO`
_BEFORE_CODE = rf"(?<![\w.,'])(?:{_STARTS}(?:{_LONG}|{_BLANKS})|{_NAMED}|{_PLAIN})"
_PRICE = re.compile(
    r"(?:(?P<code1>US|CA|AU|C|A)?"
    rf"(?P<sign>R\$|[$£€￥¥₹₩₽]|(?<!\w)(?:kr\.?|Rs\.?|Fr\.|{_CODES})(?={_BLANK}?\d))"
    rf"{_BLANK}?(?P<a>{_AFTER_SIGN}){_ROUND}"
    rf"|(?P<b>{_BEFORE_CODE}){_ROUND}{_BLANK}?"
    rf"(?P<code>€|£|円|元|원|zł|₽|руб\.?|₹|₩|\$|kr\.?|Kč|Ft|{_CODES})(?!\w))"
)
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _PRICE.pattern)
_TAIL = rf"\s*(?:{pattern_of('each')})?\s*(?:@\s*.*)?(?:[xX\u00d7*]\s*\d+|\*{{1,2}})?"

_SHOWN = re.compile(rf"\s*[(\[]\s*{_UNNAMED}[^)\]]*[)\]]\s*$")
_LOOSE = r"\s\-\u2013\u2014:,=~@"
_AHEAD = rf"(?:(?<!\w)(?:{pattern_of('price word')})[{_LOOSE}]*)?"
_TRAILING = re.compile(rf"(?<![{_LOOSE}])[{_LOOSE}]*{_AHEAD}{_UNNAMED}{_TAIL}\s*$")
_LEADING = re.compile(rf"^\s*{_UNNAMED}[{_LOOSE}]+(?=\S)")
_ALONE = re.compile(
    rf"\s*{_UNNAMED}{_TAIL}(?:\s+(?:{pattern_of('shop word')}|{_UNNAMED}))*\s*", re.I
)
_PRICE_CHARACTERS = 120  # at the end of a line; what a price and its shop take at most
TRAILING_MAX, PRICES_MOST = 8, 16
"""Prices at the end of one line: of one, of all, before and after a rebate, in two currencies."""


def amount(text: str) -> float:
    """``1.299,00 €`` -> 1299.0; the last sign with one or two digits behind it is decimal."""
    text = re.sub(r"[^\d.,]", "", text)
    if re.search(r",\d{1,2}$", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.search(r"\.\d{3}$", text) and "," not in text:
        text = text.replace(".", "")
    return float(text.replace(",", ""))


def _code(sign: str, signs: Mapping[str, str]) -> str:
    """``zł`` -> PLN; what several countries use is told by the list."""
    sign = sign.lower().rstrip(".")
    return signs.get(sign) or said("currency").get(sign) or sign.upper()


def prices_of(text: str, signs: Mapping[str, str] | None = None) -> list[tuple[float, str]]:
    """Amounts and currencies in order; ``signs`` from ``currencies_of``."""
    found = []
    for price in itertools.islice(_PRICE.finditer(re.sub(r"~~[^~]*~~", " ", text)), PRICES_MOST):
        country = {"US": "USD", "CA": "CAD", "C": "CAD", "AU": "AUD", "A": "AUD"}
        code = country.get(price["code1"] or "") or _code(
            price["sign"] or price["code"], signs or {}
        )
        found.append((amount(price["a"] or price["b"]), code))
    return found


def price_of(text: str, signs: Mapping[str, str] | None = None) -> tuple[float, str] | None:
    """Amount and currency of the first price in a text."""
    return next(iter(prices_of(text, signs)), None)


def behind_price(text: str) -> str:
    """What follows the last price of a text: `` X 2`` of ``$732.99 X 2``; empty without a price."""
    text = text[-_PRICE_CHARACTERS:]
    found = list(_PRICE.finditer(text))
    return text[found[-1].end() :] if found else ""


def is_price(text: str) -> bool:
    """Whether a text is a price, or a row of them with the words of shops, and nothing else."""
    return _ALONE.fullmatch(text[:_PRICE_CHARACTERS]) is not None


def price_alone(text: str) -> tuple[float, str] | None:
    """Amount and currency of a text that is a price and nothing else; its ¥ is that of Japan."""
    return price_of(text, {"¥": "JPY", "￥": "JPY"}) if is_price(text) else None


@functools.lru_cache(maxsize=4096)
def without_price(text: str) -> str:
    """The text without the prices at its ends, shop and bracket."""
    text = _LEADING.sub("", _SHOWN.sub("", text), count=1)
    for _ in range(TRAILING_MAX):  # one at a time: a pattern that repeats them all may never end
        start = max(0, len(text) - _PRICE_CHARACTERS)
        shorter = text[:start] + _TRAILING.sub("", text[start:])
        if shorter == text:
            break
        text = shorter
    return text.strip()


SIGNS = rf"[€£$₹₩₽元円원]|zł|руб|kr\b|Kč|Ft\b|\b(?:{_CODES})\b"


def sign_of(head: str) -> str:
    """The currency that the head of a column of prices says: ``Preis (€)``, ``Cost USD``."""
    found = re.search(SIGNS, head)
    return found[0] if found else ""


_BARE_END = re.compile(
    r"(?<=\S)(?<!\b[rg]tx)(?<!\brx)(?<!\bddr\d)(?<!\bi\d)(?<!\s\d)(?<![\u4e00-\u9fff]\d)"
    r"[ \t]+(\d{3,6})[ \t]*$",
    re.I | re.M,
)


def with_signs(text: str) -> str:
    """Amounts at the ends of lines get the sign that others have, as lists in Chinese leave out."""
    told = re.search(r"\d[ \t]*([元円원])[ \t]*$", text, re.M)
    return _BARE_END.sub(rf" \1{told[1]}", text) if told else text


def currencies_of(text: str) -> dict[str, str]:
    """What ``$``, ``kr`` and ``¥`` mean in a list: its host, shops and script tell the country."""
    line = text.lower()
    rows = [row for row in patterns("country") if re.search(row.written, line)]
    return {sign: row.means for row in reversed(rows) for sign in row.words}
