"""Lists without a table: labels with colon or dash, copied pages, bullets, name-and-price lines."""

import re

from rigwright.catalog.names.claims import plain
from rigwright.catalog.names.namewords import pattern_of, patterns, said
from rigwright.catalog.paste.cells import strip_marks
from rigwright.catalog.paste.counts import count_told
from rigwright.catalog.paste.prices import is_price, price_of
from rigwright.catalog.paste.receipts import count_and_price, is_receipt_noise, position
from rigwright.catalog.paste.words import OTHER, RISER, SYSTEM, kind_of_label, kind_of_text

_BULLET = re.compile(pattern_of("bullet"))
_HEADING = re.compile(r"^#{1,6}\s")
_LABELLED = tuple(re.compile(row.written) for row in patterns("labelled"))
_LABEL = _LABELLED[0]
_LED = 3
"""Labels of so many kinds in front of names, and nothing between, are the manner of a list."""
_BETWEEN = tuple(re.compile(row.written) for row in patterns("between"))
"""What parts the parts of a machine that is written on one line."""
_CLAUSE = re.compile(pattern_of("clause"))
_TALK = re.compile(pattern_of("talk"), re.I)
_SHORT = re.compile(r"(?=.*\d)\S+(?: \S+){0,5}")
_KINDS_OF_A_MACHINE, _PIECES_MOST = 3, 24

LONGEST = 400

Entry = tuple[str, str, str, str]
"""label, name, price text, count text."""


def clean(line: str) -> str:
    """Quote and bullet marks, emphasis and links removed."""
    return strip_marks(_BULLET.sub("", line.lstrip(" \t\u00a0>")))


def is_noise(text: str) -> bool:
    """Totals, footers, headings and bare links."""
    return (
        not text
        or bool(_HEADING.match(text))
        or is_receipt_noise(text)
        or all(word in said("head") for word in text.lower().split())
        or bool(re.fullmatch(r"\S*https?://\S+", text))
    )


def entry(line: str, copied: bool = False) -> Entry | None:
    """One line as label, name, price text, count text; None when it names nothing."""
    if re.match(r"^\s*(?:>\s*)*#{1,6}\s", line):
        return None
    text = clean(line)[:LONGEST]
    if is_noise(text):
        return None
    for pattern in _LABELLED:
        found = pattern.match(text)
        if found and kind_of_label(found["label"]):
            rest = found["rest"].strip(" :\uff1a")
            return found["label"], rest, rest, ""
    named = _LABEL.match(text)
    # What has a name and is an amount is no part: `Budget: $2,000`; a model with its price is one.
    alone = named and (is_price(named["rest"]) or re.fullmatch(r"[\d.,\s]+", named["rest"]))
    amount = named and alone and not re.search(r"\d|\w\W+\w+\W+\w", named["label"])
    if amount or text.endswith((":", "\uff1a")):
        return None
    if copied and (led := _led(text)):
        return *led, led[1], ""
    receipt = re.match(r"^(?P<label>[A-Z ]{3,20}?)\s+\d{5,}\s+(?P<rest>\S.*)$", text)
    if receipt and kind_of_label(receipt["label"]):
        return receipt["label"], receipt["rest"], receipt["rest"], ""
    if row := position(text):
        return "", row[0], row[2], str(row[1])
    return "", text, text, ""


def _led(text: str) -> tuple[str, str] | None:
    """A label and the name behind it with nothing between: ``GPU RTX 3090``, ``Fonte Corsair``."""
    words = text.split()
    for n in (3, 2, 1):
        label = " ".join(words[:n])
        if n < len(words) and kind_of_label(label):
            first = plain(words[0]).split()
            maker = bool(first) and plain(text).split()[:1] != first[:1]  # Cooler Master
            return None if maker else (label, " ".join(words[n:]))
    return None


def apart(text: str) -> list[str]:
    """The parts of a machine that is written on one line, as in a signature; else the line."""
    line = clean(text)
    if talk := _TALK.match(line):
        pieces = [_unled(piece) for piece in _CLAUSE.split(line[talk.end() :]) if piece]
        known = [x for x in pieces if kind_of_text(x) or _LABEL.match(x) or _SHORT.fullmatch(x)]
        return known[:_PIECES_MOST] or [text]
    for between in _BETWEEN:
        pieces = [piece for piece in between.split(line) if piece]
        if not _KINDS_OF_A_MACHINE <= len(pieces) <= _PIECES_MOST:
            continue
        head = re.match(r"^([^:\uff1a]{2,28})[:\uff1a]\s*(?=\S)", pieces[0])  # `My rig: Ryzen 9`
        if head and not kind_of_label(head[1]):
            pieces[0] = pieces[0][head.end() :]
        kinds = {
            e and (kind_of_label(e[0]) if e[0] else kind_of_text(e[1]))
            for e in map(entry, pieces)
            if e and re.search(r"\d\d", e[1])  # `DDR4` and `RTX ready` praise a board
        }
        least = 2 if between is _BETWEEN[0] else _KINDS_OF_A_MACHINE
        inner = kinds & {"cpu", "board", "ram", "card"}  # a case is praised for what it takes
        if len(kinds - {None, OTHER, RISER, SYSTEM}) >= least and len(inner) > 1:
            return pieces
    return [text]


def _unled(clause: str) -> str:
    """A clause of a sentence without the words that lead to its part: ``cooled by an NH-D15``."""
    for row in patterns("led"):
        if found := re.match(row.written, clause, re.I):
            rest = clause[found.end() :].rstrip(" .")
            return f"{row.means}: {rest}" if row.means else rest
    return clause.rstrip(" .")


def entries(lines: list[str]) -> list[Entry]:
    """All entries; a line that is only a price belongs to the name above it."""
    lines = [piece for line in lines for piece in apart(line)]
    led = {kind_of_label(pair[0]) for line in lines if (pair := _led(clean(line)[:LONGEST]))}
    copied = len(led) >= _LED
    found: list[Entry] = []
    label = ""
    for line in lines:
        text = clean(line)[:LONGEST]
        if not text and not (found and found[-1][0] == label):
            continue  # between a label and what it labels
        if (heading := _HEADING.match(line)) and kind_of_label(line[heading.end() :]):
            label = line[heading.end() :]
            continue
        if found and _belongs_above(text, found):
            continue
        item = entry(line, copied)
        if item is None:
            label = ""
        elif item[0] and not item[1]:
            label = item[0]
        elif not item[0] and kind_of_label(item[1]):
            label = item[1]
        else:
            label = "" if item[0] else label
            found.append((item[0] or label, *item[1:]))
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
    if (told := count_told(text)) is not None:
        found[-1] = (label, name, price, count or str(told))
        return True
    return False
