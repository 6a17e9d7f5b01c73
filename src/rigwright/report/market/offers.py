"""Offers of machines for rent on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from rigwright.report.console import console
from rigwright.report.market.prices import ROWS_SHOWN, plot

if TYPE_CHECKING:
    from rigwright.plan.money.offering import FeedAdded, OfferHistory, OffersReport


def show_added(feeds: tuple[FeedAdded, ...]) -> None:
    """One line for each feed, then what was refused of it."""
    out = console()
    for feed in feeds:
        out.print(
            f"{escape(feed.feed)}: {feed.offers:,} offers, {feed.added:,} new"
            + (f", {feed.unstated:,} of a GPU whose form is not said" if feed.unstated else "")
            + (f"; not used: {escape(feed.error)}" if feed.error else "")
        )
        for reason, count in feed.refused:
            out.print(f"  {count:,} rows not used: {escape(reason)}", style="yellow")


def show(found: OfferHistory) -> None:
    """A plot of the price of one GPU, then the latest of each machine, cheapest first."""
    out = console()
    out.print(f"[bold]{escape(' or '.join(found.chips))}[/] for rent up to {found.as_of}")
    if not found.seen:
        out.print("no offer seen: rigwright offers import FILE or address")
        return
    out.print("USD an hour for one GPU, ● on demand, ○ spot")
    for line in plot(found.seen):
        out.print(line, markup=False, highlight=False, no_wrap=True, overflow="crop")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("GPU/h", "machine/h", "spot/h", "offer", "GPUs", "seen", "source"):
        table.add_column(name, justify="right" if name.endswith("/h") else "left")
    for o in found.latest[:ROWS_SHOWN]:
        usd, spot = o.usd_per_hour, o.spot_usd_per_hour or 0.0
        prices = ((usd or spot) / o.gpu_count, usd, spot)
        named = (f"{o.provider} {o.instance} ({o.region})", f"{o.gpu_count} x {o.chip}")
        cells = (*(f"{p:.2f}" if p else "" for p in prices), *named, str(o.date), o.source)
        table.add_row(*map(escape, cells))
    out.print(table)
    if len(found.latest) > ROWS_SHOWN:
        out.print(f"... and {len(found.latest) - ROWS_SHOWN:,} dearer ones: --json", style="dim")


def show_report(found: OffersReport) -> None:
    """Providers with the age of what is known, chips without a young offer, conflicts."""
    out = console()
    out.print(f"{found.offers:,} offers; form of the GPU not said: {found.unstated:,}")
    for name, offers, chips, first, last in found.providers:
        age = f"{first} to {last}, {(found.as_of - last).days:,} days old"
        out.print(f"  {escape(name)}: {offers:,} of {chips} chips, {age}", highlight=False)
    out.print(f"no offer of the last year: {', '.join(found.old) or 'none'}")
    out.print(f"{len(found.conflicts):,} machines with two prices on one day")
    for line in found.conflicts[:ROWS_SHOWN]:
        out.print(f"  {escape(line)}", style="yellow", highlight=False)
