"""A build against the rules, and the room left in its case, on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from rigwright.report.console import console, say
from rigwright.report.text.findings import summary, table

if TYPE_CHECKING:
    from rigwright.assemble import Layout
    from rigwright.plan.parts.results import CheckResult, OpenLine

NOT_CHECKED = (
    "Not checked: memory under the cooler, cable bends, fan mounts, radiator position, "
    "M.2 heat sinks."
)


def _of(line: OpenLine) -> str:
    """How many products a line may mean, and the nearest of them."""
    if not line.choices:
        return ""
    more = line.of - len(line.choices)
    names = "; ".join(line.choices) + (f"; {more} more" if more > 0 else "")
    return escape(f" (may be {names})")


def show(result: CheckResult, *, brief: bool = False) -> None:
    """All findings of one build with the summary first."""
    say([f"[bold]{escape(result.name or 'build')}[/]: {summary(result.findings)}"])
    say(table(result.findings, everything=not brief))
    say(
        f"[magenta]not identified[/] {escape(line.kind)}: {escape(line.text)}{_of(line)}"
        for line in result.lines
    )
    if result.lines:
        kind, text = result.lines[0].kind, result.lines[0].text
        asked = f'rigwright parts --line "{text}" {kind}'.rstrip()
        words = f"what else it could be: {escape(asked)}"
        console().print(words, style="dim", soft_wrap=True)
    if result.prices or result.remembered is not None:
        from rigwright.report.text.told import show as show_template

        show_template("ownprices", result)
    say([f"[dim]{NOT_CHECKED}[/]"])


def show_layout(layout: Layout, written: Path | None = None) -> None:
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
