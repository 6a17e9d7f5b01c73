"""How charts look: Vega-Lite templates in palette colours, and how a chart becomes a picture."""

import functools
import json
import re
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rigwright.report.charts import palette
from rigwright.report.charts.palette import LIGHT
from rigwright.spec.errors import InputError

FORMATS = (".png", ".svg", ".html")
PPI = 110
INSTALL = "pip install 'rigwright[charts]'"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
Chart = dict[str, Any]
"""A Vega-Lite specification (vega.github.io/vega-lite/docs/spec.html)."""


@functools.cache
def _templates() -> Environment:
    loader = PackageLoader("rigwright.report.charts")
    made = Environment(loader=loader, undefined=StrictUndefined, autoescape=False)
    made.filters |= {"x": escape, "n": _plain, "mm": "{:.1f}".format}
    return made


def _plain(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def rendered(name: str, **values: Any) -> str:
    """What a template makes of these values, in light colours."""
    return _templates().get_template(name).render(c=LIGHT, **values)


def chart(name: str, **values: Any) -> Chart:
    """The chart of that name of these values, in light colours."""
    found: Chart = json.loads(rendered(f"{name}.json", **values))
    return found


def themed(spec: Chart, background: str = "transparent") -> Chart:
    """The chart in the palette's colours and font; its padding leaves room for the reader's font,
    which may be wider than the one the picture was laid out in."""
    font = palette.FONT.replace("'", "")
    config = chart("config", background=background, font=font)
    return {"$schema": SCHEMA, **spec, "config": config}


def converter(where: object = "charts") -> Any:
    """The module that draws SVG and PNG, an extra. Raises InputError that says how to get it."""
    try:
        import vl_convert
    except ImportError:
        wanted = "the charts extra (without it charts are drawn as .html, cases as .svg)"
        raise InputError(str(where), "picture", "no vl-convert", wanted, INSTALL) from None
    return vl_convert


def svg(spec: Chart) -> str:
    """The picture of a chart in light colours."""
    return str(converter().vegalite_to_svg(themed(spec), allowed_base_urls=[]))


_BASE = "https://vega.github.io/vega-datasets/"
"""What vl-convert puts before an address of this site."""
_DOT = re.compile(r'<a xlink:href="([^"]*)"><path aria-label="([^"]*)"([^>]*)/></a>')
_SIZE = re.compile(r'(<svg[^>]*) width="[\d.]+" height="[\d.]+"')


def linked(spec: Chart, sheet: str) -> str:
    """A file of its own that takes its colours from a style sheet and the size of its frame; its
    dots are links with a title."""

    def dot(found: re.Match[str]) -> str:
        to, said, path = found.groups()
        to = to.removeprefix(_BASE)
        return f'<a href="{to}" target="_top"><title>{said}</title><path{path}/></a>'

    return palette.following(_SIZE.sub(r"\1", _DOT.sub(dot, svg(spec)), count=1), sheet)


def inline(spec: Chart, key: str, description: str) -> str:
    """The picture for a page: scales to its place, follows light and dark mode.

    key : unique within the page.  description : what a reader who does not see it must know.
    """
    picture = palette.inline(svg(spec))
    picture = re.sub(r'\bid="', f'id="{key}-', picture)
    picture = re.sub(r"url\(#", f"url(#{key}-", picture)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture).groups()  # type: ignore[union-attr]
    head = (
        f'<svg role="img" aria-label="{escape(description)}" class="chart" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'xmlns="http://www.w3.org/2000/svg">'
    )
    return re.sub(r"^<svg[^>]*>", head, picture, count=1)


def save(spec: Chart, path: Path, option: str = "--chart", example: str = "frontier.png") -> None:
    """Write one chart as .png, .svg or .html. Raises InputError for another format."""
    kind, whole = path.suffix.lower(), themed(spec, LIGHT["paper"])
    if kind not in FORMATS:
        raise InputError(str(path), option, path.suffix, ", ".join(FORMATS), example)
    if kind == ".html":
        made = rendered("chart.html", spec=whole).encode()
    elif kind == ".svg":
        made = converter(path).vegalite_to_svg(whole, allowed_base_urls=[]).encode()
    else:
        made = converter(path).vegalite_to_png(whole, ppi=PPI, allowed_base_urls=[])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made)


# -- pictures that are no charts, such as that of a case ------------------------------------
PICTURES = (".svg", ".png")
PNG_SCALE = 2.0


def save_picture(svg: str, path: Path) -> None:
    """Write a picture as SVG or PNG. Raises InputError for another ending."""
    kind = path.suffix.lower()
    if kind not in PICTURES:
        raise InputError(str(path), "picture", path.suffix, ", ".join(PICTURES), "case.svg")
    made = png(svg, path) if kind == ".png" else svg.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made)


def png(svg: str, where: object = "picture") -> bytes:
    """Its pixels, twice its size. Raises InputError where the charts extra is missing."""
    return bytes(converter(where).svg_to_png(svg, scale=PNG_SCALE))
