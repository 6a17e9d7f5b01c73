"""Stacked bars: what a step's time, a card's memory and a supply's watts are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rigwright.report.charts.palette import LIGHT, SERIES


@dataclass(frozen=True, slots=True)
class Mark:
    """A limit across one bar, with its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, sizes by share, an optional range of the whole and limits."""

    label: str
    shares: dict[str, float]
    low: float | None = None
    high: float | None = None
    marks: tuple[Mark, ...] = ()


def stacked(
    bars: Sequence[Bar], axis: str, order: Sequence[str] | None = None, width: int = 560
) -> Any:
    """Bars below each other; shares keep one colour in all of them.

    order : names from the axis outwards; largest first where not given.
    """
    import altair as alt

    names = _ranked(bars, order)
    colours = [LIGHT[SERIES[i % len(SERIES)]] for i in range(len(names))]
    rows = [
        {"bar": bar.label, "share": name, "size": size, "rank": names.index(name)}
        for bar in bars
        for name, size in bar.shares.items()
        if size > 0
    ]
    y = alt.Y("bar:N", title=None, sort=[bar.label for bar in bars])
    body = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(height=24)
        .encode(
            x=alt.X("size:Q", title=axis, stack="zero"),
            y=y,
            color=alt.Color("share:N", title=None, sort=names)
            .scale(domain=names, range=colours)
            .legend(orient="bottom", columns=4),
            order=alt.Order("rank:Q"),
            tooltip=["share:N", alt.Tooltip("size:Q", format=".3s")],
        )
    )
    layers = [body, *_ranges(bars, y), *_marks(bars, y)]
    return alt.layer(*layers).properties(width=width, height=64 * len(bars))


def _ranked(bars: Sequence[Bar], order: Sequence[str] | None) -> list[str]:
    totals: dict[str, float] = {}
    for bar in bars:
        for name, size in bar.shares.items():
            totals[name] = totals.get(name, 0.0) + size
    shown = [name for name, size in totals.items() if size > 0]
    if order is None:
        return sorted(shown, key=lambda name: -totals[name])
    return [name for name in order if name in shown] + [n for n in shown if n not in order]


def _ranges(bars: Sequence[Bar], y: Any) -> list[Any]:
    import altair as alt

    rows = [
        {"bar": bar.label, "low": bar.low, "high": bar.high}
        for bar in bars
        if bar.low is not None and bar.high is not None
    ]
    if not rows:
        return []
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    return [base.mark_rule(color=LIGHT["ink"], strokeWidth=2).encode(x="low:Q", x2="high:Q")]


def _marks(bars: Sequence[Bar], y: Any) -> list[Any]:
    import altair as alt

    rows = [
        {"bar": bar.label, "at": mark.at, "words": mark.words} for bar in bars for mark in bar.marks
    ]
    if not rows:
        return []
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y, x="at:Q")
    tick = base.mark_tick(color=LIGHT["conflict"], thickness=3, height=36)
    words = base.mark_text(align="left", dx=5, dy=-22, color=LIGHT["conflict"], fontSize=11)
    return [tick, words.encode(text="words:N")]
