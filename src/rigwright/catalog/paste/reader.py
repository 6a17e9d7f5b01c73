"""One pasted text -> lines with kind, name, count and price, whatever its layout."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rigwright.catalog.names.namewords import pattern_of
from rigwright.catalog.paste import html, listing, reports, tables, words
from rigwright.catalog.paste.cells import split_parts, strip_marks
from rigwright.catalog.paste.counts import count_told, quantity_of, ways_of
from rigwright.catalog.paste.prices import currencies_of, price_of, with_signs, without_price
from rigwright.catalog.paste.receipts import is_receipt_noise
from rigwright.catalog.systems import system_of
from rigwright.spec.errors import InputError

CHARACTERS_MAX = 200_000
LINE_MAX, CELL_MAX = 1500, 300
"""What is longer is no line that a person wrote; the rest of it is not read."""
# A link without the name of what it leads to.
_LINK = re.compile(pattern_of("bare link"), re.I)
# Words of sentences; two of them stand in no name of a part.
_SENTENCE = re.compile(pattern_of("sentence"))
_REMARK_MAX = 80
_REMARK = re.compile(pattern_of("remark"), re.I)
_BOXES = dict.fromkeys(range(0x2500, 0x2580), "-") | dict.fromkeys((0x2502, 0x2503, 0x2551), "|")
_FENCE = re.compile(r"^```(\w*)\s*$")
_DATED = re.compile(rf"(?:{pattern_of('dated')}).{{0,24}}?\b(20[0-4]\d)\b", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a list.

    kind : cpu, cooler, board, ram, card, drive, psu, case; ``other`` for what no rule looks at;
    None when nothing tells. price is for one piece, in ``currency``; None when not given.
    condition : new, or used where the line says that it is second-hand.
    """

    kind: str | None
    text: str
    quantity: int = 1
    price: float | None = None
    currency: str | None = None
    at_least: int = field(default=1, compare=False)  # as its own words say: ``(2-Way SLI)``
    condition: str = field(default="new", compare=False)
    guessed: bool = field(default=False, compare=False)  # its kind, by its own words
    year: int | None = field(default=None, compare=False)  # in which the list says it was made


def _kind(label: str, name: str) -> str | None:
    return words.kind_of_label(label) if label else words.kind_of_text(name)


def _lines(label: str, name: str, price: str, count: str, signs: Mapping[str, str]) -> list[Line]:
    """Lines of one row: usually one, more when the cell names several parts."""
    name, price, count = name[:CELL_MAX], price[:CELL_MAX], count[:CELL_MAX]
    amount = price_of(price, signs)
    condition = "used" if words.second_hand(f"{label} {name} {price}") else "new"
    if condition == "used":
        price, name = words.without_condition(price), words.without_condition(strip_marks(name))
    name = without_price(strip_marks(name))
    for _ in range(2):
        name = name[:-_REMARK_MAX] + _REMARK.sub("", name[-_REMARK_MAX:])
    name = re.sub(r"\s{2,}", " ", name).strip(" -\u2013\u2014,:;")
    if _LINK.fullmatch(name):
        return []
    if not re.search(r"[^\W\d_]", name) and not re.search(r"\d", name):
        return []
    found = []
    pieces = split_parts(name)
    for piece in pieces:
        ways, piece = ways_of(piece)
        quantity, text = quantity_of(piece, price, _kind(label, piece))
        if quantity > 1 and system_of(piece) and not system_of(text):
            quantity, text = 1, piece  # GMKtec EVO X2
        quantity = count_told(count) or max(quantity, quantity_of(label, kind="other")[0])
        price_one, currency = (amount if len(pieces) == 1 else None) or (None, None)
        line = Line(_kind(label, text), text, quantity, price_one, currency, at_least=ways)
        guessed = words.kind_of_label(label) is None
        found.append(replace(line, condition=condition, guessed=guessed))
    return found


