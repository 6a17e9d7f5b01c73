"""Verdicts of the compatibility rules, and the room left in a case, on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from rigwright.fit.possible import WAITING
from rigwright.report.console import columns, console

if TYPE_CHECKING:
    from rigwright.assemble import Layout
    from rigwright.plan.parts.results import CheckResult, OpenLine, Remembered
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


def table(findings: Sequence[Finding], *, everything: bool = True) -> Table:
    """One row per finding, worst first; ``everything=False`` leaves out what is ok.

    ``why`` names both numbers; JSON has them as ``have`` and ``need``. Rules that wait for the same
    fact share one row.
    """
    out = columns("verdict", "rule", "margin", "why", right=("margin",), overflow="fold")
    light = [f for f in findings if _light(f)]
    some = len(light) > 1
    rows = folded([f for f in findings if not (some and _light(f))])
    for f, waiting in rows:
        if f.verdict == "ok" and some:
            some = _unpublished(out, light)
        if f.verdict == "ok" and not everything:
            continue
        why = f.why + (f" [{f.fix}]" if f.fix and f.verdict != "ok" else "")
        margin = number(f.margin, f.unit) if f.margin is not None else ""
        _row(out, f.verdict, f.rule, margin, why)
        if waiting:
            many = "1 rule waits" if len(waiting) == 1 else f"{len(waiting)} rules wait"
            _row(out, "unknown", "", "", f"{many} for that, too: {', '.join(waiting)}")
    if some:
        _unpublished(out, light)
    return out


def _light(finding: Finding) -> bool:
    """An unknown that stops nothing and waits for a figure, not for the list."""
    asked = finding.rule in (IDENTIFIED, "parts_present")
    return finding.verdict == "unknown" and finding.severity != "error" and not asked


def _unpublished(out: Table, light: Sequence[Finding]) -> bool:
    """One row for figures that most makers never print; what each is, ``--json`` says."""
    why = f"{len(light)} facts nobody publishes, none of which stops the build: "
    _row(out, "unknown", "", "", why + ", ".join(f.rule for f in light))
    return False


def _row(out: Table, verdict: str, *cells: str) -> None:
    """Cells as they are: no markup is looked for in them."""
    out.add_row(Text(verdict, STYLE[verdict]), *map(Text, cells))


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


def own_prices(result: CheckResult) -> Table:
    """The list's own prices beside ours, and the totals of the parts that have both."""
    out = columns("part", "your price", "ours, today", left=("part",))
    for p in result.prices:
        many = f"{p.count} x " if p.count > 1 else ""
        foreign = "" if p.currency == "USD" else f" ({p.amount:,.2f} {p.currency})"
        yours = ("no rate" if p.usd is None else f"${p.usd:,.0f}") + foreign
        ours = "no price"
        if p.our_usd is not None:
            ours = f"${p.our_usd:,.0f} ({p.our_low_usd:,.0f}-{p.our_high_usd:,.0f})"
        used = ", used" if p.condition == "used" else ""
        out.add_row(Text(many + p.name + used), yours, ours)
    both = sum(p.compared for p in result.prices)
    total = "total" if both == len(result.prices) else f"total of the {both} with both prices"
    out.add_row(Text(total, "bold"), f"${result.your_usd:,.0f}", f"${result.our_usd:,.0f}")
    return out


def remembered(said: Remembered) -> str:
    """``prices remembered: 3 new, 1 known already``, which no plan uses, what was not kept."""
    words = [f"prices remembered: {said.added} new, {said.known} known already"]
    if said.foreign:
        words.append(f"{said.foreign} not in USD: kept and shown, but no plan uses them")
    left = [f"not remembered: {text}: {why}" for text, why in said.left_out]
    return "\n".join(["; ".join(words), *left])


def _of(line: OpenLine) -> str:
    """How many products a line may mean, and the nearest of them."""
    if not line.choices:
        return ""
    more = line.of - len(line.choices)
    names = "; ".join(line.choices) + (f"; {more} more" if more > 0 else "")
    return escape(f" (may be {names})")


def show(result: CheckResult, *, brief: bool = False) -> None:
    """All findings of one build with the summary first."""
    out = console()
    out.print(f"[bold]{escape(result.name or 'build')}[/]: {summary(result.findings)}")
    out.print(table(result.findings, everything=not brief))
    for line in result.lines:
        out.print(f"[magenta]not identified[/] {escape(line.kind)}: {escape(line.text)}{_of(line)}")
    if result.lines:
        kind, text = result.lines[0].kind, result.lines[0].text
        asked = f'rigwright parts --line "{text}" {kind}'.rstrip()
        out.print(f"what else it could be: {escape(asked)}", style="dim", soft_wrap=True)
    if result.prices:
        out.print(own_prices(result))
    if result.remembered is not None:
        out.print(Text(remembered(result.remembered)))
    out.print(
        "Not checked: memory under the cooler, cable bends, fan mounts, radiator position, "
        "M.2 heat sinks.",
        style="dim",
    )


def show_layout(layout: Layout, written: Path | None = None) -> None:
    """One row per clearance, and what the drawing assumes."""
    out = console()
    out.print(f"[bold]{escape(layout.case)}[/]")
    table = Table(box=None, pad_edge=False, show_header=False)
    for clearance in layout.clearances:
        table.add_row(clearance.what, escape(clearance.words), clearance.verdict)
    out.print(table)
    for note in layout.notes:
        out.print(f"- {escape(note)}", soft_wrap=True)
    if written is not None:
        out.print(f"written: {escape(str(written))}", soft_wrap=True)
