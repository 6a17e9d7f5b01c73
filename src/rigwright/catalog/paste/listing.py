"""Lists without a table: labels with colon or dash, copied pages, bullets, name-and-price lines."""

from __future__ import annotations

import re

from rigwright.catalog.paste.cells import strip_marks
from rigwright.catalog.paste.counts import count_told
from rigwright.catalog.paste.prices import is_price, price_of
from rigwright.catalog.paste.receipts import count_and_price, is_receipt_noise, position
from rigwright.catalog.paste.words import kind_of_label

_BULLET = re.compile(
    r"^\s*(?:>\s?)*\s*(?:(?:[-*\u2022\u00b7\u2023\u25aa\u25ab\u25e6\u25cf\u27a4\u25b6\u2192+~"
    r"\u2013\u2014]|[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?|\[[ xX]?\]"
    r"|\d{1,2}[.)]|[a-z][)])\s+)+"
)
_HEADING = re.compile(r"^#{1,6}\s")
_LABEL = re.compile(r"^(?P<label>[^:\uff1a]{2,28}?)\s*(?:__)?[:\uff1a](?:__|\*\*)?\s*(?P<rest>.*)$")
_DASHED = re.compile(
    r"^(?P<label>[^\u2013\u2014=]{2,28}?)\s+(?:[-\u2013\u2014=]|=>|->)\s+(?P<rest>.+)$"
)
# A copied page has the label and the name side by side; only its own words split them.
_COPIED = re.compile(
    r"^(?P<label>cpu cooler|cpu|thermal compound|motherboard|memory|storage|video card|case fan"
    r"|case|power supply|optical drive|operating system|wireless network adapter|monitor|keyboard"
    r"|mouse|headphones)\s+(?=\S)(?P<rest>.+)$",
    re.I,
)

LONGEST = 400

Entry = tuple[str, str, str, str]
"""label, name, price text, count text."""


def clean(line: str) -> str:
    """Quote and bullet marks, emphasis and links removed."""
    return strip_marks(_BULLET.sub("", re.sub(r"^\s*(?:>\s?)+", "", line)))


def is_noise(text: str) -> bool:
    """Totals, footers, headings and bare links."""
    return (
        not text
        or bool(_HEADING.match(text))
        or is_receipt_noise(text)
        or bool(re.fullmatch(r"\S*https?://\S+", text))
    )


def entry(line: str, copied: bool = False) -> Entry | None:
    """One line as label, name, price text, count text; None when it names nothing."""
    if re.match(r"^\s*(?:>\s*)*#{1,6}\s", line):
        return None
    text = clean(line)[:LONGEST]
    if is_noise(text):
        return None
    for pattern in (_LABEL, _DASHED):
        found = pattern.match(text)
        if found and kind_of_label(found["label"]):
            return found["label"], found["rest"].strip(), found["rest"], ""
    if copied and (found := _COPIED.match(text)):
        return found["label"], found["rest"], found["rest"], ""
    receipt = re.match(r"^(?P<label>[A-Z ]{3,20}?)\s+\d{5,}\s+(?P<rest>\S.*)$", text)
    if receipt and kind_of_label(receipt["label"]):
        return receipt["label"], receipt["rest"], receipt["rest"], ""
    if row := position(text):
        return "", row[0], row[2], str(row[1])
    return "", text, text, ""


def entries(lines: list[str]) -> list[Entry]:
    """All entries; a line that is only a price belongs to the name above it."""
    copied = any(re.match(r"^\s*type\s+item\b", line, re.I) for line in lines) or (
        sum(bool(_COPIED.match(clean(line))) and "@" in line for line in lines) >= 3
    )
    found: list[Entry] = []
    label = ""
    for line in lines:
        text = clean(line)[:LONGEST]
        if found and _belongs_above(text, found):
            continue
        item = entry(line, copied)
        if item is None:
            label = ""
            continue
        if item[0] and not item[1]:
            label = item[0]
            continue
        if item[0]:
            label = ""
        found.append(item if item[0] else (label, *item[1:]))
    return found


def _belongs_above(text: str, found: list[Entry]) -> bool:
    """Take in a line that only prices or counts the part above it."""
    label, name, price, count = found[-1]
    if is_price(text):
        if not price_of(price):
            found[-1] = (label, name, text, count)
        return True
    if both := count_and_price(text):
        found[-1] = (label, name, price if price_of(price) else both[1], count or str(both[0]))
        return True
    told = count_told(text)
    if told is not None:
        found[-1] = (label, name, price, count or str(told))
        return True
    return False
