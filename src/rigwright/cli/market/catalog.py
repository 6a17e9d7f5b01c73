"""Import a catalogue of parts, report on it, explain one part."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rigwright.cli.application import app
from rigwright.cli.options import Database, Json, show_result, use_database, words
from rigwright.spec.errors import InputError

EVERY = 0.1  # seconds between two changes of the progress line


def _progress() -> Any:
    """A progress bar on a terminal; nothing in a pipe."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from rigwright.report.console import console

    return Progress(
        TextColumn("{task.description:<9}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


def _bring_in(given: list[str], as_json: bool) -> None:
    """Import with a progress line; the catalogue before serves until the new one is complete."""
    import time

    from rigwright.plan.parts.catalogs import import_catalog
    from rigwright.report.market.catalog import show

    if len(given) != 2:
        raise InputError("catalog import", "WHAT", " ".join(given), "opendb PATH")
    with _progress() as bar:
        tasks: dict[str, Any] = {}
        last = 0.0

        def step(what: str, done: int, total: int) -> None:
            nonlocal last
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            elif time.monotonic() - last < EVERY:
                return
            last = time.monotonic()
            bar.update(tasks[what], completed=done, total=total)

        result = import_catalog(given[0], Path(given[1]), step)
    show_result(result, as_json, lambda report: show(report, brief=True))


@app.command()
def catalog(
    action: Annotated[
        str, typer.Argument(help="import or report", autocompletion=words("import", "report"))
    ],
    what: Annotated[
        list[str] | None,
        typer.Argument(help="opendb and its folder or archive; one part: its kind, then its name."),
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Facts and rules of one kind only.")] = None,
    db: Database = None,
    as_json: Json = False,
    licence: Annotated[bool, typer.Option(help="Print the licence that came with it.")] = False,
) -> None:
    """Import a catalogue of parts (a clone, zip or tar); report what is filled, mended, distrusted,
    in conflict and refused; or every fact of one part, and the rule that changed it.

    Example: rigwright catalog import opendb buildcores-open-db.zip

    Example: rigwright catalog report --kind board

    Example: rigwright catalog report board Gigabyte B450 AORUS ELITE
    """
    if action not in ("import", "report"):
        raise InputError("catalog", "ACTION", action, "import opendb PATH, or report [KIND NAME]")
    use_database(db, made=action == "import")
    from rigwright.plan.parts.catalogs import explain, report
    from rigwright.report.market.catalog import show, show_part

    if action == "import":
        _bring_in(what or [], as_json)
    elif what:
        show_result(explain(what[0], " ".join(what[1:])), as_json, show_part)
    elif licence:
        found = report(kind)
        text = found.licence_text or "The archive held no licence file; read it at the address."
        typer.echo(f"{found.attribution}\n{found.licence}\n\n{text}")
    else:
        show_result(report(kind), as_json, show)
