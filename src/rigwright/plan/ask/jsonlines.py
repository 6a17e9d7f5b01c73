"""One JSON answer per JSON question, in order; a bad line spoils no other."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rigwright.spec.errors import InputError, RigwrightError


def answers(
    lines: Iterable[str], answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[str]:
    """One JSON line per input line (blank lines are skipped)."""
    for line in lines:
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            if not isinstance(data, dict):
                raise InputError("line", "JSON", type(data).__name__, "an object")
            result = answer(data)
        except (json.JSONDecodeError, RecursionError) as error:
            result = {"error": f"not a JSON object: {error}"}
        except RigwrightError as error:
            result = {"error": str(error)}
        yield json.dumps(result, ensure_ascii=False)
