"""Shares of the peak against the memory of one or more cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigwright.report.charts import theme
from rigwright.report.charts.bars import Bar, Mark, stacked
from rigwright.report.text.prediction import run_words

if TYPE_CHECKING:
    from rigwright.plan.memory.results import FitResult

GIB = 1024**3
SHARES = (
    "weights", "activations", "optimizer", "gradients", "workspace", "kv cache", "weight copies",
    "gathered weights", "allocator", "context",
)  # fmt: skip
"""In the order in which they are stacked; it also fixes their colours in every picture."""


def bar(
    label: str,
    shares: dict[str, float],
    vram_bytes: float,
    low_bytes: float | None = None,
    high_bytes: float | None = None,
) -> Bar:
    """One card: the peak's shares in GiB and the card's memory as a mark."""
    return Bar(
        label,
        {name: size / GIB for name, size in shares.items()},
        None if low_bytes is None else low_bytes / GIB,
        None if high_bytes is None else high_bytes / GIB,
        (Mark(vram_bytes / GIB, f"{vram_bytes / GIB:.0f} GiB of VRAM"),),
    )


def memory_chart(result: FitResult) -> Any:
    """Stacked bars, one a card: the peak's shares, its range, and the card's memory as a mark."""
    import altair as alt

    bars = []
    for card in result.cards:
        many = f"{card.gpu_count} x " if card.gpu_count > 1 else ""
        name = f"{many}{card.gpu}: {card.verdict}"
        bars.append(bar(name, card.shares, card.vram_bytes, card.low_bytes, card.high_bytes))
    title = alt.Title(
        f"Memory at the peak: {run_words(result.run)}",
        subtitle="red: the card's VRAM; line: range that holds 80 % of measured peaks",
    )
    return stacked(bars, "GiB of one GPU", SHARES).properties(title=title)


def save_memory(result: FitResult, path: Path) -> None:
    """The picture as .png, .svg or .html. Raises InputError for another format."""
    theme.save(memory_chart(result), path, "--picture", "memory.png")
