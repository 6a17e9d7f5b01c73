"""Any result of a use case as JSON: the same object that the terminal renders."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from typing import Any


def plain(value: Any) -> Any:
    """Dataclasses, dates, tuples and numpy scalars as JSON types; infinity and NaN as null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        return plain(value.item())
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return value


def dumps(value: Any, *, indent: int | None = 2) -> str:
    """JSON text of a result."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False)
