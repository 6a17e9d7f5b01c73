"""Prices in words, and the history of one part as a small plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rigwright.catalog.prices.ledger import between, money

if TYPE_CHECKING:
    from rigwright.plan.parts.pricing import Seen
    from rigwright.plan.speed.cardprices import Offered

WIDTH, HEIGHT = 60, 8
MARKS = {"new": "●", "used": "○"}
BOTH = "◐"


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
    axis = f"{first}" + f"{last}".rjust(width - 10)
    axis = axis if last > first else f"{first}".center(width)
    return [*lines, f"{'':>{side}} └{'─' * width}", " " * (side + 2) + axis]


def offered_words(price: Offered, *, brief: bool = False) -> str:
    """``used: $1,188 (685-2,061), cheapest of 6; last seen $1,207 on 2026-09-30``."""
    words = f"{price.condition}: {price.why_not}"
    if price.usd is not None:
        ends = between(price.low_usd, price.high_usd)
        words = f"{price.condition}: {money(price.usd)} ({ends})"
        words += "" if brief else f", {price.basis}"
        if price.parts > 1 and not brief:
            words += f", cheapest of {price.parts} (the dearest {money(price.dearest_usd)})"
    if price.seen_date is not None:
        words += f"; last seen {money(price.seen_usd)} on {price.seen_date}"
    return words
