"""How a part type declares its facts once: CSV column, unit, scale, meaning."""

import dataclasses
import functools
import sys
from typing import Any

GIB = 1024**3
GB = 10**9


def fact(
    doc: str, *, unit: str = "", column: str = "", scale: float = 1, required: bool = False
) -> Any:
    """A dataclass field that carries its data dictionary entry.

    doc : one line, what the value means and where it is usually printed.
    unit : unit of the *stored* value, as in ``docs/glossary.md``.
    column : CSV column when it differs from the field name (human units live at the edge).
    scale : stored value = CSV value x scale.
    required : an empty cell is an error; otherwise empty means *unknown* (``None``).
    """
    meta = {"doc": doc, "unit": unit, "column": column, "scale": scale, "required": required}
    if required:
        return dataclasses.field(metadata=meta)
    return dataclasses.field(default=None, metadata=meta)


def types_of(row_type: type[Any]) -> dict[str, Any]:
    """Field -> type, as ``typing.get_type_hints`` says; a spelling that many share is read once."""
    return {f.name: _type(str(f.type), row_type.__module__) for f in dataclasses.fields(row_type)}


@functools.cache
def _type(text: str, module: str) -> Any:
    return eval(text, vars(sys.modules[module]))


def column_of(field: dataclasses.Field[Any]) -> str:
    """The CSV column a field is read from."""
    return str(field.metadata.get("column") or field.name)
