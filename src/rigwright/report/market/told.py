"""Answers on a terminal as text templates (``templates``): rich's markup, every value escaped.

Lines with tabs are a table: first the names of its columns, ``>`` before those of numbers, then its
rows, each behind the style of the row.
"""

import functools
import itertools
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from rich.markup import escape

from rigwright.report.console import columns, console
from rigwright.report.market import parts
from rigwright.report.market.prices import offered_words, plot

ROWS_SHOWN = 15
_UNITS = ("", "k", "M", "G", "T", "P", "E")


def _scaled(value: float, unit: str) -> str:
    """``24.5 GFLOP``, ``310 MB``: three digits with a decimal prefix."""
    power = 0
    while value >= 999.5 and power < len(_UNITS) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.3g} {_UNITS[power]}{unit}"


@functools.cache
def _texts() -> Environment:
    def plain(value: Any) -> Any:
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        return escape(value).replace("\t", " ")

    made = Environment(
        loader=PackageLoader("rigwright.report.market"), undefined=StrictUndefined,
        trim_blocks=True, finalize=plain,
    )  # fmt: skip
    made.filters |= {
        "n": "{:,}".format,
        "plot": plot,
        "offered": offered_words,
        "scaled": _scaled,
    } | parts.WORDS
    made.globals |= {"rows": ROWS_SHOWN, "columns": parts.shown}
    return made


def show(name: str, it: Any, **values: Any) -> None:
    """Print the template of that name of an answer, ``it`` in the template."""
    text = _texts().get_template(f"{name}.txt").render(it=it, **values)
    for table, lines in itertools.groupby(text.splitlines(), lambda line: "\t" in line):
        if not table:
            for line in lines:
                console().print(line, highlight=False)
            continue
        heads = next(lines).split("\t")[1:]
        numbers = [head[1:] for head in heads if head[:1] == ">"]
        made = columns(*(head.lstrip(">") for head in heads), right=numbers)
        for style, *cells in (line.split("\t") for line in lines):
            made.add_row(*cells, style=style)
        console().print(made)
