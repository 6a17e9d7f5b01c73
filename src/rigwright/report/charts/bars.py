"""Stacked bars: what a step's time, a card's memory and a supply's watts are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rigwright.plan.memory.results import FitResult
from rigwright.report.charts import theme
from rigwright.report.charts.palette import LIGHT, SERIES
from rigwright.report.charts.theme import Chart, chart
from rigwright.report.text.prediction import many, run_words


class Mark(NamedTuple):
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
    bars: Sequence[Bar], axis: str, title: str, subtitle: str, order: Sequence[str] | None = None
) -> Chart:
    """Bars below each other; shares keep one colour in all of them.

    order : names from the axis outwards; largest first where not given.
    """
    names = _ranked(bars, order)
    return chart(
        "bars", axis=axis, title=title, subtitle=subtitle, names=names,
        bars=[bar.label for bar in bars],
        range=[LIGHT[SERIES[i % len(SERIES)]] for i in range(len(names))],
        rows=[
            {"bar": bar.label, "share": name, "size": size, "rank": names.index(name)}
            for bar in bars for name, size in bar.shares.items() if size > 0
        ],
        ranges=[{"bar": b.label, "low": b.low, "high": b.high} for b in bars if b.low and b.high],
        marks=[{"bar": b.label, "at": m.at, "words": m.words} for b in bars for m in b.marks],
    )  # fmt: skip


def _ranked(bars: Sequence[Bar], order: Sequence[str] | None) -> list[str]:
    totals: dict[str, float] = {}
    for bar in bars:
        for name, size in bar.shares.items():
            totals[name] = totals.get(name, 0.0) + size
    shown = [name for name, size in totals.items() if size > 0]
    if order is None:
        return sorted(shown, key=lambda name: -totals[name])
    return [name for name in order if name in shown] + [n for n in shown if n not in order]


GIB = 1024**3
SHARES = (
    "weights", "activations", "optimizer", "gradients", "workspace", "kv cache", "weight copies",
    "gathered weights", "allocator", "context",
)  # fmt: skip
"""In the order in which they are stacked; it also fixes their colours in every picture."""


def bar(
    label: str, shares: dict[str, float], vram_bytes: float,
    low_bytes: float | None = None, high_bytes: float | None = None,
) -> Bar:  # fmt: skip
    """One card: the peak's shares in GiB and the card's memory as a mark."""
    return Bar(
        label,
        {name: size / GIB for name, size in shares.items()},
        None if low_bytes is None else low_bytes / GIB,
        None if high_bytes is None else high_bytes / GIB,
        (Mark(vram_bytes / GIB, f"{vram_bytes / GIB:.0f} GiB of VRAM"),),
    )


def memory_chart(result: FitResult) -> Chart:
    """Stacked bars, one a card: the peak's shares, its range, and the card's memory as a mark."""
    bars = []
    for card in result.cards:
        name = f"{many(card.gpu_count)}{card.gpu}: {card.verdict}"
        bars.append(bar(name, card.shares, card.vram_bytes, card.low_bytes, card.high_bytes))
    title = f"Memory at the peak: {run_words(result.run)}"
    subtitle = "red: the card's VRAM; line: range that holds 80 % of measured peaks"
    return stacked(bars, "GiB of one GPU", title, subtitle, SHARES)


def save_memory(result: FitResult, path: Path) -> None:
    """The picture as .png, .svg or .html. Raises InputError for another format."""
    theme.save(memory_chart(result), path, "--picture", "memory.png")
