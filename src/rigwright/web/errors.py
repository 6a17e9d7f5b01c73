"""What went wrong with a question, as one line and the field that it stands beside."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from rigwright.plan.ask.schema import allowed
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.web import fields

GIVEN_MAX = 80
WHERE = ("query", "body", "path", "form")


@dataclass(frozen=True, slots=True)
class Problem:
    """One clear line. field : of the form, "" where none is to blame."""

    field: str
    line: str
    status: int = 422


def problem_of(
    error: Exception, values: Mapping[str, str] | None = None, keys: Iterable[str] = ()
) -> Problem:
    """values : what the form held, to find the field that an unknown name came from."""
    if isinstance(error, ValidationError):
        return of_errors(error.errors(), tuple(keys))
    if isinstance(error, UnknownNameError):
        holding = [
            name for name, text in (values or {}).items() if error.given and error.given in text
        ]
        usual = {"GPU": "gpu", "offer": "offers"}.get(error.kind, error.kind)
        return Problem(holding[0] if holding else usual, str(error))
    if isinstance(error, InputError):
        return Problem(error.field.rsplit(".", 1)[-1], str(error))
    return Problem("", str(error))


def of_errors(errors: Sequence[Any], keys: Sequence[str] = ()) -> Problem:
    """The first error that pydantic found."""
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    place = [str(p) for p in first["loc"] if not isinstance(p, int)]
    place = place[1:] if place and place[0] in WHERE else place
    field = place[-1] if place else ""
    given = "nothing" if first["type"] == "missing" else repr(first.get("input"))
    given = given if len(given) <= GIVEN_MAX else given[:GIVEN_MAX] + " ..."
    words = allowed(first, fields.QUESTIONS.get(field), keys)
    name = ".".join(place) or "request"
    if words.startswith("unknown "):
        return Problem(field, f"{name}: {words}")
    return Problem(field, f"{name}: got {given}, allowed: {words}")


def on_page(problem: Problem) -> Problem:
    """The same with what the form calls the field in place of its key."""
    label = fields.LABELS.get(problem.field, problem.field)
    key = rf"^(\w+: )?([\w.]+\.)?{re.escape(problem.field)}: "
    return replace(problem, line=re.sub(key, lambda _: f"{label}: ", problem.line))
