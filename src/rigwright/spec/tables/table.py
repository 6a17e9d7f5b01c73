"""Reads a table of facts of the world: CSV in a room's ``data/``, one row with source and date."""

import csv
import dataclasses
import datetime as dt
import functools
import inspect
import operator
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from rigwright.spec.errors import CatalogError

T = TypeVar("T")
P = ParamSpec("P")


def _yes_no(cell: str) -> bool:
    if cell not in ("yes", "no"):
        raise ValueError("yes or no")
    return cell == "yes"


def _list(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    return lambda cell: tuple(read(word) for word in cell.split("|")) if cell else ()


_PLAIN: dict[str, Callable[[str], Any]] = {
    "str": str, "int": int, "float": float, "bool": _yes_no, "dt.date": dt.date.fromisoformat,
    "datetime.date": dt.date.fromisoformat, "tuple[str, ...]": _list(str),
    "tuple[float, ...]": _list(float),
}  # fmt: skip


def _cell(kind: str, cell: str) -> Any:
    plain = kind.removesuffix(" | None")
    return None if not cell and plain != kind else _PLAIN[plain](cell)


@functools.cache
def _rows(row_type: Any, path: Path) -> tuple[Any, ...]:
    fields = {
        f.name: inspect.formatannotation(f.type).strip("'") for f in dataclasses.fields(row_type)
    }
    rows = []
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if (got := set(reader.fieldnames or ()) - {"note"}) != {*fields, "source", "source_date"}:
            raise CatalogError(f"{path.name}: columns {sorted(got)}; wanted {[*fields]}")
        for line in reader:
            where = f"{path.name}:{reader.line_num}"
            try:
                dt.date.fromisoformat(line["source_date"] or "")
                rows.append(row_type(**{k: _cell(kind, line[k]) for k, kind in fields.items()}))
            except (TypeError, ValueError) as error:
                raise CatalogError(f"{where}: {error}") from None
            if not line["source"]:
                raise CatalogError(f"{where}: source: empty; every row says where it is from")
    return tuple(rows)


def table(row_type: type[T], path: Path) -> tuple[T, ...]:
    """Rows of a table, read once.

    row_type : frozen dataclass whose fields are the columns: str, int, float, bool (yes, no),
    dt.date, tuple[str, ...] or tuple[float, ...] (``a|b``), each also ``| None`` (an empty cell).
    Every row has a ``source`` and an ISO ``source_date`` besides; a column ``note`` is for readers.
    Raises CatalogError naming file and line of a bad cell.
    """
    return cast("tuple[T, ...]", _rows(cast("Any", row_type), path))


def keyed(row_type: type[T], path: Path, *names: str) -> dict[Any, T]:
    """Rows of a table by one of its columns, or by several together."""
    key = operator.attrgetter(*names)
    return {key(row): row for row in table(row_type, path)}


def kept(make: Callable[P, T], *given: P.args, **named: P.kwargs) -> Callable[[], T]:
    """A function that works this out when it is first asked, and once."""
    return functools.cache(functools.partial(make, *given, **named))


@functools.cache
def toml(path: Path) -> dict[str, Any]:
    """A table of words, read once; not to be changed."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


@functools.cache
def records(path: Path) -> tuple[dict[str, str], ...]:
    """Rows as texts by column, for tables that only their room reads; not to be changed.

    Raises CatalogError for a row without source or ISO date.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = tuple(csv.DictReader(lines))
    for number, row in enumerate(rows, 2):
        if not row["source"] or not re.fullmatch(r"\d{4}-\d\d-\d\d", row["source_date"] or ""):
            raise CatalogError(f"{path.name}:{number}: source or source_date is missing")
    return rows


@functools.cache
def column(path: Path, key: str, name: str) -> dict[str, float]:
    """Number of one column by another, where it is known. Raises CatalogError as ``records``."""
    return {row[key]: float(row[name]) for row in records(path) if row[name]}
