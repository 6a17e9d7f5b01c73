"""The embedded catalogue: CSV tables in ``rigwright/catalog/data`` -> frozen parts."""

import csv
import dataclasses
import functools
import re
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from rigwright.catalog import tables
from rigwright.catalog.cells import Reader, reader_for
from rigwright.spec.errors import CatalogError
from rigwright.spec.fact import column_of, types_of
from rigwright.spec.parts import Chip, Part
from rigwright.spec.software import Toolchain

P = TypeVar("P", bound=Part)
T = TypeVar("T")

DATA = Path(__file__).parent / "data"


def file_name(row_type: type[Any]) -> str:
    """``Cpu`` -> ``cpus.csv``."""
    return f"{getattr(row_type, 'kind', row_type.__name__.lower())}s.csv"


@functools.cache
def _readers(row_type: Any) -> tuple[tuple[str, str, float, bool, Reader], ...]:
    hints = types_of(row_type)
    return tuple(
        (
            f.name, column_of(f), f.metadata["scale"], f.metadata["required"],
            reader_for(hints[f.name]),
        )
        for f in dataclasses.fields(row_type)
    )  # fmt: skip


def _row(row_type: Any, places: list[int], cells: list[str], where: str) -> Any:
    values: dict[str, Any] = {}
    facts = zip(places, _readers(row_type), strict=True)
    for at, (name, column, scale, required, read) in facts:
        cell = cells[at].strip() if at < len(cells) else ""
        if not cell:
            if not required:
                continue
            if name != "aliases":
                raise CatalogError(f"{where}: {column}: empty; this fact is required")
            cell = "none"
        try:
            values[name] = read(cell, scale)
        except (ValueError, KeyError) as error:
            raise CatalogError(f"{where}: {column}: got {cell!r}; {error}") from None
    return row_type(**values)


def parse(row_type: Any, lines: Iterable[str], where: str) -> Iterator[Any]:
    """Rows of one table. Raises CatalogError naming file, line and column of a bad cell."""
    reader = csv.reader(lines)
    header = next(reader, [])
    known = {column for _, column, *_ in _readers(row_type)}
    missing = {c for _, c, _, required, _ in _readers(row_type) if required and c != "aliases"}
    if set(header) - known:
        raise CatalogError(f"{where}: unknown column(s) {sorted(set(header) - known)}")
    if missing - set(header):
        raise CatalogError(f"{where}: missing column(s) {sorted(missing - set(header))}")
    places = [
        header.index(column) if column in header else len(header)
        for _, column, *_ in _readers(row_type)
    ]
    for cells in reader:
        if len(cells) > len(header):
            raise CatalogError(f"{where}:{reader.line_num}: more cells than columns")
        if cells:
            yield _row(row_type, places, cells, f"{where}:{reader.line_num}")


@functools.cache
def _read(row_type: type[Any], directory: Path | None) -> tuple[Any, ...]:
    name = file_name(row_type)
    path = (directory or DATA) / name
    with path.open(encoding="utf-8", newline="") as lines:
        rows = tuple(parse(row_type, lines, name))
    if issubclass(row_type, Part):
        seen: set[str] = set()
        for row in rows:
            if row.id in seen:
                raise CatalogError(f"{name}: id {row.id!r} is used twice")
            seen.add(row.id)
    return rows


def load(row_type: type[T], directory: Path | None = None) -> tuple[T, ...]:
    """All rows of one kind (``Chip``, ``Card``, ..., ``Price``, ``Offer``), read once."""
    return typing.cast("tuple[T, ...]", _read(typing.cast("Any", row_type), directory))


def by_id(part_type: type[P], directory: Path | None = None) -> dict[str, P]:
    """id -> part."""
    return {part.id: part for part in load(part_type, directory)}


# -- ids -----------------------------------------------------------------------------------
def slug(name: str) -> str:
    """``Gigabyte GTX 1070 G1 Gaming`` -> ``gigabyte-gtx-1070-g1-gaming``."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


# -- toolchains ----------------------------------------------------------------------------
def toolchain_of(chip: Chip) -> Toolchain | None:
    """The row of a chip: by compute capability for CUDA, else by architecture; None = none read."""
    for row in tables.load(Toolchain):
        if row.vendor != chip.vendor:
            continue
        if "none" in row.capabilities or not row.capabilities:
            if chip.architecture in row.architectures:
                return row
        elif chip.compute_capability in row.capabilities:
            return row
    return None
