"""The one typer application that every command registers on."""

from typing import Annotated

import typer

from rigwright.cli.asking import asks
from rigwright.cli.options import use_database

app = typer.Typer(
    name="rigwright",
    help="Say what you train and what you can spend; get the machine.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from rigwright import __version__

        typer.echo(f"rigwright {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")
]


IMPORTING = ("catalog", "prices")
"""Groups whose ``import`` makes a database; their other commands look for it themselves."""


@app.callback()
@asks()
def _everywhere(context: typer.Context, db: str | None = None, version: Version = False) -> None:
    """Say what you train and what you can spend; get the machine."""
    if db:
        use_database(db, made=context.invoked_subcommand in IMPORTING)
