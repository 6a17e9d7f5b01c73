"""What a line means, on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from rigwright.report.console import columns, console

if TYPE_CHECKING:
    from rigwright.plan.parts.naming import Named

COLOURS = {"exact": "green", "ambiguous": "yellow", "unknown": "yellow"}


def show(named: Named) -> None:
    """The part, or the candidates with what speaks for and against each."""
    out = console()
    count = "" if named.quantity == 1 else f"{named.quantity} x "
    price = "" if named.price is None else f", {named.price:,.2f} {named.currency} each"
    verdict = f"[{COLOURS[named.verdict]}]{named.verdict}[/]"
    if named.part is not None:
        out.print(f"{verdict}  {count}[bold]{escape(named.part.name)}[/]{price}")
        chip = f", chip {escape(named.chip)}" if named.chip else ""
        out.print(f"{named.part.kind}:{escape(named.part.id)}{chip}", style="dim")
        for reason in named.part.why:
            out.print(f"  {escape(reason)}")
        for other in named.same:
            out.print(f"  also listed as {escape(other)}", style="dim")
    else:
        kind = named.kind or "part of any kind"
        out.print(f"{verdict}  {count}{escape(named.text)} ({kind}){price}")
        if named.hint:
            out.print(f"  {escape(named.hint)}")
        _candidates(named, out)
    for notice in named.attribution:
        out.print(escape(notice), style="dim")


def _candidates(named: Named, out: object) -> None:
    if not named.near:
        out.print("  nothing like it in the catalogue")  # type: ignore[attr-defined]
        return
    table = columns("", "kind", "candidate", "why", right=("",), overflow="fold")
    for at, near in enumerate(named.near, 1):
        table.add_row(str(at), near.kind, escape(near.name), escape("; ".join(near.why)))
    out.print(table)  # type: ignore[attr-defined]
