"""Charts, defined once in altair; PNG, SVG and HTML come from the same definition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigwright.report.prediction import run_words
from rigwright.spec.errors import InputError

if TYPE_CHECKING:
    from rigwright.plan.results import PlanResult

# Okabe-Ito colours: told apart by readers with any common colour blindness.
CHOSEN, FRONTIER, OTHER, ABOVE = "#D55E00", "#0072B2", "#999999", "#CCCCCC"
KINDS = ("chosen", "frontier", "beaten by another", "above budget")
FORMATS = (".png", ".svg", ".html")


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
            "label": _label(p),
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
        domain=list(KINDS), range=[CHOSEN, FRONTIER, OTHER, ABOVE]
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("usd:Q", title="price of the whole machine, USD").scale(zero=False, padding=60),
        y=alt.Y("throughput:Q", title=f"predicted throughput, {unit}"),
    )
    line = base.transform_filter("datum.line").mark_line(
        color=FRONTIER, interpolate="step-after", opacity=0.5
    )
    dots = base.mark_circle(size=80, opacity=1).encode(color=colour)
    below = _names(base, "datum.line && !datum.above", "left", 7, 11)
    above = _names(base, "datum.line && datum.above", "right", -7, -9)
    budget = (
        alt.Chart(alt.InlineData(values=[{"usd": result.budget_usd}]))
        .mark_rule(strokeDash=[5, 4], color="#444444")
        .encode(x="usd:Q")
    )
    title = alt.Title(
        f"Price against speed: {run_words(result.run)}",
        subtitle=f"cheapest proven machine for each GPU choice, as of {result.as_of}; "
        f"dashed: budget ${result.budget_usd:,.0f}",
    )
    return (line + dots + below + above + budget).properties(width=720, height=400, title=title)


def _label(point: Any) -> str:
    many = f"{point.gpu_count} x " if point.gpu_count > 1 else ""
    return many + str(point.gpu).removeprefix("GeForce ").removeprefix("Radeon ")


def _place_labels(rows: list[dict[str, Any]]) -> None:
    """A name goes above its point when the one before it is near: names must not touch."""
    last, span = -1e9, max((r["usd"] for r in rows), default=1.0)
    above = False
    for row in sorted((r for r in rows if r["line"]), key=lambda r: r["usd"]):
        above = not above if row["usd"] - last < 0.12 * span else False
        row["above"], last = above, row["usd"]


def _names(base: Any, which: str, align: str, dx: int, dy: int) -> Any:
    text = base.transform_filter(which).mark_text(align=align, dx=dx, dy=dy, fontSize=11)
    return text.encode(text="label:N")


def save(chart: Any, path: Path, option: str = "--chart", example: str = "frontier.png") -> None:
    """Write one chart. Raises InputError for a format that is not offered."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(str(path), option, path.suffix, ", ".join(FORMATS), example)
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"ppi": 110} if path.suffix.lower() == ".png" else {}
    chart.save(str(path), **options)


def save_frontier(result: PlanResult, path: Path) -> None:
    """The frontier of a plan as a picture."""
    save(frontier(result), path)
