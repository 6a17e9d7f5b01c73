"""The words by which people label parts, in the languages met so far."""

# ruff: noqa: RUF001

from __future__ import annotations

import functools
import re
import unicodedata

from rigwright.catalog.names.claims import plain
from rigwright.catalog.names.namewords import said

OTHER = "other"  # a thing that no rule looks at: fan, monitor, paste, software
RISER = "riser"  # lets a card sit elsewhere than in its slot
SYSTEM = "system"  # a whole barebone or server

_CABLES = ("线", "線", "kabel", "cable", "cables")  # of any sort

# What a name without a label gives away; the first that matches counts.
_CHIPSET = r"\b(?:[xzbh](?:[5-9]\d|[1-9]\d{2})[em]?|a[35-8]\d{2}m?|trx[45]0|wrx[89]0)\b"
_SOCKET = r"\b(?:lga ?-?\d{3,4}|am[1-5]\+?|fm[12]\+?|s?tr[x45]\d?|sp[356])\b"
_PROCESSOR = (
    r"core i\d|\bi[3579]-?\d{4}|ryzen|threadripper|xeon|\bepyc\b|processor|core ultra|celeron"
    r"|pentium|athlon|opteron|\bfx-\d{4}"
)
_SIZE = r"\b(?:[em]?-?atx|(?:micro|mini)[ -](?:atx|itx|dtx)|m?itx)\b"
_HINTS = (
    (SYSTEM, r"\bapple m[1-9]\b|\bm[1-9] (?:max|ultra|pro)\b \d+ ?gb|^strix halo\b"),
    (SYSTEM, r"\blaptop (?:gpu|graphics)\b"),
    (RISER, r"\brisers?\b(?!.*\b(?:case|chassis)\b)|slimsas|oculink|bifurcation|splitter card"),
    (OTHER, r"thermal (?:paste|comp)|bluetooth|monitor\b|keyboard|dvd|windows (?:1\d|7|8)\b"),
    (OTHER, r"wi-?fi adapter|wireless|warranty|protection plan|assembly|\bcable\b|adapter\b"),
    (
        "cooler",
        r"cpu[- ]?(?:air |liquid )?(?:cooler|kühler|fan)|(?:liquid|water|air) cooler|kühler",
    ),
    (
        "cooler",
        r"\bnh-[dul]\d|hyper 212|kraken|cpu-?クーラー|\bcfm\b|\b(?:water|air|aio) \d{2,3} ?mm\b",
    ),
    (
        "card",
        rf"^(?!.*(?:{_PROCESSOR}|{_SOCKET}|{_SIZE}(?!.*video)|mother ?board))"
        r".*(?:geforce|radeon|\b[rg]tx(?:\b|\d)|\bgt ?\d{3,4}\b|\barc (?:pro )?[ab]\d{2,3}\b"
        r"|\bquadro\b|\btesla\b|(?:video|graphics) card|grafikkarte|\bnvidia\b|titan (?:x|v|rtx))",
    ),
    (OTHER, r"\bfan\b(?!.*cpu)|\b(?:fan|lüfter)\b.*\b\d+\s?mm\b|pwm fan"),
    (
        "case",
        r"\b(?:full|mid|midi|mini|super|big)[- ]?tower\b|side panel|\b(?:pc|computer) case\b"
        rf"|{_SIZE} desktop\b|\bhtpc\b",
    ),
    (
        "psu",
        r"power supply|\bpsu\b|netzteil|\balimentation\b|alimentatore|zasilacz|80 ?(?:\+|plus)"
        rf"|^(?!.*(?:{_PROCESSOR}|core|tdp)).*\b\d{{3,4}} ?(?:w|watt)\b(?!/)",
    ),
    ("board", rf"mother ?board|mainboard|{_CHIPSET}.*(?:{_SIZE}|\bws\b|{_SOCKET})"),
    ("board", rf"^(?!.*(?:{_PROCESSOR})).*{_SOCKET}.*(?:\bddr\d|{_SIZE})"),
    ("board", rf"^(?!.*(?:\d ?gb?\b|memory)).*{_CHIPSET}.*\bddr[345]\b"),
    ("case", r"\btower\b|gehäuse|\bcase\b|chassis|pc frame"),
    ("drive", r"\bssd\b|\bhdd\b|hard drive|festplatte|solid state|nvme|\b\d+(?:\.\d+)? ?tb\b"),
    ("card", r"radeon (?:vii|pro|rx)|video card"),
    ("ram", r"\d ?gb?\b.*\bcl ?\d\d\b|\bddr[345]|\b[ru]?dimm\b|arbeitsspeicher|\bmemory\b|\bram\b"),
    ("cpu", _PROCESSOR),
    ("board", _CHIPSET),
)
# What stands behind it is said of what comes with a part, or of what it is for.
_BESIDE = re.compile(
    r"\bwith(?:out)?\b|\bohne\b|\bw/|\bcompatible\b|\bsupports?\b|\bincl"
    r"|\bfor (?=amd|intel|lga)|\b\d-year"
)


