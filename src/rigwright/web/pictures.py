"""The case, to scale: inside a page in the page's colours, or as a file."""

from __future__ import annotations

from markupsafe import Markup

from rigwright.assemble import Layout
from rigwright.report import drawing, palette


def views(layout: Layout | None) -> tuple[tuple[str, Markup], ...]:
    """Title and picture of each view. The pictures escape every text they hold (``report.svg``)."""
    if layout is None:
        return ()
    return tuple(
        (view.title, Markup(palette.inline(drawing.drawing(layout, view))))  # noqa: S704
        for view in drawing.views(layout)
    )


def sheet(layout: Layout, *, dark: bool) -> str:
    """Both views with legend, as a file."""
    made = drawing.sheet(layout)
    return palette.dark(made) if dark else made
