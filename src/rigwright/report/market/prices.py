"""Prices on a terminal: what an import added, and the history of one part as a small plot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from rigwright.report.console import columns, console

if TYPE_CHECKING:
    from rigwright.plan.money.offering import FeedAdded, OfferHistory, OffersReport
    from rigwright.plan.parts.pricing import PriceHistory, PricesAdded, RatesAdded, Seen
    from rigwright.plan.speed.cardprices import Offered

WIDTH, HEIGHT = 60, 8
MARKS = {"new": "●", "used": "○"}
BOTH = "◐"
ROWS_SHOWN = 15


def show_added(added: PricesAdded) -> None:
    """One line of counts, then what was refused."""
    out = console()
    money = ", ".join(f"{n:,} in {c}" for c, n in sorted(added.currencies.items()))
    out.print(f"{escape(added.file)}: {added.rows:,} rows, {added.added:,} new observations")
    out.print(f"{added.known:,} were known already; {added.parts:,} parts; {money or 'none'}")
    if added.first:
        out.print(f"dated {added.first} to {added.last}")
    if added.outside:
        out.print(f"{added.outside:,} parts are not in the catalogue (yet); their prices are kept")
    for reason, count in added.reasons.items():
        out.print(f"{count:,} rows not used: {escape(reason)}", style="yellow")


def show_rates(added: RatesAdded) -> None:
    """Which currencies have rates now."""
    out, known = console(), added.rates - added.added - added.changed
    out.print(
        f"{escape(added.file)}: {added.rates:,} rates of {', '.join(added.currencies)}, "
        f"{added.first} to {added.last}"
    )
    out.print(f"{added.added:,} new, {added.changed:,} changed, {known:,} known already")


def plot(seen: Sequence[Seen], width: int = WIDTH, height: int = HEIGHT) -> list[str]:
    """Price over time as lines of text; a mark where new (●), used (○) or both (◐) were seen."""
    first, last = min(s.date for s in seen), max(s.date for s in seen)
    low, high = min(s.amount for s in seen), max(s.amount for s in seen)
    days, span = max((last - first).days, 1), (high - low) or 1.0
    grid = [[" "] * width for _ in range(height)]
    for s in seen:
        x = round((s.date - first).days / days * (width - 1)) if last > first else width // 2
        y = round((high - s.amount) / span * (height - 1)) if high > low else height // 2
        mark = MARKS.get(s.condition, "●")
        grid[y][x] = mark if grid[y][x] in (" ", mark) else BOTH
    labels, digits = [""] * height, 0 if high >= 100 else 2
    labels[0 if high > low else height // 2] = f"{high:,.{digits}f}"
    if high > low:
        labels[-1] = f"{low:,.{digits}f}"
    side = max(map(len, labels))
    lines = [f"{label:>{side}} ┤{''.join(row)}" for label, row in zip(labels, grid, strict=True)]
    return [*lines, f"{'':>{side}} └{'─' * width}", _axis(first, last, side, width)]


def _axis(first: dt.date, last: dt.date, side: int, width: int) -> str:
    if first == last:
        return " " * (side + 2) + f"{first}".center(width)
    return " " * (side + 2) + f"{first}" + f"{last}".rjust(width - 10)


def offered_words(price: Offered, *, brief: bool = False) -> str:
    """``used: $1,188 (685-2,061), cheapest of 6; last seen $1,207 on 2026-09-30``."""
    words = f"{price.condition}: {price.why_not}"
    if price.usd is not None:
        words = f"{price.condition}: ${price.usd:,.0f} ({price.low_usd:,.0f}-{price.high_usd:,.0f})"
        words += "" if brief else f", {price.basis}"
        if price.parts > 1 and not brief:
            words += f", cheapest of {price.parts} (the dearest ${price.dearest_usd:,.0f})"
    if price.seen_date is not None:
        words += f"; last seen ${price.seen_usd:,.0f} on {price.seen_date}"
    return words


def show(history: PriceHistory) -> None:
    """What it costs, a plot for each currency, the latest observations with their age."""
    out = console()
    out.print(f"[bold]{escape(history.name)}[/]  {history.kind}:{history.id}")
    out.print(f"on {history.as_of}, 80 % range:", style="dim", highlight=False)
    for offer in history.costs:
        out.print(f"  {offered_words(offer)}", highlight=False)
        if offer.parts and history.kind == "chip":
            out.print(f"        {escape(offer.name)}", style="dim", highlight=False)
    if not history.seen:
        out.print(f"no price seen up to {history.as_of}")
        return
    for currency in dict.fromkeys(s.currency for s in history.seen):
        mine = [s for s in history.seen if s.currency == currency]
        out.print(f"\n{currency}, ● new, ○ used, {len(mine):,} observations")
        for line in plot(mine):
            out.print(line, markup=False, highlight=False, no_wrap=True, overflow="crop")
    out.print()
    table = columns("date", "age", "price", "condition", "basis", "source", right=("age", "price"))
    for s in reversed(history.seen[-ROWS_SHOWN:]):
        price = f"{s.amount:,.2f} {s.currency}"
        age = f"{s.age_days:,} d" + ("" if s.counts else ", too old to use")
        cells = (str(s.date), age, price, s.condition, s.basis, s.source)
        table.add_row(*map(escape, cells), style="" if s.counts else "dim")
    out.print(table)
    if len(history.seen) > ROWS_SHOWN:
        out.print(f"... and {len(history.seen) - ROWS_SHOWN:,} older ones: --json", style="dim")


def show_feeds(feeds: tuple[FeedAdded, ...]) -> None:
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


def show_offers(found: OfferHistory) -> None:
    """A plot of the price of one GPU, then the latest of each machine, cheapest first."""
    out = console()
    out.print(f"[bold]{escape(' or '.join(found.chips))}[/] for rent up to {found.as_of}")
    if not found.seen:
        out.print("no offer seen: rigwright offers import FILE or address")
        return
    out.print("USD an hour for one GPU, ● on demand, ○ spot")
    for line in plot(found.seen):
        out.print(line, markup=False, highlight=False, no_wrap=True, overflow="crop")
    heads = ("GPU/h", "machine/h", "spot/h")
    table = columns(*heads, "offer", "GPUs", "seen", "source", right=heads)
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
        age = (found.as_of - last).days
        out.print(f"  {escape(name)}: {offers:,} of {chips} chips, {first} to {last}, {age} d old")
    out.print(f"no offer of the last year: {', '.join(found.old) or 'none'}")
    out.print(f"{len(found.conflicts):,} machines with two prices on one day")
    for line in found.conflicts[:ROWS_SHOWN]:
        out.print(f"  {escape(line)}", style="yellow", highlight=False)
