"""The one typer application that every command registers on."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="rigwright",
    help="Say what you train and what you can spend; get the machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
