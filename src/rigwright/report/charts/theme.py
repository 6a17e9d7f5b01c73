"""How charts look: one theme in palette colours, and how a chart becomes a picture."""

import re
from pathlib import Path
from typing import Any

from rigwright.report.charts import palette
from rigwright.report.charts.palette import LIGHT
from rigwright.spec.errors import InputError

FORMATS = (".png", ".svg", ".html")
PPI = 110
INSTALL = "pip install 'rigwright[charts]'"
PADDING = {"left": 24, "right": 48, "top": 6, "bottom": 6}
"""Room for the reader's font, which may be wider than the one the picture was laid out in."""


def themed(chart: Any, background: str = "transparent") -> Any:
    """The chart in the palette's colours and font."""
    words = {"labelColor": LIGHT["ink"], "titleColor": LIGHT["muted"]}
    sizes = {"labelFontSize": 12, "labelLimit": 260}
    return (
        chart.configure(font=palette.FONT.replace("'", ""), background=background, padding=PADDING)
        .configure_axis(
            **words,
            **sizes,
            gridColor=LIGHT["grid"],
            domainColor=LIGHT["line"],
            tickColor=LIGHT["line"],
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_legend(**words, **sizes, columnPadding=28)
        .configure_title(
            color=LIGHT["ink"],
            subtitleColor=LIGHT["muted"],
            anchor="start",
            fontSize=15,
            subtitleFontSize=12,
            offset=12,
        )
        .configure_view(stroke=None)
    )


def converter(where: object = "charts") -> Any:
    """The module that draws SVG and PNG, an extra. Raises InputError that says how to get it."""
    try:
        import vl_convert
    except ImportError:
        wanted = "the charts extra (without it charts are drawn as .html, cases as .svg)"
        raise InputError(str(where), "picture", "no vl-convert", wanted, INSTALL) from None
    return vl_convert


def svg(chart: Any) -> str:
    """The picture of a chart in light colours."""
    return str(converter().vegalite_to_svg(themed(chart).to_json(), allowed_base_urls=[]))


def inline(chart: Any, key: str, description: str) -> str:
    """The picture for a page: scales to its place, follows light and dark mode.

    key : unique within the page.  description : what a reader who does not see it must know.
    """
    from html import escape

    picture = palette.inline(svg(chart))
    picture = re.sub(r'\bid="', f'id="{key}-', picture)
    picture = re.sub(r"url\(#", f"url(#{key}-", picture)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture).groups()  # type: ignore[union-attr]
    head = (
        f'<svg role="img" aria-label="{escape(description)}" class="chart" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'xmlns="http://www.w3.org/2000/svg">'
    )
    return re.sub(r"^<svg[^>]*>", head, picture, count=1)


def save(chart: Any, path: Path, option: str = "--chart", example: str = "frontier.png") -> None:
    """Write one chart as .png, .svg or .html. Raises InputError for another format."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(str(path), option, path.suffix, ", ".join(FORMATS), example)
    if path.suffix.lower() != ".html":
        converter(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = themed(chart, LIGHT["paper"])
    options = {"ppi": PPI} if path.suffix.lower() == ".png" else {}
    made.save(str(path), **options)
