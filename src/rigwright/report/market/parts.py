"""Search results on a terminal: parts, models, and what a line means."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from rigwright.report.console import columns, console
from rigwright.spec.tables.table import toml

if TYPE_CHECKING:
    from rigwright.catalog.prices.ledger import Quote
    from rigwright.plan.parts.modelnames import KnownModels
    from rigwright.plan.parts.naming import Named
    from rigwright.plan.parts.searching import Found
    from rigwright.plan.speed.cardprices import Offered

TOLD: dict[str, Any] = toml(Path(__file__).parents[1] / "data" / "parts.toml")


def _cell(name: str, value: object) -> str:
    if value is None:
        return "?"
    if isinstance(value, tuple):
        inner = ("+".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value)
        return " | ".join(inner) or "none"
    if name in TOLD["units"] and isinstance(value, int | float):
        size, unit = TOLD["units"][name]
        return f"{value / size:,.4g} {unit}"
    return f"{value:,.5g}" if isinstance(value, float) else str(value)


def _price(quote: Quote | Offered) -> str:
    used = " used" if quote.condition == "used" else ""
    when = f"seen {quote.seen_date}" if quote.seen_date else "estimated"
    return f"${quote.usd:,.0f} ({quote.low_usd:,.0f}-{quote.high_usd:,.0f}){used}, {when}"


def show(found: Found) -> None:
    """One row per part with the facts that matter most for its kind."""
    out = console()
    names = TOLD["columns"][found.kind]
    heads = (re.sub("_((bytes|flop)(_per_s)?|w)$", "", name) for name in names)
    table = columns("name", *heads, "price")
    for part, quote in found.rows:
        known = {f.name for f in dataclasses.fields(part)}
        cells = [_cell(n, getattr(part, n)) for n in names if n in known]
        price = "?" if quote is None else _price(quote)
        table.add_row(escape(part.name), *map(escape, cells), price)
    out.print(table)
    out.print(f"{len(found.rows)} of {found.total} {found.kind} rows", style="dim")
    for notice in found.attribution:
        out.print(escape(notice), style="dim")


def show_models(found: KnownModels) -> None:
    """One row per model: name, kind, weights, image sides, other names."""
    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", no_wrap=True)
    table.add_column("kind")
    table.add_column("parameters", justify="right", no_wrap=True)
    table.add_column("pixels")
    table.add_column("also")
    for model in found.rows:
        sizes, many = ", ".join(map(str, model.img_sizes)), model.parameters
        weights = f"{many / 1e9:,.1f} B" if many >= 1e9 else f"{many / 1e6:,.1f} M"
        also = escape(", ".join(model.aliases))
        table.add_row(escape(model.name), model.kind, weights, sizes, also)
    out.print(table)
    out.print(f"{len(found.rows)} of {found.total} models", style="dim")


COLOURS = {"exact": "green", "ambiguous": "yellow", "unknown": "yellow"}


def show_named(named: Named) -> None:
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
        table = columns("", "kind", "candidate", "why", right=("",), overflow="fold")
        for at, near in enumerate(named.near, 1):
            table.add_row(str(at), near.kind, escape(near.name), escape("; ".join(near.why)))
        out.print(table if named.near else "  nothing like it in the catalogue")
    for notice in named.attribution:
        out.print(escape(notice), style="dim")
