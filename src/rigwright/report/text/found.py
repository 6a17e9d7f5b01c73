"""A finished machine on a terminal, and what is said of it there and in a post."""

from pathlib import Path

import typer
from rich.markup import escape

from rigwright.bringup.found import Found, Verified
from rigwright.report.console import console
from rigwright.spec.tables.worded import worded

TEXTS = Path(__file__).parents[1] / "data" / "found.toml"


def show_found(found: Found) -> None:
    """The facts of every part but the plain devices of the bus."""
    console().print(next(worded(TEXTS, "found", f=found, escape=escape))["text"], end="")


def show_verified(result: Verified) -> None:
    """Verdicts, worst first."""
    console().print(next(worded(TEXTS, "verified", r=result, escape=escape))["text"])


def show_markdown(result: Verified) -> None:
    """The same as a table for a post."""
    typer.echo(next(worded(TEXTS, "markdown", r=result, cell=_cell))["text"])


def _cell(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>#|!" else c for c in " ".join(text.split()))
