"""How a part type declares its facts once: CSV column, unit, scale, meaning."""

import dataclasses
import functools
import re
import sys
import types
import typing
from typing import Any

GIB = 1024**3
GB = 10**9


GIVEN: dict[str, float] = {
    "gib": GIB, "mib": 1024**2, "gb": GB, "tflops": 1e12, "tops": 1e12, "gb_s": 1e9, "mb_s": 1e6,
}  # fmt: skip
"""Unit that people use -> how many of the unit that is stored (B, FLOP, OP; per second)."""


def fact(doc: str, *, given: str = "", required: bool = False) -> Any:
    """A dataclass field that carries its data dictionary entry.

    doc : one line, what the value means and where it is usually printed.
    given : unit of GIVEN in which tables have the value, in the place of the field's own; else the
    unit that the field's name ends with, as in ``docs/glossary.md``.
    required : an empty cell is an error; otherwise empty means *unknown* (``None``).
    """
    scale = GIVEN[given] if given else 1
    meta = {"doc": doc, "given": given, "scale": scale, "required": required}
    if required:
        return dataclasses.field(metadata=meta)
    return dataclasses.field(default=None, metadata=meta)


def types_of(row_type: type[Any]) -> dict[str, Any]:
    """Field -> type, as ``typing.get_type_hints`` says; a spelling that many share is read once."""
    where = row_type.__module__
    types = ((f.name, f.type) for f in dataclasses.fields(row_type))
    return {name: _type(t, where) if isinstance(t, str) else t for name, t in types}


def known_type(hint: Any) -> Any:
    """``X`` of ``X | None``."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (hint,) = (a for a in typing.get_args(hint) if a is not type(None))
    return hint


@functools.cache
def _type(text: str, module: str) -> Any:
    return eval(text, vars(sys.modules[module]))


def column_of(field: dataclasses.Field[Any]) -> str:
    """The CSV column a field is read from: ``vram_gib`` for ``vram_bytes``."""
    given = field.metadata.get("given")
    return re.sub(r"_(bytes|flop|op)(_per_s)?$", f"_{given}", field.name) if given else field.name