def _norm(label: str) -> str:
    """Without case, accents (``boitier``) and hyphens."""
    text = unicodedata.normalize("NFKD", label).lower().strip(" \t*_:#-\u2013.|")
    bare = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", bare.replace("-", " "))


_KIND = {_norm(label): kind for label, kind in said("label").items()}


def kind_of_label(label: str) -> str | None:
    """``GPU 1`` -> card, ``主板`` -> board, ``Case Fan`` -> other; None when it is no label."""
    text = _norm(label).replace("\u2019", "'")
    kind = _KIND.get(text) or _KIND.get(re.sub(r"\s*(?:#?\d{1,2}|\(s\))$", "", text).strip())
    return OTHER if kind is None and text.endswith(_CABLES) else kind


@functools.lru_cache(maxsize=4096)
def kind_of_text(text: str) -> str | None:
    """What a product line without a label is, when its own words say so."""
    from rigwright.catalog.systems import system_of  # words are read before any table

    if system_of(text):
        return SYSTEM
    line = unicodedata.normalize("NFKC", text).lower()
    ways = (_BESIDE.split(line, maxsplit=1)[0], line, line if line.isascii() else plain(text))
    for way in dict.fromkeys(ways):
        for kind, pattern in _HINTS:
            if re.search(pattern, way):
                return kind
    return "card" if _names_chip(line) else None


def _names_chip(line: str) -> bool:
    """Whether a line has the name of a graphics chip by which nothing else is called."""
    if not re.search(r"[a-z]\d\d|\d{3}", line):
        return False
    from rigwright.catalog.names.chipnames import find_chip
    from rigwright.catalog.tables import by_id
    from rigwright.spec.parts import Chip

    chip = find_chip(line, by_id(Chip).values())
    words = (
        re.findall(r"[a-z]*\d+\w*", chip.name.lower()) if chip and not chip.unified_memory else ()
    )
    return any(len(word) > 3 and word in line.replace(" ", "") for word in words)


_SECOND_HAND = re.compile(
    r"(?<![\w-])(?:used|second[- ]?hand|pre-?owned|refurb(?:ished)?|renewed|open[- ]box|gebraucht"
    r"|generalüberholt|d'occasion|occasion|reconditionné|reconditionne|usad[oa]"
    r"|de segunda mano|reacondicionad[oa]|usat[oa]|ricondizionat[oa]|tweedehands|używan[yae]"
    r"|begagnad|б/у|中古|二手)(?![\w-])",
    re.I,
)


def without_condition(text: str) -> str:
    """The text without the condition at its end, behind which a shop writes nothing."""
    found = list(_SECOND_HAND.finditer(text))
    ends = bool(found) and not re.search(r"\w", text[found[-1].end() :])
    return text[: found[-1].start()] if ends else text


def second_hand(text: str) -> bool:
    """Whether a line says that its part is used, refurbished or opened."""
    return _SECOND_HAND.search(text) is not None
