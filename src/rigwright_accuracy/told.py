"""How published runs were made: tables that turn what a source writes into keys of a run."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.spec.tables.table import table


@dataclass(frozen=True, slots=True)
class Said:
    """A key of a run, where the cell of a column looks like ``pattern``; later rows win.

    of : words one of which names the source.  column, pattern : empty where it always holds.
    value : of the key, with the groups of the match; of ``key+``, one more word of it.
    """

    of: tuple[str, ...]
    column: str
    pattern: str
    key: str
    value: str


def told(path: Path, source: str, cells: dict[str, str]) -> dict[str, Any] | None:
    """Keys and values that the table at ``path`` gives a row; None for a source not in it."""
    rows = table(Said, path)
    word = next((word for row in rows for word in row.of if word in source), None)
    if word is None:
        return None
    found: dict[str, Any] = {}
    for row in rows:
        hit = re.search(row.pattern, cells.get(row.column, "")) if word in row.of else None
        if hit is not None:
            value, key = hit.expand(row.value), row.key.removesuffix("+")
            found[key] = f"{found[key]} {value}" if key != row.key else _value(value)
    return found


def _value(text: str) -> str | int | bool:
    return int(text) if text.isdecimal() else {"yes": True, "no": False}.get(text, text)
