"""Shares of the peak against the memory of one or more cards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigwright.report.charts import save
from rigwright.report.prediction import run_words

if TYPE_CHECKING:
    from rigwright.plan.fitresult import FitResult

GIB = 1024**3
# Okabe-Ito, in the order in which shares are stacked: what stays first, what passes last.
SHARES = {
    "weights": "#0072B2",
    "optimizer": "#56B4E9",
    "gradients": "#009E73",
    "gathered weights": "#7FC97F",
    "weight copies": "#B3DE69",
    "kv cache": "#E69F00",
    "activations": "#E69F00",
    "workspace": "#F0E442",
    "allocator": "#CC79A7",
    "context": "#999999",
}
USED, EDGE = "#D55E00", "#222222"


def memory_chart(result: FitResult) -> Any:
    """Stacked bars, one a card: the peak's shares, its range, and the card's memory as a mark."""
    import altair as alt

    labels, rows, marks = [], [], []
    for card in result.cards:
        many = f"{card.gpu_count} x " if card.gpu_count > 1 else ""
        label = f"{many}{card.gpu}: {card.verdict}"
        labels.append(label)
        for name, size in card.shares.items():
            order = list(SHARES).index(name)
            rows.append({"card": label, "share": name, "gib": size / GIB, "order": order})
        marks.append(
            {
                "card": label,
                "vram": card.vram_bytes / GIB,
                "low": card.low_bytes / GIB,
                "high": card.high_bytes / GIB,
                "vram_words": f"{card.vram_bytes / GIB:.0f} GiB of VRAM",
            }
        )
    shown = [name for name in SHARES if any(row["share"] == name for row in rows)]
    y = alt.Y("card:N", title=None, sort=labels).axis(labelLimit=320)
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(height=26)
        .encode(
            x=alt.X("gib:Q", title="GiB of one GPU", stack="zero"),
            y=y,
            color=alt.Color("share:N", title=None, sort=shown)
            .scale(domain=shown, range=[SHARES[name] for name in shown])
            .legend(orient="bottom", columns=5),
            order=alt.Order("order:Q"),
            tooltip=["share:N", alt.Tooltip("gib:Q", format=".2f")],
        )
    )
    base = alt.Chart(alt.InlineData(values=marks)).encode(y=y)
    spread = base.mark_rule(color=EDGE, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    size = base.mark_tick(color=USED, thickness=3, height=40).encode(x="vram:Q")
    words = base.mark_text(align="left", dx=6, dy=-24, color=USED).encode(
        x="vram:Q", text="vram_words:N"
    )
    title = alt.Title(
        f"Memory at the peak: {run_words(result.run)}",
        subtitle="orange: the card's VRAM; black: range that holds 80 % of measured peaks",
        anchor="start",
    )
    height = 70 * len(labels)
    return (bars + spread + size + words).properties(width=640, height=height, title=title)


def save_memory(result: FitResult, path: Path) -> None:
    """The picture as .png, .svg or .html. Raises InputError for another format."""
    save(memory_chart(result), path, "--picture", "memory.png")
