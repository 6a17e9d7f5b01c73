"""How many pieces a line speaks of, in the forms people write."""

import re

from rigwright.catalog.names.namewords import pattern_of, said
from rigwright.catalog.paste.prices import behind_price

TIMES = "[xX\u00d7*]"
_ONE_TO_99 = r"([1-9]\d?)"
_LABEL, _PIECES = pattern_of("count label"), pattern_of("pieces")
# What stands before a number of lanes: `PCIe 4.0 x16`, `Gen2 x1`, `x4/x4/x4`, `slot x8`.
_BUS = re.compile(pattern_of("bus"), re.I)
_WIDTHS = {"card": (1, 4, 8, 16), "drive": (1, 2, 4, 8, 16), None: (1, 2, 4, 8, 16)}
"""Lanes by the kinds that have them."""
_MOST = {"cpu": 8, "cooler": 8, "board": 4, "psu": 8, "case": 4, "card": 20, "ram": 64, "drive": 64}
"""Of one kind in one machine; what is more is a model: `Kraken X63`."""
_MODELS = frozenset(("case", "cooler", "board", "psu"))  # called `X3`, with a capital letter
_NOUN, _UNIT = pattern_of("counted"), pattern_of("unit")
_SIZE = r"\d+(?:[.,]\d)?\s?[GT]i?B?o?"
_LEADS = (
    re.compile(rf"\s*{_ONE_TO_99}\s*{TIMES}\s*(?=\S)", re.I),
    re.compile(rf"\s*{_ONE_TO_99}\s*{_PIECES}(?!\w)\s*(?=\S)", re.I),
    re.compile(rf"\s*[\[(]\s*{_ONE_TO_99}\s*{TIMES}?\s*[\])]\s*(?=\S)", re.I),
    re.compile(rf"\s*{_ONE_TO_99}\s+(?!(?:{_NOUN}|{_UNIT})\b)(?=[^\W\d_]{{2}})", re.I),
)
_KIT_AHEAD = re.compile(pattern_of("kit ahead"), re.I)
# `Two of`, and `双`, `两块` where no noun follows: `双塔` is a tower of two.
_WORD = re.compile(
    rf"\s*({'|'.join(said('number'))})(?:\s*(?!pc\b){_PIECES}(?!\w))?(?:\s+(?:of|x|de|di)\b)?"
    r"(?:\s+|(?<=[\u3040-\u9fff])\s*)(?=[^\s\u3040-\u9fff])",
    re.I,
)
_WORD_BEHIND = re.compile(rf"[\s,]*({'|'.join(said('number'))})\s?{_PIECES}\s*$", re.I)
_TOLD = re.compile(rf"(?:^|(?<=[\s,;(|]))\(?{_LABEL}{_ONE_TO_99}\b\s*\)?", re.I)
_TAILS = (
    re.compile(
        rf"\s*[(\[]\s*(?:{TIMES}\s*{_ONE_TO_99}|{_ONE_TO_99}\s*(?:{TIMES}|{_PIECES})?)\s*[)\]]\s*$",
        re.I,
    ),
    re.compile(rf"(?:(?<=\s)[xX]|\s*[\u00d7*])\s?{_ONE_TO_99}(?:\s+{_NOUN})?\s*$", re.I),
    re.compile(rf"(?<![\s,(\-])[\s,(\-]+{_ONE_TO_99}\s*{_PIECES}\s*\)?\s*$", re.I),
    re.compile(rf"\s+{_ONE_TO_99}\s?{TIMES}\s*$"),
)
_ENDS = " ,;@|-\u2013\u2014"
_FANS = re.compile(pattern_of("fans"), re.I)
_WAYS = re.compile(r"\s*\(([2-4])-way (?:sli|crossfire|nvlink)\)", re.I)


def count_told(text: str) -> int | None:
    """The count of a line that says nothing else: ``Qty: 2``, ``2 Stück``, ``3``."""
    found = re.fullmatch(
        rf"\s*(?:{_LABEL})?{_ONE_TO_99}\s*(?:{_PIECES}|{TIMES})?\s*|\s*{TIMES}\s?{_ONE_TO_99}\s*",
        text,
        re.I,
    )
    return int(next(filter(None, found.groups()))) if found else None


def ways_of(text: str) -> tuple[int, str]:
    """``(2-Way SLI)`` -> 2 and the text without it: how many of them there are at least.

    The note stands on each row of a page that lists every card, so it does not multiply.
    """
    found = _WAYS.search(text)
    return (int(found[1]), _WAYS.sub("", text)) if found else (1, text)


