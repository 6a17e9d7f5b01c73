"""The words by which people label parts, in the languages met so far."""

import functools
import re
import unicodedata

from rigwright.catalog.names.claims import plain
from rigwright.catalog.names.namewords import pattern_of, patterns, said

OTHER = "other"  # a thing that no rule looks at: fan, monitor, paste, software
RISER = "riser"  # lets a card sit elsewhere than in its slot
SYSTEM = "system"  # a whole barebone or server

_CABLE = re.compile(r".{,24}(?:线|線|kabel|cables?)")  # of any sort; longer is a name

# What a name without a label gives away; the first that matches counts.
_HINTS = tuple((row.means, re.compile(row.written)) for row in patterns("kind"))
_TELLING = 160  # characters of a line in which its kind is said
# What stands behind it is said of what comes with a part, or of what it is for.
_BESIDE = re.compile(pattern_of("beside"))


def _norm(label: str) -> str:
    """Without case, accents (``boitier``) and hyphens."""
    text = unicodedata.normalize("NFKD", label).lower().strip(" \t*_:#-\u2013.|")
    bare = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", bare.replace("-", " "))


# `GPU x2`, `GPU (2x)`, `2x GPU`, `GPU #1`, `GPU(s)`
_NUMBER = re.compile(pattern_of("label number"))
_KIND = {_norm(label): kind for label, kind in said("label").items()}


def kind_of_label(label: str) -> str | None:
    """``GPU 1``, ``GPU x2`` -> card, ``主板`` -> board, ``Case Fan`` -> other; None: no label."""
    text = _norm(label).replace("\u2019", "'")
    kind = _KIND.get(text) or _KIND.get(_NUMBER.sub("", text).strip())
    return OTHER if kind is None and _CABLE.fullmatch(text) else kind


@functools.lru_cache(maxsize=4096)
def kind_of_text(text: str) -> str | None:
    """What a product line without a label is, when its own words say so."""
    from rigwright.catalog.systems import system_of  # words are read before any table

    if system_of(text):
        return SYSTEM
    line = unicodedata.normalize("NFKC", text).lower()[:_TELLING]
    ways = (_BESIDE.split(line, maxsplit=1)[0], line, line if line.isascii() else plain(line))
    for way in dict.fromkeys(ways):
        for kind, pattern in _HINTS:
            if pattern.search(way):
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
    name = chip.name.lower() if chip and not chip.unified_memory else ""
    words = re.findall(r"[a-z]*\d+\w*", name)
    return any(len(word) > 3 and word in line.replace(" ", "") for word in words)


_SECOND_HAND = re.compile(pattern_of("second hand"), re.I)


def without_condition(text: str) -> str:
    """The text without the condition at its end, behind which a shop writes nothing."""
    found = list(_SECOND_HAND.finditer(text))
    ends = bool(found) and not re.search(r"\w", text[found[-1].end() :])
    return text[: found[-1].start()].rstrip(" ([{,-") if ends else text


def second_hand(text: str) -> bool:
    """Whether a line says that its part is used, refurbished or opened."""
    return _SECOND_HAND.search(text) is not None
