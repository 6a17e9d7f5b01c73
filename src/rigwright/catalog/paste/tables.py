"""Tables with a kind column: Markdown of any dialect, tab separated, HTML rows."""

from __future__ import annotations

import re

from rigwright.catalog.paste.cells import price_of, strip_marks, unlinked
from rigwright.catalog.paste.words import kind_of_label

_HEADS = {
    "kind": "type component part parts category bauteil linh-kiện item#"
    " 模块 配件 部件 パーツ 種類 种类 类型",
    "name": "item model brand selection name product product-name produkt tên"
    " 型号 製品 名称 商品名",
    "price": "price cost purchase-price preis amount giá usd eur euro prix 价格 価格",
    "count": "# qty quantity count 数量 menge anzahl số-lượng",
    "note": "notes note comment comments remark link url 备注 備考 source where",
}
_ROLE = {word.replace("-", " "): role for role, words in _HEADS.items() for word in words.split()}
_RULE = re.compile(r"^[\s|:\-\u2013\u2014]+$")


def is_row(line: str) -> bool:
    """A line that looks like a Markdown table row."""
    return line.count("|") >= 1 and not line.lstrip().startswith(("http", ">>"))


def table_of(lines: list[str]) -> list[list[str]]:
    """Cells of the Markdown rows among lines.

    Whether rows begin with a bar is told by the first one: below a head without outer bars, a
    leading bar means an empty first cell.
    """
    rows = [unlinked(line).rstrip() for line in lines if is_row(line)]
    framed = bool(rows) and rows[0].lstrip().startswith("|")
    return [_cells(row, framed) for row in rows]


def _cells(row: str, framed: bool) -> list[str]:
    body = row.strip() if framed or _RULE.match(row) else row
    if framed:
        body = body.removeprefix("|")
    return [cell.strip() for cell in body.removesuffix("|").split("|")]


def _roles(cells: list[str]) -> dict[str, int] | None:
    names = [strip_marks(c).lower().strip(" *") for c in cells]
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        role = _ROLE.get(name)
        if role == "name" and "name" in found:
            continue
        if role and role not in found:
            found[role] = at
    return found if "name" in found or ("kind" in found and len(names) > 1) else None


Row = tuple[str, str, str, str]
"""label, name, price text, count text."""


def rows_of(table: list[list[str]]) -> list[Row]:
    """Rows as label, name, price, count. An empty label means the one above."""
    roles: dict[str, int] = {}
    found: list[Row] = []
    label = ""
    for cells in table:
        if all(_RULE.match(c) or not c for c in cells):
            continue
        heads = _roles(cells)
        if heads is not None and not any(price_of(c) for c in cells):
            roles = heads
            continue
        row = _row(cells, roles)
        label = row[0] or label
        if strip_marks(row[1]):
            found.append((label, *row[1:]))
    return found


def _row(cells: list[str], roles: dict[str, int]) -> Row:
    def cell(role: str, default: int | None) -> str:
        at = roles.get(role, default)
        return cells[at] if at is not None and at < len(cells) else ""

    kind_at = roles.get("kind", 0)
    first_is_label = "kind" in roles or kind_of_label(strip_marks(cells[0])) or not cells[0]
    if not first_is_label:
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
