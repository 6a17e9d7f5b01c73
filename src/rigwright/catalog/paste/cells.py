"""Small readers for one cell or line: links, prices, quantities."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CURRENCY = {"$": "USD", "£": "GBP", "€": "EUR", "￥": "CNY", "¥": "CNY", "円": "JPY", "元": "CNY"}
_AMOUNT = r"\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_PRICE = re.compile(
    rf"(?:(?P<code1>US|CA|AU|C|A)?(?P<sign>[$£€￥¥])\s?(?P<a>{_AMOUNT})"
    rf"|(?P<b>{_AMOUNT})\s?(?P<code>€|£|円|元|USD|EUR|GBP|CAD|AUD|CNY|JPY|RMB)(?![A-Za-z]))"
)
_COUNT_WORDS = {"two": 2, "three": 3, "four": 4, "quad": 4, "zwei": 2, "drei": 3, "vier": 4}
_TIMES = "[xX\u00d7*]"


def unlinked(text: str) -> str:
    """Markdown links become their words; pictures go."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", text)
    return re.sub(r"\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)", r"\1", text)


def strip_marks(text: str) -> str:
    """Markdown links, emphasis, tags and stray blanks removed; the words stay."""
    text = re.sub(r"<[^>]+>", " ", unlinked(text))
    text = re.sub(r"~~[^~]*~~", " ", text)
    text = re.sub(r"\*\*|__|`", "", text)
    return re.sub(r"\s+", " ", text).strip(" \t|")


def _amount(text: str) -> float:
    text = re.sub(r"[ ']", "", text)
    if re.search(r",\d{1,2}$", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.search(r"\.\d{3}$", text) and "," not in text:
        text = text.replace(".", "")
    return float(text.replace(",", ""))


def price_of(text: str, signs: Mapping[str, str] | None = None) -> tuple[float, str] | None:
    """Amount and currency of the first price in a text; ``signs`` from ``currencies_of``."""
    found = _PRICE.search(re.sub(r"~~[^~]*~~", " ", text))
    if not found:
        return None
    if found["a"]:
        code = {"US": "USD", "CA": "CAD", "C": "CAD", "AU": "AUD", "A": "AUD"}.get(found["code1"])
        sign = found["sign"]
        return _amount(found["a"]), code or (signs or {}).get(sign) or _CURRENCY[sign]
    code = {"RMB": "CNY"}.get(found["code"], _CURRENCY.get(found["code"], found["code"]))
    return _amount(found["b"]), code


def without_price(text: str) -> str:
    """The text before a trailing price, shop and bracket."""
    text = re.sub(rf"\s*[(\[]\s*{_PRICE.pattern}[^)\]]*[)\]]\s*$", "", text)
    text = re.sub(
        rf"[\s\-\u2013:,=]*{_PRICE.pattern}\s*(?:@\s*.*)?(?:{_TIMES}\s*\d+)?\s*$", "", text
    )
    return text.strip()


def currencies_of(text: str) -> dict[str, str]:
    """What ``$`` and ``¥`` mean in a list: its host, shops and script tell the country."""
    dollars = "USD"
    if re.search(r"\bca\.pcpartpicker|\bcanada\b|memory express|\.ca\b", text, re.I):
        dollars = "CAD"
    elif re.search(r"\bau\.pcpartpicker|\.com\.au\b|australia", text, re.I):
        dollars = "AUD"
    yen = "JPY" if re.search(r"[\u3040-\u30ff]", text) else "CNY"
    return {"$": dollars, "¥": yen, "￥": yen}


def quantity_of(text: str, price: str = "") -> tuple[int, str]:
    """How many, and the text without the count.

    ``2x``, ``x2``, ``(x4)``, ``Quad``, ``Two of``, ``$732.99 X 2`` count; ``(2 x 16GB)`` is one
    kit and stays. ``16GB (...), total 64GB`` counts kits by their size.
    """
    lead = re.match(rf"\s*(\d{{1,2}})\s*{_TIMES}\s*(?!\d+\s?(?:G|T|M)B)(?=\S)", text, re.I)
    if lead:
        return int(lead[1]), text[lead.end() :].strip()
    word = re.match(rf"\s*({'|'.join(_COUNT_WORDS)})(?:\s+of)?\s+(?=\S)", text, re.I)
    if word:
        return _COUNT_WORDS[word[1].lower()], text[word.end() :].strip()
    tail = re.search(rf"\s*(?:\(\s*{_TIMES}\s*(\d{{1,2}})\s*\)|\s{_TIMES}\s?(\d{{1,2}}))\s*$", text)
    if tail:
        return int(tail[1] or tail[2]), text[: tail.start()].strip()
    sli = re.search(r"\((\d)-way sli\)", text, re.I)
    if sli:
        return int(sli[1]), (text[: sli.start()] + text[sli.end() :]).strip()
    times = re.search(rf"\d\s*{_TIMES}\s*(\d{{1,2}})\s*$", price)
    if times:
        return int(times[1]), text
    total = re.search(r"(\d+)\s?GB\b.*?,?\s*total\s+(\d+)\s?GB", text, re.I)
    if total and int(total[2]) % int(total[1]) == 0:
        packs = r"\s*\(\s*\d+x?\s+\d+\s+packs?\s*\)|,?\s*total\s+\d+\s?GB"
        return int(total[2]) // int(total[1]), re.sub(packs, "", text, flags=re.I).strip()
    return 1, text.strip()


def split_parts(text: str) -> list[str]:
    """``1 Noctua NF-A15, 4 x Arctic P12`` and ``2TB + 1TB SSD`` name two parts."""
    if re.fullmatch(rf"\s*\d+\s*{_TIMES}?\s+[^,]+(?:,\s*\d+\s*{_TIMES}?\s+[^,]+)+", text):
        parts = [re.sub(rf"^\s*(\d+)\s+(?!{_TIMES})", r"\1 x ", p) for p in text.split(",")]
        return [p.strip() for p in parts]
    sizes = re.search(r"(\d+(?:\.\d+)?\s?[TG]B)\s*\+\s*(\d+(?:\.\d+)?\s?[TG]B)", text)
    if sizes:
        return [text[: sizes.start()] + sizes[i] + text[sizes.end() :] for i in (1, 2)]
    return [text]
