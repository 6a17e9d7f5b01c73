"""Price against speed: the picture of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigwright.plan.machine.results import ONE_HOST
from rigwright.report.charts import theme
from rigwright.report.charts.palette import LIGHT
from rigwright.report.text.prediction import run_words

if TYPE_CHECKING:
    from rigwright.plan.machine.results import PlanResult

KINDS = ("chosen", "frontier", "beaten by another", "above budget")
COLOURS = (LIGHT["vermillion"], LIGHT["blue"], LIGHT["grey"], LIGHT["pale"])


def _kind(point: Any) -> str:
    if point.chosen:
        return KINDS[0]
    if not point.within_budget:
        return KINDS[3]
    return KINDS[1] if point.on_frontier else KINDS[2]


def frontier(result: PlanResult) -> Any:
    """Price against throughput of every (chip, count) that carries the workload."""
    import altair as alt

    rows = [
        {
            "label": label(p.gpu, p.gpu_count),
            "usd": p.usd,
            "throughput": p.throughput,
            "kind": _kind(p),
            "line": p.on_frontier,
        }
        for p in result.frontier
        if p.usd is not None and p.throughput is not None and p.usd <= 2.5 * result.budget_usd
    ]
    _place_labels(rows)
    unit = result.chosen.prediction.unit if result.chosen else "items/s"
    colour = alt.Color("kind:N", title="", legend=alt.Legend(orient="bottom")).scale(
        domain=list(KINDS), range=list(COLOURS)
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "usd:Q", title="price of the whole machine, USD", axis=alt.Axis(format=",.0f")
        ).scale(domain=_span(rows)),
        y=alt.Y("throughput:Q", title=f"predicted throughput, {unit}"),
    )
    line = base.transform_filter("datum.line").mark_line(
        color=LIGHT["blue"], interpolate="step-after", opacity=0.5
    )
    dots = base.mark_circle(size=80, opacity=1).encode(color=colour)
    below = _names(base, "datum.line && !datum.above", "left", 7, 11)
    above = _names(base, "datum.line && datum.above", "right", -7, -9)
    budget = (
        alt.Chart(alt.InlineData(values=[{"usd": result.budget_usd}]))
        .mark_rule(strokeDash=[5, 4], color=LIGHT["muted"])
        .encode(x="usd:Q")
    )
    title = alt.Title(
        f"Price against speed: {run_words(result.run)}",
        subtitle=[
            f"cheapest machine for each GPU choice, as of {result.as_of}; "
            f"dashed: budget ${result.budget_usd:,.0f}",
            ONE_HOST,
        ],
    )
    return (line + dots + below + above + budget).properties(width=720, height=400, title=title)


def _span(rows: list[dict[str, Any]]) -> list[float]:
    """The price axis: room for a name left of the cheapest machine, never below nothing."""
    prices = [row["usd"] for row in rows]
    low, high = min(prices, default=0.0), max(prices, default=1.0)
    return [max(0.0, low - 0.3 * (high - low)), high + 0.06 * (high - low)]


def label(gpu: str, count: int) -> str:
    """``2 x RTX 3090``: short enough to stand in a chart."""
    many = f"{count} x " if count > 1 else ""
    return many + gpu.removeprefix("GeForce ").removeprefix("Radeon ")


def _place_labels(rows: list[dict[str, Any]]) -> None:
    """A name goes above its point when the one before it is near: names must not touch."""
    last, span = -1e9, max((r["usd"] for r in rows), default=1.0)
    above = False
    for row in sorted((r for r in rows if r["line"]), key=lambda r: r["usd"]):
        above = not above if row["usd"] - last < 0.12 * span else False
        row["above"], last = above, row["usd"]


def _names(base: Any, which: str, align: str, dx: int, dy: int) -> Any:
    text = base.transform_filter(which).mark_text(
        align=align, dx=dx, dy=dy, fontSize=11, color=LIGHT["ink"]
    )
    return text.encode(text="label:N")


def save_frontier(result: PlanResult, path: Path) -> None:
    """The frontier of a plan as a picture."""
    theme.save(frontier(result), path)
