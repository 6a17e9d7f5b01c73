"""The guide for a terminal, as Markdown and as a page to print."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rigwright.report.charts import palette
from rigwright.report.pages.pages import picture, render, span
from rigwright.spec.errors import InputError

if TYPE_CHECKING:
    from rigwright.assemble import Step
    from rigwright.plan.build.guiding import Guide

FORMATS = (".html", ".md")


def _extra(step: Step) -> Iterator[tuple[str, str]]:
    yield from (("check", line) for line in step.checks)
    yield from (("careful", line) for line in step.hazards)


def text(guide: Guide) -> Iterator[str]:
    """Lines for a terminal or a file; Markdown that reads well as it is."""
    yield f"# {guide.name}: putting it together"
    yield ""
    yield f"{len(guide.steps)} steps, {span(guide.minutes)} in all (practised to first machine);"
    yield f"tools: {'; '.join(guide.tools)}"
    for finding in guide.open:
        yield f"- settle first ({finding.verdict}): {finding.why}"
    for note in guide.notes:
        yield f"- {note}"
    number = 0
    for phase, group in groupby(guide.steps, key=lambda s: s.phase):
        yield ""
        yield f"## {phase}"
        for step in group:
            number += 1
            yield ""
            yield f"{number}. [ ] **{step.title}** ({span(step.minutes)})"
            yield from (f"   - {line}" for line in step.do)
            yield from (f"   - {kind}: {line}" for kind, line in _extra(step))


def page(guide: Guide) -> str:
    """A self-contained page: tick boxes, light and dark, made to be printed."""
    style = files("rigwright.report.pages").joinpath("templates/guide.css").read_text("utf-8")
    css = picture(palette.css() + style.replace("FONT", palette.FONT))
    return render("guide.html", guide=guide, css=css)


def save(guide: Guide, path: Path) -> None:
    """Write .html or .md. Raises InputError for another format."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(str(path), "--output", path.suffix, ", ".join(FORMATS), "guide.html")
    made = page(guide) if path.suffix.lower() == ".html" else "\n".join(text(guide)) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made, encoding="utf-8")


def show(guide: Guide) -> None:
    """The guide on a terminal."""
    from rigwright.report.console import console

    out = console()
    for line in text(guide):
        out.print(line, markup=False, highlight=False)
