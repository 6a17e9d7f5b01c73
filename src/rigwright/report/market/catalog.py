"""An imported catalogue on a terminal: what came in, what was mended, where sources differ."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from rigwright.plan.parts.catalogs import CatalogReport, PartReport
from rigwright.report.console import columns, console

CONFLICTS_SHOWN, REJECTED_SHOWN = 12, 12


def _kinds(report: CatalogReport) -> Table:
    table = columns("kind", "records", "parts", "merged", "in our tables", left=("kind",))
    for k in report.kinds:
        table.add_row(k.kind, *(f"{n:,}" for n in (k.records, k.parts, k.merged, k.embedded)))
    sums = [sum(getattr(k, f) for k in report.kinds) for f in ("records", "parts", "merged")]
    embedded = sum(k.embedded for k in report.kinds)
    table.add_row("all", *(f"{n:,}" for n in (*sums, embedded)), style="bold")
    return table


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _facts(report: CatalogReport) -> Table:
    names = ("said", "trusted", "mended", "distrusted", "conflicts")
    table = columns("kind", "fact", *names, right=names)
    for f in report.facts:
        if not f.said and not f.trusted:
            continue
        counts = (f"{n:,}" if n else "" for n in (f.mended, f.distrusted, f.conflicts))
        table.add_row(
            f.kind, f.fact, _percent(f.said, f.parts), _percent(f.trusted, f.parts), *counts
        )
    return table


def show(report: CatalogReport, *, brief: bool = False) -> None:
    """Counts, fill rates, rules, conflicts, refused records and the licence."""
    out = console()
    out.print(f"{report.source} from {escape(report.origin)}, imported {report.imported_at}")
    out.print(f"database {escape(report.database)}", style="dim")
    out.print()
    out.print(_kinds(report))
    others = ", ".join(f"{n:,} {what}" for what, n in sorted(report.others.items()))
    if others:
        out.print(f"and {others}")
    if not brief:
        _details(report, out)
    out.print()
    out.print(escape(report.attribution))
    out.print(escape(report.licence), style="dim")


def _details(report: CatalogReport, out: Any) -> None:
    out.print("\nfacts: share of parts where the source says it, and where it is trusted")
    out.print(_facts(report))
    out.print("\nrules that changed or refused a value")
    rules = columns("times", "action", "rule", "why")
    for r in report.rules:
        rules.add_row(f"{r.times:,}", r.action, r.rule, r.why)
    out.print(rules)
    _listed(report, out)


def _listed(report: CatalogReport, out: Any) -> None:
    if report.conflicts:
        out.print("\nconflicts")
        table = columns("kind", "part", "fact", "said", "stands")
        for c in report.conflicts[:CONFLICTS_SHOWN]:
            table.add_row(
                c.kind, c.part_id[:8], c.fact, escape(c.raw), escape(c.value or "unknown")
            )
        out.print(table)
        _more(len(report.conflicts) - CONFLICTS_SHOWN, out)
    if report.rejected:
        out.print("\nrecords not used")
        table = columns("record", "reason")
        for path, reason in report.rejected[:REJECTED_SHOWN]:
            table.add_row(escape(path), escape(reason))
        out.print(table)
        _more(len(report.rejected) - REJECTED_SHOWN, out)


def _more(count: int, out: Any) -> None:
    if count > 0:
        out.print(f"... and {count:,} more: --json", style="dim")


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "?"
    if isinstance(value, tuple):
        return " | ".join(str(v) for v in value) or "none"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def show_part(report: PartReport) -> None:
    """Every fact, with what the source said and the rule that changed it."""
    out = console()
    out.print(f"[bold]{escape(report.part.name)}[/]")
    out.print(f"{report.kind}:{report.part.id}, {escape(report.part.source)}", style="dim")
    if report.embedded and any(line.notes for line in report.facts):
        out.print("facts of our own table; an imported record of the same part said:")
    table = columns("fact", "value", "the source said", "rule")
    for line in report.facts:
        value = escape(_cell(line.value))
        if not line.notes:
            table.add_row(line.fact, value, "", "")
        for i, note in enumerate(line.notes):
            first = (line.fact, value) if i == 0 else ("", "")
            table.add_row(*first, escape(note.raw), f"{note.action}: {note.rule}")
    out.print(table)
    for notice in report.attribution:
        out.print(escape(notice), style="dim")
