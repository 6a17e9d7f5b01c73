"""How many pieces a line speaks of, in the forms people write."""

from __future__ import annotations

import re

_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "quad": 4,
    "zwei": 2,
    "drei": 3,
    "vier": 4,
    "deux": 2,
    "trois": 3,
    "quatre": 4,
    "dos": 2,
    "tres": 3,
    "cuatro": 4,
    "due": 2,
    "tre": 3,
    "dwie": 2,
    "trzy": 3,
    "twee": 2,
    "drie": 3,
}
TIMES = "[xX\u00d7*]"
_ONE_TO_99 = r"([1-9]\d?)"
_LABEL = (
    r"(?:qty|quantity|count|menge|anzahl|quantité|qté|cantidad|cant|quantità|qtà|quantidade|qtd"
    r"|ilość|aantal|кол-во|количество|数量|個数)\.?\s*[:\uff1a=]?\s*"
)
_PIECES = (
    r"(?:st(?:ü|ue)ck|stk\.?|pcs?\.?|pieces?|pièces?|unidades?|uds?\.?|unità|pz\.?|peças?|szt\.?"
    r"|sztuk[ai]?|stuks?|шт\.?|台|块|個|枚|个|条)"
)
_LEADS = (
    # `2 x 16GB` is a kit.
    re.compile(rf"\s*{_ONE_TO_99}\s*{TIMES}\s*(?!\d+\s?[GTM][Bo])(?=\S)", re.I),
    re.compile(rf"\s*{_ONE_TO_99}\s*{_PIECES}(?!\w)\s*(?=\S)", re.I),
    re.compile(rf"\s*[\[(]\s*{_ONE_TO_99}\s*{TIMES}?\s*[\])]\s*(?=\S)", re.I),
)
_WORD = re.compile(rf"\s*({'|'.join(_WORDS)})(?:\s+(?:of|x))?\s+(?=\S)", re.I)
_TOLD = re.compile(rf"(?:^|(?<=[\s,;(|]))\(?{_LABEL}{_ONE_TO_99}\b\s*\)?", re.I)
_TAILS = (
    re.compile(rf"\s*\(\s*{TIMES}\s*{_ONE_TO_99}\s*\)\s*$|\s*\(\s*{_ONE_TO_99}\s*{TIMES}\s*\)\s*$"),
    re.compile(rf"\s{TIMES}\s?{_ONE_TO_99}\s*$"),
    re.compile(rf"[\s,(\-]+{_ONE_TO_99}\s*{_PIECES}\s*\)?\s*$", re.I),
)
# `32 GB DDR4-3200 2x16` is a kit, too.
_KIT = re.compile(r"\bddr[345].*(?<![\w.])[1248]x\d{1,3}\s*$", re.I)


def count_told(text: str) -> int | None:
    """The count of a line that says nothing else: ``Qty: 2``, ``2 Stück``, ``3``."""
    found = re.fullmatch(
        rf"\s*(?:{_LABEL})?{_ONE_TO_99}\s*(?:{_PIECES}|{TIMES})?\s*|\s*{TIMES}\s?{_ONE_TO_99}\s*",
        text,
        re.I,
    )
    return int(next(filter(None, found.groups()))) if found else None


def quantity_of(text: str, price: str = "") -> tuple[int, str]:
    """How many, and the text without the count.

    ``2x``, ``x2``, ``(x4)``, ``Qty: 2``, ``2 Stück``, ``Quad``, ``Two of``, ``$732.99 X 2`` count;
    ``(2 x 16GB)`` is one kit and stays. ``16GB (...), total 64GB`` counts kits by their size.
    """
    for pattern in _LEADS:
        if lead := pattern.match(text):
            return int(lead[1]), text[lead.end() :].strip()
    if word := _WORD.match(text):
        return _WORDS[word[1].lower()], text[word.end() :].strip()
    if told := _TOLD.search(text):
        rest = f"{text[: told.start()]} {text[told.end() :]}"
        return int(told[1]), re.sub(r"\s+", " ", rest).strip(" ,;-\u2013|")
    for pattern in _TAILS:
        if tail := pattern.search(text):
            count = next(filter(None, tail.groups()))
            return int(count), text[: tail.start()].strip()
    return _odd_forms(text, price)


def _odd_forms(text: str, price: str) -> tuple[int, str]:
    sli = re.search(r"\(([2-4])-way sli\)", text, re.I)
    if sli:
        return int(sli[1]), (text[: sli.start()] + text[sli.end() :]).strip()
    times = not _KIT.search(text) and re.search(rf"\d\s*{TIMES}\s*{_ONE_TO_99}\s*$", price)
    if times:
        return int(times[1]), text
    total = re.search(r"(\d+)\s?GB\b.*?,?\s*total\s+(\d+)\s?GB", text, re.I)
    if total and int(total[1]) and int(total[2]) % int(total[1]) == 0:
        packs = r"\s*\(\s*\d+x?\s+\d+\s+packs?\s*\)|,?\s*total\s+\d+\s?GB"
        pieces = int(total[2]) // int(total[1])
        return max(1, pieces), re.sub(packs, "", text, flags=re.I).strip()
    return 1, text.strip()
