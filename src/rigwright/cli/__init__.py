"""Thin commands: parse, call one use case, render, exit code. Heavy modules load where used."""

import gc
import os
import sys
from typing import NoReturn

import typer

# Importing a module registers its commands, in the order that --help shows: the question first.
# isort: off
from rigwright.cli import start, machine
from rigwright.cli.market import pieces
from rigwright.cli import speed, fit, guide, finished
from rigwright.cli import tracing
from rigwright.cli.market import catalog, prices
from rigwright.cli import atlas, serve

# isort: on
from rigwright.cli.application import app
from rigwright.spec.errors import RigwrightError

COMMAND_OBJECTS = 1_000_000
"""New objects between two looks for garbage: a command makes few cycles and is soon over."""


def main() -> None:
    """Entry point: user errors are one line on stderr and exit code 2."""
    gc.set_threshold(COMMAND_OBJECTS)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else it reads every package
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only wait
    try:
        sys.exit(app(prog_name="rigwright", standalone_mode=False))  # also under `python -m`
    except RigwrightError as error:
        typer.echo(f"rigwright: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:  # a file that cannot be written, a full disk
        typer.echo(f"rigwright: {error.filename or 'output'}: {error.strerror}", err=True)
        sys.exit(2)
    except typer.Abort:
        typer.echo("rigwright: stopped", err=True)
        sys.exit(1)
    except Exception as error:
        _usage(error)


def _usage(error: Exception) -> NoReturn:
    """A word that the command line does not know, in one line; anything else is a fault of ours."""
    # typer carries click inside itself in some releases, so its errors have no class to name here.
    where = getattr(error, "ctx", None)
    if where is None or not hasattr(error, "format_message"):
        raise error
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message())
    else:
        path, words = where.command_path, error.format_message().rstrip(".")
        typer.echo(f"rigwright: {words}; try: {path} --help", err=True)
    sys.exit(2)
