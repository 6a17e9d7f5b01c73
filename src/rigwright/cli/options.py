"""Options that several commands share, and how a result is printed."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer


def named(path: Path | None) -> Path | None:
    """The file meant: an example can be named from any folder, and that is then said."""
    from rigwright.plan.ask.examples import located

    found = located(path) if path else path
    if found != path:
        typer.echo(f"rigwright: {path} is the packaged example {found}", err=True)
    return found


def words(*known: str) -> Callable[[str], list[str]]:
    """What a shell offers for a value of which these are the words."""
    return lambda incomplete: [word for word in known if word.startswith(incomplete)]


def use_database(given: str | None, *, made: bool = False) -> None:
    """Read and write this database in place of the environment's; nothing given changes nothing.

    made : a command makes the one that is not there. Raises InputError where none does.
    """
    from rigwright.catalog import source

    if given:
        source.use(given)
    if not made:
        source.must_be_there()


def show_result(
    result: Any, as_json: bool, render: str | Callable[[Any], None], **said: Any
) -> None:
    """Print ``result`` as JSON, or as ``render`` or the template of that name shows it."""
    if as_json:
        from rigwright.spec.answer import dumps

        typer.echo(dumps(result))
    elif isinstance(render, str):
        from rigwright.report.text.told import show

        show(render, result, **said)
    else:
        render(result)


EVERY = 0.1  # seconds between two changes of the progress line


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """What is told (of what, done, of how many) draws bars on a terminal; nothing in a pipe."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from rigwright.report.console import console

    tasks: dict[str, Any] = {}
    last = 0.0
    with Progress(
        TextColumn("{task.description:<9}"), BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
        console=console(stderr=True), disable=not sys.stderr.isatty(), transient=True,
    ) as bar:  # fmt: skip

        def step(what: str, done: int, total: int) -> None:
            nonlocal last
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            elif time.monotonic() - last < EVERY:
                return
            last = time.monotonic()
            bar.update(tasks[what], completed=done, total=total)

        yield step
