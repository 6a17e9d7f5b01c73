"""The guide for a terminal, as Markdown and as a page to print."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rigwright.report.charts import palette
from rigwright.spec.errors import InputError

if TYPE_CHECKING:
    from rigwright.assemble import Step
    from rigwright.plan.build.guiding import Guide

FORMATS = (".html", ".md")
STYLE = """
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;
font:16px/1.5 FONT}main{max-width:48rem;margin:0 auto;padding:1.2rem}
h1{font-size:1.6rem;line-height:1.2;margin:.4rem 0}h2{font-size:1.15rem;margin:2rem 0 .4rem;
border-bottom:2px solid var(--grid)}h3{font-size:1rem;margin:0}
.muted{color:var(--muted)}.step{display:grid;grid-template-columns:1.6rem 1fr;gap:.2rem .6rem;
padding:.7rem 0;border-bottom:1px solid var(--grid);break-inside:avoid}
.step input{width:1.2rem;height:1.2rem;margin:.2rem 0}.step ul{margin:.3rem 0;padding-left:1.1rem}
.check{color:var(--ok)}.hazard,.conflict{color:var(--conflict)}.unknown{color:var(--unknown)}.time{float:right;color:var(--muted);
font-weight:400;font-size:.85rem}code{font-family:ui-monospace,Menlo,Consolas,monospace;
background:var(--panel);padding:.1rem .3rem;overflow-wrap:anywhere;font-size:.88em}
table{border-collapse:collapse;width:100%;font-size:.92rem}
td,th{text-align:left;padding:.3rem .5rem;
border-bottom:1px solid var(--grid);vertical-align:top}
@media print{main{max-width:none;padding:0}body{font-size:11pt}a{color:inherit}}
""".replace("FONT", palette.FONT)


def span(minutes: tuple[int, int]) -> str:
    """``20 to 90 min`` or ``2.5 to 7 h``."""
    low, high = minutes
    return f"{low} to {high} min" if high < 120 else f"{low / 60:.1f} to {high / 60:.1f} h"


def _head(guide: Guide) -> str:
    return (
        f"{len(guide.steps)} steps, {span(guide.minutes)} in all (practised to first machine); "
        f"tools: {'; '.join(guide.tools)}"
    )


def _extra(step: Step) -> Iterator[tuple[str, str]]:
    yield from (("check", line) for line in step.checks)
    yield from (("careful", line) for line in step.hazards)


def text(guide: Guide) -> Iterator[str]:
    """Lines for a terminal or a file; Markdown that reads well as it is."""
    yield f"# {guide.name}: putting it together"
    yield ""
    yield _head(guide)
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
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>{escape(guide.name)}: assembly</title><style>{palette.css()}{STYLE}</style>"
        f"</head><body><main><h1>{escape(guide.name)}: putting it together</h1>"
        f"<p class=muted>{escape(_head(guide))}</p>{body(guide)}</main></body></html>\n"
    )


def body(guide: Guide) -> str:
    """What of the guide goes into any page."""
    parts = [f"<p class={f.verdict}>Settle first: {escape(f.why)}</p>" for f in guide.open]
    parts += [f"<p class=muted>{escape(note)}</p>" for note in guide.notes]
    for phase, group in groupby(guide.steps, key=lambda s: s.phase):
        parts.append(f"<section><h2>{escape(phase)}</h2>")
        parts += [_step(step) for step in group]
        parts.append("</section>")
    parts.append(_settings(guide))
    parts.append(_commands(guide))
    return "".join(parts)


def _step(step: Step) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in step.do)
    marks = {"check": "check", "careful": "hazard"}
    lines += "".join(
        f"<li class={marks[kind]}>{kind.capitalize()}: {escape(line)}</li>"
        for kind, line in _extra(step)
    )
    name = f"step-{escape(step.id)}"
    return (
        f'<div class=step><input type=checkbox id="{name}"><div><h3><span class=time>'
        f'{span(step.minutes)}</span><label for="{name}">{escape(step.title)}</label></h3>'
        f"<ul>{lines}</ul></div></div>"
    )


def _settings(guide: Guide) -> str:
    rows = "".join(
        f"<tr><th scope=row>{escape(s.name)}<td>{escape(s.value)}<td>{escape(s.why)}"
        f"<td>{escape(s.menu)}"
        for s in guide.settings
    )
    head = "<tr><th scope=col>setting<th scope=col>value<th scope=col>why<th scope=col>menu"
    return f"<section><h2>BIOS settings</h2><table>{head}{rows}</table></section>" if rows else ""


def _commands(guide: Guide) -> str:
    rows = "".join(
        f"<tr><th scope=row>{escape(c.what)}<td><code>{escape(c.line)}</code>"
        f"<br><span class=muted>{escape(c.note)}</span>"
        for c in guide.commands
    )
    return f"<section><h2>Software</h2><table>{rows}</table></section>" if rows else ""


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
