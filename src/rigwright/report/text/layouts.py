"""The room left in a case on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from rigwright.report.console import console

if TYPE_CHECKING:
    from rigwright.assemble import Layout


def show(layout: Layout, written: Path | None = None) -> None:
    """One row per clearance, and what the drawing assumes."""
    out = console()
    out.print(f"[bold]{escape(layout.case)}[/]")
    table = Table(box=None, pad_edge=False, show_header=False)
    for clearance in layout.clearances:
        table.add_row(clearance.what, escape(clearance.words), clearance.verdict)
    out.print(table)
    for note in layout.notes:
        out.print(f"- {escape(note)}", soft_wrap=True)
    if written is not None:
        out.print(f"written: {escape(str(written))}", soft_wrap=True)
