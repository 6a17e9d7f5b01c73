"""Thin commands: parse, call one use case, render, exit code. Heavy modules load where used."""

from __future__ import annotations

import sys

import typer

# Importing a module registers its commands, in the order that --help shows: the question first.
# isort: off
from rigwright.cli import start, machine  # noqa: F401
from rigwright.cli.market import pieces  # noqa: F401
from rigwright.cli import speed, fit, draw, guide  # noqa: F401
from rigwright.cli.market import name  # noqa: F401
from rigwright.cli import tracing  # noqa: F401
from rigwright.cli.market import catalog, prices  # noqa: F401
from rigwright.cli import serve  # noqa: F401

# isort: on
from rigwright.cli.application import app
from rigwright.spec.errors import RigwrightError


def main() -> None:
    """Entry point: user errors are one line on stderr and exit code 2."""
    try:
        app(prog_name="rigwright")  # also under `python -m`
    except RigwrightError as error:
        typer.echo(f"rigwright: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
