"""Any result of a use case as JSON: the same object that the terminal renders."""

import json
from typing import Any

from rigwright.spec.answer import plain


def dumps(value: Any, *, indent: int | None = 2) -> str:
    """JSON text of a result."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False)
