"""Texts that depend on what they speak of: TOML whose strings are Jinja templates."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rigwright.spec.tables.table import toml


@functools.cache
def _template(text: str) -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(undefined=StrictUndefined).from_string(text)


def _said(value: Any, names: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return tuple(said for item in value if (said := _said(item, names)) != "")
    if not isinstance(value, str) or "{" not in value:
        return value
    text = _template(value).render(names)
    return int(text) if text.isdecimal() else text


def worded(path: Path, key: str, **names: Any) -> Iterator[dict[str, Any]]:
    """Entries ``[[key]]`` of a file whose ``when`` holds, as they read for these ``names``.

    Lists become tuples without their empty texts; digits alone become a number.
    Raises jinja2.UndefinedError for a name that a text needs and is not there.
    """
    for entry in toml(path)[key]:
        facts = dict(entry)
        if _said("{{ 1 if " + facts.pop("when", "true") + " else 0 }}", names):
            yield {name: _said(value, names) for name, value in facts.items()}


@functools.cache
def expressions(path: Path, key: str) -> dict[str, Callable[..., Any]]:
    """Functions of named values, by name, of a section of ``name = "Jinja expression"``.

    They are meant to be worked out in the order of the file; what is not there is None.
    """
    from jinja2 import Environment

    section = toml(path)[key]
    made = Environment()
    return {n: made.compile_expression(text, undefined_to_none=True) for n, text in section.items()}
