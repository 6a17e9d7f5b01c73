"""One console for all commands: colours on a terminal, plain wide text in a pipe."""

import contextlib
import io
import itertools
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

PIPE_WIDTH = 118
_PAGE = '<pre style="line-height:1.25;overflow-x:auto;white-space:pre">{code}</pre>'
_recorder: ContextVar[Console | None] = ContextVar("recorder", default=None)


def console(*, stderr: bool = False) -> Console:
    """A console whose width does not depend on who reads the pipe; ``:name:`` is no picture."""
    recorder = _recorder.get()
    if recorder is not None:
        return recorder
    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        return Console(stderr=stderr, emoji=False)
    width = int(os.environ.get("COLUMNS", PIPE_WIDTH))
    return Console(stderr=stderr, width=width, emoji=False)


def columns(
    *names: str, right: Collection[str] = (), left: Collection[str] | None = None, **more: Any
) -> Table:
    """A table without a frame. right : names of columns with numbers; or left : of all others."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        number = name in right if left is None else name not in left
        made.add_column(name, justify="right" if number else "left", **more)
    return made


def say(text: Iterable[str], *, numbers: bool = True) -> None:
    """Print lines of rich's markup. numbers : colour them; lines with tabs are a table.

    A table begins with the names of its columns, ``>`` before those of numbers; then come its rows,
    each behind the style of the row. What stands before the names: ``fold`` breaks long words;
    ``grid`` is a table without a head.
    """
    out = console()
    for is_table, lines in itertools.groupby(text, lambda line: "\t" in line):
        some = list(lines)
        for one in [_table([line.split("\t") for line in some])] if is_table else some:
            out.print(one, highlight=numbers)


def _table(rows: list[list[str]]) -> Table:
    made = Table.grid(padding=(0, 2))
    if rows[0][0] != "grid":
        (kind, *names), *rows = rows
        plain, numbers = [n.lstrip(">") for n in names], [n[1:] for n in names if n[:1] == ">"]
        made = columns(*plain, right=numbers, overflow="fold" if kind == "fold" else "ellipsis")
    for style, *cells in rows:
        made.add_row(*cells, style="" if style == "grid" else style)
    return made


def html(show: Callable[[Any], None], result: Any) -> str:
    """What ``show`` prints of ``result``, as a piece of a page with its colours."""
    recorder = Console(
        record=True, file=io.StringIO(), width=PIPE_WIDTH, force_jupyter=False, emoji=False
    )
    token = _recorder.set(recorder)
    try:
        show(result)
    finally:
        _recorder.reset(token)
    return recorder.export_html(inline_styles=True, code_format=_PAGE)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error that says what is being done; silent in a pipe."""
    with console(stderr=True).status("starting") as status:
        yield lambda text: status.update(escape(text))
