"""A few helpers for pictures written by hand; every text and attribute is escaped here."""

from html import escape
from pathlib import Path

from rigwright.report.charts.theme import converter
from rigwright.spec.errors import InputError

Attribute = str | float | None
FORMATS = (".svg", ".png")
PNG_SCALE = 2.0


def element(tag: str, *children: str, **attributes: Attribute) -> str:
    """One element; ``stroke_width=2`` becomes ``stroke-width="2"``, None is left out."""
    words = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = "".join(children)
    return f"<{tag}{words}>{inner}</{tag}>" if inner else f"<{tag}{words}/>"


def _plain(value: Attribute) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text(words: str, x: float, y: float, **attributes: Attribute) -> str:
    """Escaped text at a place."""
    return element("text", escape(words), x=x, y=y, **attributes)


def picture(
    body: str, box: tuple[float, float, float, float], *, title: str, description: str, key: str
) -> str:
    """A whole picture with a name and a description for screen readers.

    key : prefix of its ids, unique within a page.
    """
    x, y, width, height = box
    head = element("title", escape(title), id=f"{key}-title") + element(
        "desc", escape(description), id=f"{key}-desc"
    )
    return element(
        "svg", head, body,
        xmlns="http://www.w3.org/2000/svg", role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        viewBox=" ".join(_plain(float(v)) for v in (x, y, width, height)),
        width=width, height=height,
    )  # fmt: skip


def save(svg: str, path: Path) -> None:
    """Write a picture as SVG or PNG. Raises InputError for another ending."""
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise InputError(str(path), "picture", path.suffix, ", ".join(FORMATS), "case.svg")
    made = png(svg, path) if kind == ".png" else svg.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made)


def png(svg: str, where: object = "picture") -> bytes:
    """Its pixels, twice its size. Raises InputError where the charts extra is missing."""
    return bytes(converter(where).svg_to_png(svg, scale=PNG_SCALE))