def quantity_of(text: str, price: str = "", kind: str | None = None) -> tuple[int, str]:
    """How many, and the text without the count.

    ``2x``, ``x2``, ``(x4)``, ``Qty: 2``, ``2 Stück``, ``Quad``, ``Two of``, ``$732.99 X 2`` count;
    ``(2 x 16GB)`` and memory of ``16GB x 4`` are one kit and stay, and so do lanes
    (``PCIe 4.0 x16``) and models (``Kraken X63``). ``16GB (...), total 64GB`` counts kits.
    """
    most = _MOST.get(kind or "", 24)
    for pattern in _LEADS:
        lead = pattern.match(text)
        if lead and int(lead[1]) <= most and not _is_kit(lead, kind):
            return int(lead[1]), text[lead.end() :].strip()
    if word := _WORD.match(text):
        return int(said("number")[word[1].lower()]), text[word.end() :].strip()
    if (word := _WORD_BEHIND.search(text)) and word.start():
        return int(said("number")[word[1].lower()]), text[: word.start()].strip(_ENDS)
    if told := _TOLD.search(text):
        rest = f"{text[: told.start()]} {text[told.end() :]}"
        return int(told[1]), re.sub(r"\s+", " ", rest).strip(_ENDS)
    for pattern in _TAILS:
        tail = pattern.search(text)
        if tail and text[: tail.start()].strip():
            count = int(next(filter(None, tail.groups())))
            if count <= most and not _is_model(text, tail, count, kind):
                return count, text[: tail.start()].strip(_ENDS)
    return _odd_forms(text, price)


def _is_kit(lead: re.Match[str], kind: str | None) -> bool:
    """``2 x 16GB`` is a kit; two drives of 1 TB are two drives."""
    rest = lead.string[lead.end() :]
    if re.search(rf"\d\s*{TIMES}\s*\d", rest):
        return False  # `2x 16GB (2x8GB)`: two kits
    bare = kind == "ram" and re.match(rf"\d{{1,3}}\b|{_SIZE}", rest)
    return kind not in ("drive", "card") and bool(bare or _KIT_AHEAD.match(rest))


def _is_model(text: str, tail: re.Match[str], count: int, kind: str | None) -> bool:
    """Whether what looks like a count behind a name is lanes, a size or part of the name."""
    before = text[: tail.start()]
    lanes = count in _WIDTHS.get(kind, ()) and re.match(r"\s*x", tail[0], re.I)
    fans = kind in (None, "card") and _FANS.search(text[: tail.end()])
    glued = re.search(r"[xX]\d", tail[0])
    nvme = glued and count == 4 and re.search(r"\bnvme\s*$", before, re.I)
    if (lanes and _BUS.search(before)) or fans or nvme:
        return True
    if re.search(r"(?<!\d)[1248]\s*$", before) and count in (4, 8, 16, 24, 32, 48, 64):
        return kind in (None, "ram")  # `64G DDR4 3200 2*32`
    kit = re.search(rf"\d\s?G?B?\s?{TIMES}\s?\d", before, re.I)  # `16GX2 32GB [2x]`: two of them
    sized = re.search(rf"(?:{_SIZE}|\(\s*{_SIZE}\s*\))\s*$", before, re.I)
    if kind in (None, "ram") and sized and not kit:
        return kind == "ram" or re.search(r"\bddr\d|\bram\b", text, re.I) is not None
    # `2x16 GB ... Flare X5`
    return bool(glued) and (kind in _MODELS or bool(kit and kind == "ram")) and "X" in tail[0]


def _odd_forms(text: str, price: str) -> tuple[int, str]:
    if times := re.fullmatch(rf"\D{{,12}}?{TIMES}\s*{_ONE_TO_99}\s*", behind_price(price)):
        return int(times[1]), text
    total = re.search(r"(?<!\d)(\d{1,5})\s?GB\b.*?,?\s*total\s+(\d+)\s?GB", text, re.I)
    if total and int(total[1]) and int(total[2]) % int(total[1]) == 0:
        packs = r"\s*\(\s*\d+x?\s+\d+\s+packs?\s*\)|,?\s*total\s+\d+\s?GB"
        pieces = int(total[2]) // int(total[1])
        return max(1, pieces), re.sub(packs, "", text, flags=re.I).strip()
    return 1, text.strip()
