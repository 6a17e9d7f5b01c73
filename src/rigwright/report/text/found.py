"""A finished machine on a terminal, and what is said of it there and in a post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from rigwright.report.console import console

if TYPE_CHECKING:
    from rigwright.bringup.found import Found, Judgement, Verified

STYLE = {"ok": "green", "fault": "bold red", "unknown": "magenta"}
HIDDEN = ("pci", "pair", "seat")


def show_found(found: Found) -> None:
    """The facts of every part but the plain devices of the bus."""
    out = console()
    for part in found.parts:
        if part.kind not in HIDDEN:
            numbers = {k: f"{v:g}" if isinstance(v, float) else v for k, v in part.facts.items()}
            facts = (f"{name} {value}" for name, value in numbers.items())
            out.print(f"[bold]{part.kind}[/]: {escape('; '.join(facts))}")
    for words in found.would_add or (() if found.parts else ("nothing that a known tool prints",)):
        out.print(f"not read: {words}", markup=False)


def _word(said: Judgement) -> str:
    return said.severity if said.verdict == "fault" else said.verdict


def _summary(result: Verified) -> str:
    faults, unknown = (sum(j.verdict == v for j in result.verdicts) for v in ("fault", "unknown"))
    told = f"{faults} fault{'s' * (faults != 1)}" if faults else "no fault found"
    told += f", {unknown} could not be told" if unknown else ""
    return told + (f" (against {result.against})" if result.against else "")


def show_verified(result: Verified) -> None:
    """Verdicts, worst first."""
    out = console()
    for j in result.verdicts:
        parts = f" ({', '.join(j.parts)})" if j.parts else ""
        out.print(
            f"[{STYLE[j.verdict]}]{_word(j):8}[/] [bold]{j.check}[/]{parts}: {escape(j.found)}"
        )
        for name in ("expected", "cause", "fix", "cost"):
            if text := getattr(j, name):
                sure = f" (sure: {j.sure})" if j.sure and name == "cause" else ""
                out.print(f"         {name}: {text}{sure}", markup=False)
    out.print(_summary(result), markup=False)
    for words in result.found.would_add:
        out.print(f"not read: {words}", markup=False)


def show_markdown(result: Verified) -> None:
    """The same as a table for a post."""
    rows = ["| check | verdict | found | cause | fix |", "|---|---|---|---|---|"]
    for j in result.verdicts:
        cells = (j.check, _word(j), j.found, j.cause, j.fix)
        plain = (" ".join(cell.split()) for cell in cells)
        rows.append("| " + " | ".join(_cell(text) for text in plain) + " |")
    typer.echo("\n".join([*rows, "", _cell(_summary(result))]))


def _cell(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>#|!" else c for c in text)
