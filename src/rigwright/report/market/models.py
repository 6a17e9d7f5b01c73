"""Known models on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from rigwright.report.console import console

if TYPE_CHECKING:
    from rigwright.plan.parts.modelnames import KnownModels


def show(found: KnownModels) -> None:
    """One row per model: name, kind, weights, image sides, other names."""
    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", no_wrap=True)
    table.add_column("kind")
    table.add_column("parameters", justify="right", no_wrap=True)
    table.add_column("pixels")
    table.add_column("also")
    for model in found.rows:
        sizes = ", ".join(map(str, model.img_sizes))
        also = escape(", ".join(model.aliases))
        table.add_row(escape(model.name), model.kind, _count(model.parameters), sizes, also)
    out.print(table)
    out.print(f"{len(found.rows)} of {found.total} models", style="dim")


def _count(parameters: int) -> str:
    """Weights in billions or millions."""
    size, unit = (1e9, "B") if parameters >= 1e9 else (1e6, "M")
    return f"{parameters / size:,.1f} {unit}"
