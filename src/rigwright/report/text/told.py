"""Answers on a terminal as text templates (``templates``), every value escaped."""

import functools
from typing import Any

from rich.markup import escape

from rigwright.catalog.prices import ledger
from rigwright.report.console import say
from rigwright.report.text import findings, parts, prediction
from rigwright.report.text.prices import offered_words, plot

ROWS_SHOWN = 15
_UNITS = ("", "k", "M", "G", "T", "P", "E")


def _scaled(value: float, unit: str) -> str:
    """``24.5 GFLOP``, ``310 MB``: three digits with a decimal prefix."""
    power = 0
    while value >= 999.5 and power < len(_UNITS) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.3g} {_UNITS[power]}{unit}"


@functools.cache
def _texts() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def plain(value: Any) -> Any:
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        return escape(value).replace("\t", " ")

    made = Environment(
        loader=PackageLoader("rigwright.report.text"), undefined=StrictUndefined,
        trim_blocks=True, finalize=plain,
    )  # fmt: skip
    made.filters |= {
        "n": "{:,}".format,
        "plot": plot,
        "offered": offered_words,
        "scaled": _scaled,
        "quoted": _quoted,
    } | parts.WORDS
    made.globals |= {
        "rows": ROWS_SHOWN, "columns": parts.shown, "said": prediction, "prices": ledger,
        "money": ledger.money, "summary": findings.summary,
        "findings": lambda found: Markup("\n".join(findings.table(found, everything=False))),
    }  # fmt: skip
    return made


def _quoted(text: str) -> Any:
    """A cell of a table in Markdown."""
    from markupsafe import Markup

    plain = " ".join(text.split())
    return Markup("".join(f"\\{c}" if c in r"\`*_{}[]<>#|!" else c for c in plain))


def written(name: str, it: Any, **values: Any) -> Any:
    """The template of that name of an answer, ``it`` in the template, in its own money."""
    with ledger.said_in(getattr(it, "money", ledger.unit())):
        return _texts().get_template(f"{name}.txt").make_module({"it": it, **values})


def show(name: str, it: Any, **values: Any) -> None:
    """Print a template; one that sets ``numbers`` has its numbers coloured."""
    made = written(name, it, **values)
    say(str(made).splitlines(), numbers=hasattr(made, "numbers"))
