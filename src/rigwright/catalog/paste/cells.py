"""Small readers for one cell or line: links, emphasis, two parts in one cell."""

import functools
import re

from rigwright.catalog.names.namewords import pattern_of
from rigwright.catalog.paste.counts import TIMES
from rigwright.catalog.paste.words import kind_of_text
from rigwright.catalog.systems import system_of


def unlinked(text: str) -> str:
    """Markdown links become their words; pictures go."""
    if "](" not in text:
        return text
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", text)
    return re.sub(r"\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)", r"\1", text)


_TAGS = re.compile(pattern_of("tag"), re.I)
_QUOTED = re.compile(r'^(?:"([^"]+)"\s*(:)\s*)?"(.*)"\s*,?$')  # a line of JSON, a value of YAML


@functools.lru_cache(maxsize=4096)
def strip_marks(text: str) -> str:
    """Links, emphasis, tags of HTML and of forums, quotes and stray blanks removed."""
    text = _TAGS.sub(" ", _QUOTED.sub(r"\1\2 \3", unlinked(text)))
    text = re.sub(r"~~[^~]*~~", " ", text)
    text = re.sub(r"\*\*|__|`", "", text)
    return re.sub(r"\s+", " ", text).strip(" \t|")


_INSIDE = re.compile(r"\s+(?:w/|with|mit|avec|con|[+&]|and|und|et|y)\s+|\s*,\s+", re.I)
PUT_IN = frozenset(("card", "cpu", "ram", "drive"))
"""Kinds of what is put into a machine that is sold without."""


def split_parts(text: str) -> list[str]:
    """``1 Noctua NF-A15, 4 x Arctic P12`` and ``2TB + 1TB SSD`` name two parts."""
    piece = rf"\d{{1,2}}\s*{TIMES}?\s+[^,]+"
    if re.fullmatch(rf"\s*{piece}(?:,\s*{piece})+", text):
        parts = [re.sub(rf"^\s*(\d+)\s+(?!{TIMES})", r"\1 x ", p) for p in text.split(",")]
        return [p.strip() for p in parts]
    if (machine := system_of(text)) and not (machine[0].chip or machine[0].chip_count):
        inside = _INSIDE.split(text)  # `HP Z840 with 2x Xeon E5-2690 v4`
        if system_of(inside[0]) and all(kind_of_text(p) in PUT_IN for p in inside[1:]):
            return inside
    # `RTX 3090 FE + 2x MI50` names two chips; a cooler and its fans are one part.
    cards = re.split(r"\s+(?:[+&]|and|und|et|y)\s+", text)
    if len(cards) > 1 and all(kind_of_text(piece) == "card" for piece in cards):
        return cards
    sizes = re.search(r"(?<!\d)(\d{1,5}(?:\.\d+)?\s?[TG]B)\s*\+\s*(\d+(?:\.\d+)?\s?[TG]B)", text)
    if sizes:
        return [text[: sizes.start()] + sizes[i] + text[sizes.end() :] for i in (1, 2)]
    drives = re.split(r"\s*,\s+|\s+(?:[+&]|and|und|et|y)\s+", text)
    sized = len(drives) > 1 and all(re.search(r"(?i)\d\s?[tg][bo]\b", p) for p in drives)
    return drives if sized and all(kind_of_text(p) == "drive" for p in drives) else [text]
