"""Verdicts of the compatibility rules on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from rigwright.report.console import console

if TYPE_CHECKING:
    from rigwright.plan.parts.results import CheckResult
    from rigwright.spec.build import Finding

STYLE = {"ok": "green", "warning": "yellow", "conflict": "bold red", "unknown": "magenta"}
ORDER = ("conflict", "unknown", "warning", "ok")


def number(value: float | str | None, unit: str = "") -> str:
    """``161 mm``; a missing number is ``?``."""
    if value is None:
        return "?"
    text = value if isinstance(value, str) else f"{value:,.4g}" if value < 1e4 else f"{value:,.0f}"
    return f"{text} {unit}".strip()


WAITING = "which part is meant by "
"""How a rule begins that only waits for a line to be identified."""


def _waiting(findings: Sequence[Finding]) -> list[Finding]:
    """Rules that say nothing but that a line was not identified, which has a row of its own."""
    if not any(f.rule == "parts_identified" for f in findings):
        return []
    return [f for f in findings if f.rule != "parts_identified" and f.why.startswith(WAITING)]


def table(findings: Sequence[Finding], *, everything: bool = True) -> Table:
    """One row per finding, worst first; ``everything=False`` leaves out what is ok.

    ``why`` names both numbers; JSON has them as ``have`` and ``need``. Rules that wait for a line
    to be identified share one row.
    """
    waiting = _waiting(findings)
    out = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("verdict", "rule", "margin", "why"):
        out.add_column(name, justify="right" if name == "margin" else "left", overflow="fold")
    for f in sorted(findings, key=lambda f: ORDER.index(f.verdict)):
        if f in waiting or (f.verdict == "ok" and not everything):
            continue
        why = f.why + (f" [{f.fix}]" if f.fix and f.verdict != "ok" else "")
        out.add_row(
            f"[{STYLE[f.verdict]}]{f.verdict}[/]",
            f.rule,
            escape(number(f.margin, f.unit)) if f.margin is not None else "",
            escape(why),
        )
        if f.rule == "parts_identified" and waiting:
            names = ", ".join(w.rule for w in waiting)
            words = f"{len(waiting)} rules wait for that: {names}"
            out.add_row(f"[{STYLE['unknown']}]unknown[/]", "", "", escape(words))
    return out


def summary(findings: Sequence[Finding]) -> str:
    """``buildable: 24 ok, 2 warnings, 0 conflicts, 1 unknown``.

    As for the exit code, only conflicts and unknowns of severity ``error`` decide the word.
    """
    n = Counter(f.verdict for f in findings)
    grave = {f.verdict for f in findings if f.severity == "error"}
    word = "buildable"
    if "conflict" in grave:
        word = "conflict"
    elif "unknown" in grave:
        word = "undecided"
    return (
        f"{word}: {n['ok']} ok, {n['warning']} warnings, {n['conflict']} conflicts, "
        f"{n['unknown']} unknown"
    )


def show(result: CheckResult, *, brief: bool = False) -> None:
    """All findings of one build with the summary first."""
    out = console()
    out.print(f"[bold]{escape(result.name or 'build')}[/]: {summary(result.findings)}")
    out.print(table(result.findings, everything=not brief))
    for kind, text in result.unresolved:
        out.print(f"[magenta]not identified[/] {escape(kind)}: {escape(text)}")
    if result.unresolved:
        kind, text = result.unresolved[0]
        asked = f'rigwright name "{text}"' + (f" --kind {kind}" if kind else "")
        out.print(f"what else it could be: {escape(asked)}", style="dim", soft_wrap=True)
    out.print(
        "Not checked: memory under the cooler, cable bends, fan mounts, radiator position, "
        "M.2 heat sinks.",
        style="dim",
    )
