"""The guide for a terminal, as Markdown and as a page to print."""

from importlib.resources import files
from pathlib import Path

from rigwright.plan.build.guiding import Guide
from rigwright.report.charts import palette
from rigwright.report.pages.pages import picture, render
from rigwright.spec.errors import InputError

FORMATS = (".html", ".md")


def text(guide: Guide) -> str:
    """For a terminal or a file; Markdown that reads well as it is."""
    return render("guide.md", guide=guide)


def page(guide: Guide) -> str:
    """A self-contained page: tick boxes, light and dark, made to be printed."""
    style = files("rigwright.report.pages").joinpath("templates/guide.css").read_text("utf-8")
    css = picture(palette.css() + style.replace("FONT", palette.FONT))
    return render("guide.html", guide=guide, css=css)


def save(guide: Guide, path: Path) -> None:
    """Write .html or .md. Raises InputError for another format."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(str(path), "--output", path.suffix, ", ".join(FORMATS), "guide.html")
    made = page(guide) if path.suffix.lower() == ".html" else text(guide)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made, encoding="utf-8")


def show(guide: Guide) -> None:
    """The guide on a terminal."""
    from rigwright.report.console import console

    out = console()
    for line in text(guide).splitlines():
        out.print(line, markup=False, highlight=False)
