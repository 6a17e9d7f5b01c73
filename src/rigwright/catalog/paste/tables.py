"""Tables with a kind column: Markdown of any dialect, HTML rows, comma, semicolon and tab files.

Columns are known by their heads in any order; without heads by what stands in them.
"""

import csv
import re

from rigwright.catalog.names.namewords import said
from rigwright.catalog.paste.cells import strip_marks, unlinked
from rigwright.catalog.paste.counts import count_told
from rigwright.catalog.paste.prices import SIGNS, is_price, price_of, sign_of
from rigwright.catalog.paste.words import kind_of_label

_AMOUNT = re.compile(r"\d[\d.,' ]*[.,]\d\d")  # in a column of prices the sign is in the head
_AMOUNT_OR_WHOLE = re.compile(r"\d[\d.,' ]*")
_HEAD_END = re.compile(rf"\s*[(\[].*$|\s+(?:in\s+)?(?:{SIGNS})$")
_RULE = re.compile(r"^[\s|:\-\u2013\u2014+=]+$")


def table_of(lines: list[str]) -> list[list[str]]:
    """Cells of the Markdown rows among lines.

    Whether rows begin with a bar is told by the first one: below a head without outer bars, a
    leading bar means an empty first cell.
    """
    barred = (line for line in lines if "|" in line)
    rows = [unlinked(x).rstrip() for x in barred if not x.lstrip().startswith(("http", ">>"))]
    framed = bool(rows) and rows[0].lstrip().startswith("|")
    return [_cells(row, framed) for row in rows]


def _cells(row: str, framed: bool) -> list[str]:
    body = row.strip() if framed or _RULE.match(row) else row
    if framed:
        body = body.removeprefix("|")
    return [cell.strip() for cell in body.removesuffix("|").split("|")]


def delimited(lines: list[str]) -> list[list[str]]:
    """Cells of a comma, semicolon or tab file; empty when the lines are not one.

    A tab parts cells wherever most lines have one; the others need a head that names columns.
    """
    filled = [line for line in lines if line.strip()]
    if len(filled) < 2:
        return []
    if sum("\t" in line.strip() for line in filled) >= max(2, 0.7 * len(filled)):
        return [[c.strip() for c in row] for row in csv.reader(filled, delimiter="\t")]
    spaced = [re.split(r"\s{2,}", line.strip()) for line in filled]
    wide = [cells for cells in spaced if len(cells) > 2]
    if len(wide) >= max(3, 0.7 * len(filled)) and any(map(_roles, wide[:1])):
        return wide
    for delimiter in (";", ",", "\t"):
        head = next(csv.reader(filled[:1], delimiter=delimiter), [])
        if len(head) >= 2 and _roles(head) is not None:
            rows = list(csv.reader(filled, delimiter=delimiter, skipinitialspace=True))
            if sum(len(row) > 1 for row in rows) > len(rows) / 2:
                return [[c.strip() for c in row] for row in rows]
    return []


def _roles(cells: list[str]) -> dict[str, int] | None:
    names = [_HEAD_END.sub("", strip_marks(c)).lower().strip(" *:.") for c in cells]
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        role = said("head").get(name)
        if role and role not in found:
            found[role] = at
    return found if "name" in found or ("kind" in found and len(names) > 1) else None


COLUMNS_MOST = 40
"""Cells beyond are no table that a person wrote."""
Row = tuple[str, str, str, str]
"""label, name, price text, count text."""


def rows_of(table: list[list[str]]) -> list[Row]:
    """Rows as label, name, price, count. An empty label means the one above."""
    roles: dict[str, int] = {}
    found: list[Row] = []
    label = sign = ""
    table = [cells[:COLUMNS_MOST] for cells in table]
    body = [cells for cells in table if not all(_RULE.match(c) or not c for c in cells)]
    if not any(_roles(cells) for cells in body):
        roles = _guessed(body)
        body = body[1:] if _is_head(body, roles) else body
    for at, cells in enumerate(body):
        heads = _roles(cells)
        if heads is not None and not any(price_of(c) for c in cells):
            roles = heads if "name" in heads else _guessed(body[at + 1 :], heads)
            sign = sign_of(cells[heads["price"]]) if "price" in heads else ""
            continue
        row = _row(cells, roles)
        if sign and _AMOUNT_OR_WHOLE.fullmatch(row[2].strip()):
            row = (*row[:2], f"{row[2]} {sign}", row[3])
        label = row[0] or label
        if strip_marks(row[1]):
            found.append((label, *row[1:]))
    return found


def _guessed(rows: list[list[str]], told: dict[str, int] | None = None) -> dict[str, int]:
    """Columns without heads: labels, counts, prices, and the longest texts as names.

    told : those of which the head says what they are.
    """
    width = max((len(r) for r in rows), default=0)
    columns = {
        i: [strip_marks(r[i]) for r in rows if i < len(r) and strip_marks(r[i])]
        for i in range(width)
    }
    found = dict(told or {})
    places = {i for i, cells in columns.items() if _numbers_rows(cells)}
    columns = {i: cells for i, cells in columns.items() if i not in places}
    for role, fits in (
        ("kind", lambda c: kind_of_label(c) is not None),
        ("count", lambda c: count_told(c) is not None),
        ("price", lambda c: is_price(c) or _AMOUNT.fullmatch(c) is not None),
    ):
        for i, cells in columns.items():
            free = role not in found and i not in found.values()
            if free and sum(map(fits, cells)) > len(cells) / 2:
                found[role] = i
    if not found:
        return {}
    rest = {i: sum(map(len, c)) for i, c in columns.items() if i not in found.values() and c}
    if rest:
        found["name"] = max(rest, key=lambda i: rest[i])
    return found


def _numbers_rows(cells: list[str]) -> bool:
    """A column that says 1, 2, 3 ... counts rows, not pieces; its head may stand above."""
    numbers = [c.rstrip(".)") for c in cells]
    numbers = numbers if numbers[:1] == ["1"] else numbers[1:]
    return len(numbers) > 1 and numbers == [str(i + 1) for i in range(len(numbers))]


def _is_head(rows: list[list[str]], roles: dict[str, int]) -> bool:
    """Whether the first row names columns, in whatever language: by what stands below it.

    It labels no part, counts and prices nothing where the others do, and has no number.
    """
    if len(rows) < 2 or not roles:
        return False
    head = [strip_marks(cell) for cell in rows[0]]
    kind_at = roles.get("kind", -1)
    if any(re.search(r"\d", cell) for cell in head) or any(not cell for cell in head[:1]):
        return False
    return not (0 <= kind_at < len(head) and kind_of_label(head[kind_at]))


def _row(cells: list[str], roles: dict[str, int]) -> Row:
    def cell(role: str, default: int | None) -> str:
        at = roles.get(role, default)
        return cells[at] if at is not None and at < len(cells) else ""

    kind_at = roles.get("kind", 0)
    first_is_label = "kind" in roles or kind_of_label(strip_marks(cells[0])) or not cells[0]
    if not first_is_label or ("kind" not in roles and roles.get("name") == 0):
        kind_at = -1
    label = strip_marks(cells[kind_at]) if 0 <= kind_at < len(cells) else ""
    name_at = roles.get("name")
    if name_at is None or name_at == kind_at:
        name_at = kind_at + 1
    name = cells[name_at] if name_at < len(cells) else ""
    extra = [
        c
        for at, c in enumerate(cells)
        if at not in (kind_at, name_at, roles.get("note"), roles.get("count"))
    ]
    price = cell("price", None) or next((c for c in extra if price_of(c)), "")
    return label, name, price, cell("count", None)
