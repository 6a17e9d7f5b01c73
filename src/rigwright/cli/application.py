"""The one typer application that every command registers on."""

from __future__ import annotations

import typer

from rigwright.cli.options import Database, use_database

app = typer.Typer(
    name="rigwright",
    help="Say what you train and what you can spend; get the machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _everywhere(db: Database = None) -> None:
    """Say what you train and what you can spend; get the machine."""
    use_database(db)
