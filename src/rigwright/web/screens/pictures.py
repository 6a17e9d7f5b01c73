"""The case, to scale: inside a page in the page's colours, or as a file."""

import re

from markupsafe import Markup

from rigwright.assemble import Layout
from rigwright.report.charts import drawing, palette
from rigwright.report.pages.pages import picture

WIDTH_PX = 760
"""Room for both views beside a form."""
_SIZE = re.compile(r' width="([0-9.]+)" height="([0-9.]+)"')


def views(layout: Layout | None) -> tuple[tuple[str, Markup], ...]:
    """Title and picture of each view. The pictures escape every text they hold (``report.svg``)."""
    if layout is None:
        return ()
    made = [(view.title, drawing.drawing(layout, view)) for view in drawing.views(layout)]
    total = sum(float(width) for _, svg in made for width, _ in _SIZE.findall(svg)[:1])
    scale = min(1.0, WIDTH_PX / total)
    return tuple((title, picture(palette.inline(_scaled(svg, scale)))) for title, svg in made)


def _scaled(svg: str, scale: float) -> str:
    """Both views have one scale, so that they can be compared."""

    def size(found: re.Match[str]) -> str:
        return f' width="{float(found[1]) * scale:.0f}" height="{float(found[2]) * scale:.0f}"'

    return _SIZE.sub(size, svg, count=1)


def sheet(layout: Layout, *, dark: bool) -> str:
    """Both views with legend, as a file."""
    made = drawing.sheet(layout)
    return palette.dark(made) if dark else made
