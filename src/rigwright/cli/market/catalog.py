"""Import a catalogue of parts, report on it, explain one part."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rigwright.cli.application import app
from rigwright.cli.options import Database, Json, show_result, use_database

catalog = typer.Typer(
    help="Parts catalogues of other makers, beside our own.", no_args_is_help=True
)
app.add_typer(catalog, name="catalog")

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


@catalog.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="opendb")],
    path: Annotated[Path, typer.Argument(help="Directory, clone, zip or tar (gz, bz2, xz, zst).")],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Import a catalogue; the one before serves until the new one is complete.

    Example: rigwright catalog import opendb buildcores-open-db.zip
    """
    import time

    use_database(db, made=True)
    from rigwright.plan.parts.catalogs import import_catalog
    from rigwright.report.market.catalog import show

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

        result = import_catalog(source, path, step)
    show_result(result, as_json, lambda report: show(report, brief=True))


@catalog.command()
def report(
    part: Annotated[
        list[str] | None, typer.Argument(help="One part: its kind, then name, number or id.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Facts and rules of one kind only.")] = None,
    db: Database = None,
    as_json: Json = False,
    licence: Annotated[bool, typer.Option(help="Print the licence that came with it.")] = False,
) -> None:
    """Fill rates, mended and distrusted values, conflicts, refused records, licence; or every fact
    of one part, what the source said, and the rule that changed it.

    Example: rigwright catalog report --kind board

    Example: rigwright catalog report board Gigabyte B450 AORUS ELITE
    """
    use_database(db)
    from rigwright.plan.parts.catalogs import explain
    from rigwright.plan.parts.catalogs import report as make
    from rigwright.report.market.catalog import show, show_part

    if part:
        show_result(explain(part[0], " ".join(part[1:])), as_json, show_part)
        return
    result = make(kind)
    if licence:
        text = result.licence_text or "The archive held no licence file; read it at the address."
        typer.echo(f"{result.attribution}\n{result.licence}\n\n{text}")
        return
    show_result(result, as_json, show)
