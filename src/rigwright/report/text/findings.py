"""Verdicts of the compatibility rules in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from rigwright.fit.possible import WAITING

if TYPE_CHECKING:
    from rigwright.spec.build import Finding

STYLE = {"ok": "green", "warning": "yellow", "conflict": "bold red", "unknown": "magenta"}
ORDER = ("conflict", "unknown", "warning", "ok")


def number(value: float | str | None, unit: str = "") -> str:
    """``161 mm``; a missing number is ``?``."""
    if value is None:
        return "?"
    text = value if isinstance(value, str) else f"{value:,.4g}" if value < 1e4 else f"{value:,.0f}"
    return f"{text} {unit}".strip()


IDENTIFIED = "parts_identified"


def folded(findings: Sequence[Finding]) -> list[tuple[Finding, list[str]]]:
    """Findings, worst first, each with the rules that wait for the same missing fact.

    One missing fact is one thing to look up, however many rules ask for it.
    """
    found = sorted(findings, key=lambda f: ORDER.index(f.verdict))
    lost = any(f.rule == IDENTIFIED for f in found)
    rows: dict[str, tuple[Finding, list[str]]] = {}
    for f in found:
        fact = f"rule {f.rule}"
        if f.verdict == "unknown":
            waits = lost and (f.rule == IDENTIFIED or f.why.startswith(WAITING))
            fact = WAITING if waits else f.why
        if fact not in rows:
            rows[fact] = (f, [])
        elif f.rule == IDENTIFIED:
            first, waiting = rows[fact]
            rows[fact] = (f, [first.rule, *waiting])
        else:
            rows[fact][1].append(f.rule)
    return list(rows.values())


def table(findings: Sequence[Finding], *, everything: bool = True) -> list[str]:
    """Lines of a table of findings, worst first; ``everything=False`` leaves out what is ok.

    ``why`` names both numbers; JSON has them as ``have`` and ``need``. Rules that wait for the same
    fact share one row, and so do figures that most makers never print.
    """
    light = [f for f in findings if _light(f)]
    rows = folded([f for f in findings if len(light) < 2 or not _light(f)])
    made: list[str] = []
    ok: list[str] = []
    for f, waiting in rows:
        margin = "" if f.margin is None else number(f.margin, f.unit)
        why = f.why + (f" [{f.fix}]" if f.fix and f.verdict != "ok" else "")
        (ok if f.verdict == "ok" else made).append(_row(f.verdict, f.rule, margin, why))
        if waiting:
            many = "1 rule waits" if len(waiting) == 1 else f"{len(waiting)} rules wait"
            made.append(_row("unknown", "", "", f"{many} for that, too: {', '.join(waiting)}"))
    if len(light) > 1:
        why = f"{len(light)} facts nobody publishes, none of which stops the build: "
        made.append(_row("unknown", "", "", why + ", ".join(f.rule for f in light)))
    return ["fold\tverdict\trule\t>margin\twhy", *made, *(ok if everything else ())]


def _light(finding: Finding) -> bool:
    """An unknown that stops nothing and waits for a figure, not for the list."""
    asked = finding.rule in (IDENTIFIED, "parts_present")
    return finding.verdict == "unknown" and finding.severity != "error" and not asked


def _row(verdict: str, rule: str, margin: str, why: str) -> str:
    """Cells as they are: no markup is looked for in them."""
    cells = (escape(text.replace("\t", " ")) for text in (rule, margin, why))
    return "\t".join(("", f"[{STYLE[verdict]}]{verdict}[/]", *cells))


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
    elif any(f.rule == "parts_present" and f.verdict == "unknown" for f in findings):
        word = "what is listed goes together"
    return (
        f"{word}: {n['ok']} ok, {n['warning']} warnings, {n['conflict']} conflicts, "
        f"{n['unknown']} unknown"
    )