def _merged(lines: list[Line]) -> list[Line]:
    """Repeated rows become one line with a count."""
    found: dict[tuple[str | None, str], Line] = {}
    for line in lines:
        key = (line.kind, line.text)
        old = found.get(key)
        found[key] = replace(old, quantity=old.quantity + line.quantity) if old else line
    return [replace(x, quantity=max(x.quantity, x.at_least)) for x in found.values()]


def _table(rows: list[list[str]], signs: Mapping[str, str]) -> list[Line]:
    found = []
    for label, name, price, count in tables.rows_of(rows):
        if not (is_receipt_noise(strip_marks(label)) or listing.is_noise(strip_marks(name))):
            found += _lines(label, name, price, count, signs)
    return found


def _free(lines: list[str], signs: Mapping[str, str]) -> list[Line]:
    return [line for row in listing.entries(lines) for line in _lines(*row, signs)]


def _without_prose(lines: list[Line]) -> list[Line]:
    """Sentences around a list are no parts."""

    def is_name(text: str) -> bool:
        ends = text.endswith((".", ":", "!", "?")) or len(text.split()) > 15
        return not ends and len(set(_SENTENCE.findall(text.lower()))) < 2

    return [line for line in lines if line.kind or is_name(line.text)]


def _changed(before: list[Line], diff: list[str], signs: Mapping[str, str]) -> list[Line]:
    """A list after a ``diff`` block: ``-`` goes, ``+`` comes, a labelled block is restated."""
    removed = _free([d[1:] for d in diff if d.startswith("-")], signs)
    kept = _free([d[1:] for d in diff if d.startswith(("+", " ")) and d[1:].strip()], signs)
    gone = {(line.kind, line.text) for line in removed}
    restated = {line.kind for line in kept if line.kind}
    return [
        line for line in before if (line.kind, line.text) not in gone and line.kind not in restated
    ] + kept


def _blocks(text: str) -> tuple[list[str], list[str]]:
    """Ordinary lines, and the lines of ``diff`` fences."""
    plain: list[str] = []
    diff: list[str] = []
    fence: str | None = None
    for line in (long[:LINE_MAX] for long in text.splitlines()):
        if mark := _FENCE.match(line):
            fence = None if fence is not None else mark[1]
        else:
            (diff if fence == "diff" else plain).append(line)
    return plain, diff


def _read(text: str) -> list[Line]:
    signs = currencies_of(text)
    text = reports.as_list(with_signs(text.translate(_BOXES)))
    if re.search(r"<t[dr]\b", text, re.I):
        rows, rest = html.rows_of(text)
        cells = [[cell[:CELL_MAX] for cell in row] for row in rows]
        return _table(cells, signs) or _free([line[:LINE_MAX] for line in rest], signs)
    plain, diff = _blocks(text)
    rows = tables.table_of(plain)
    rows = rows if len(rows) >= 2 else tables.delimited(plain)
    if rows:
        found = _table(rows, signs)
    else:
        if re.search(r"<(?:li|br|p)\b", text, re.I):
            plain = [line[:LINE_MAX] for line in html.rows_of(text)[1]]
        found = _free(plain, signs)
    return _changed(found, diff, signs) if diff else found


def read_line(text: str) -> Line:
    """One line as a list would be read, whatever stands in it; never more than one part."""
    flat = " ".join(text.split())[:LINE_MAX]
    found = _free([flat], currencies_of(flat))
    return found[0] if found else Line(None, flat)


def read_list(text: str, where: str = "parts list") -> tuple[Line, ...]:
    """Every part a pasted list names, in its order; repeated rows are counted.

    Raises InputError when there is nothing to read, for instance only links.
    """
    if len(text) > CHARACTERS_MAX:
        raise InputError(where, "length", len(text), f"up to {CHARACTERS_MAX} characters")
    lines = _without_prose(_merged(_read(text)))
    if not any(line.kind for line in lines):
        given = "only links" if "http" in text and not lines else text.strip()[:40]
        hint = "one part per line, such as `GPU: Gigabyte GTX 1070 G1 Gaming`"
        raise InputError(where, "parts", given, "names of parts", hint)
    made = _DATED.search(text)
    return tuple(replace(line, year=int(made[1])) for line in lines) if made else tuple(lines)
