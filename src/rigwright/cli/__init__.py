"""Thin commands: parse, call one use case, render, exit code. Heavy modules load where used."""

from __future__ import annotations

import sys

import typer

# Importing a module registers its commands, in the order that --help shows.
from rigwright.cli import (  # noqa: F401
    catalog,
    draw,
    fit,
    guide,
    machine,
    name,
    pieces,
    prices,
    serve,
    speed,
    tracing,
)
from rigwright.cli.application import app
from rigwright.spec.errors import RigwrightError


def main() -> None:
    """Entry point: user errors are one line on stderr and exit code 2."""
    try:
        app()
    except RigwrightError as error:
        typer.echo(f"rigwright: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
