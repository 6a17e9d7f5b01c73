"""What every answer can do: become plain JSON types, and show itself in a notebook."""

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Callable
from typing import Any, ClassVar


class Answer:
    """A frozen answer of a use case."""

    __slots__ = ()
    html: ClassVar[dict[type, Callable[[Any], str]]] = {}
    """How a notebook shows an answer, entered by who can draw: answers know no terminal."""

    def to_dict(self) -> dict[str, Any]:
        """The keys and values that the command prints with ``--json``."""
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}  # type: ignore[arg-type]

    def _repr_html_(self) -> str | None:
        show = self.html.get(type(self))
        return show(self) if show else None


def plain(value: Any) -> Any:
    """Dataclasses, dates, tuples and numpy scalars as JSON types; infinity and NaN as null."""
    if isinstance(value, Answer):
        return value.to_dict()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
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


# -- the same object that the terminal renders ---------------------------------------------
def dumps(value: Any, *, indent: int | None = 2) -> str:
    """JSON text of a result."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False)
