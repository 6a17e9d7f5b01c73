"""Options that several commands share, and how a result is printed."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer


def _named(path: Path | None) -> Path | None:
    """The file meant: an example can be named from any folder, and that is then said."""
    from rigwright.plan.ask.examples import located

    found = located(path) if path else path
    if found != path:
        typer.echo(f"rigwright: {path} is the packaged example {found}", err=True)
    return found


Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AsOf = Annotated[str | None, typer.Option(help="Plan as of this day (YYYY-MM-DD), not today.")]
_SAID_IN = "Say amounts in EUR, GBP, JPY ..., not USD."
Currency = Annotated[str | None, typer.Option(help=_SAID_IN, rich_help_panel="The answer")]
Goal = Annotated[
    Path | None, typer.Argument(help="Goal file (TOML); flags go over it.", callback=_named)
]
GoalOption = Annotated[
    Path | None,
    typer.Option("--goal", help="Goal file whose workload and limits count.", callback=_named),
]
_BUILD = typer.Argument(help="Build file or pasted parts list.", callback=_named)
Build = Annotated[Path, _BUILD]
BuildOrNone = Annotated[Path | None, _BUILD]
BuildOption = Annotated[
    Path | None,
    typer.Option("--build", help="Own this build instead of the planned one.", callback=_named),
]
Database = Annotated[
    str | None,
    typer.Option("--db", help="Database of imported parts and prices: a file or URL, or none."),
]


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
