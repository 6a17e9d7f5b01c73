"""Pictures that are no charts, such as that of a case, as files."""

from pathlib import Path

from rigwright.report.charts.theme import converter
from rigwright.spec.errors import InputError

FORMATS = (".svg", ".png")
PNG_SCALE = 2.0


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
