"""Lines of money: price against speed, and owning against renting over the months."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rigwright import cost
from rigwright.plan.machine.results import ONE_HOST
from rigwright.report.charts import theme
from rigwright.report.charts.palette import LIGHT, SERIES
from rigwright.report.text.prediction import run_words

if TYPE_CHECKING:
    from rigwright.plan.machine.results import PlanResult
    from rigwright.plan.money.results import Rented, RentResult


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


OFFERS = 4
MONTHS = 36


def money(result: RentResult) -> Any | None:
    """Spent so far on the machine, and on each offer that does the same work; None without any.

    Of several regions and machines with the same GPUs the cheapest is drawn.
    """
    import altair as alt

    offers = _drawn(result)
    if not offers:
        return None
    owned = f"own: {result.own}"
    paid = [row.break_even_months for row in offers if row.break_even_months is not None]
    months = min(MONTHS, max(6, math.ceil(2.5 * max(paid, default=MONTHS))))
    names = [owned, *(_name(row) for row in offers)]
    top = 2.5 * _own(result, months)
    rows = [(owned, m, _own(result, m)) for m in range(months + 1)]
    rows += [
        (_name(row), m, (row.usd_per_month or 0.0) * m) for row in offers for m in range(months + 1)
    ]
    points = [{"who": who, "month": m, "usd": usd} for who, m, usd in rows if usd <= top]
    crossings = [
        {"month": at, "usd": _own(result, at)}
        for at in (row.break_even_months for row in offers)
        if at is not None and at <= months
    ]
    colour = alt.Color("who:N", title=None, sort=names).scale(
        domain=names, range=[LIGHT[name] for name in ("vermillion", *SERIES)][: len(names)]
    )
    x = alt.X("month:Q", title=f"months at {result.hours_per_day:g} hours a day").scale(
        domain=[0, months], nice=False
    )
    y = alt.Y("usd:Q", title="USD spent").scale(domain=[0, top], clamp=True)
    lines = (
        alt.Chart(alt.InlineData(values=points))
        .mark_line(strokeWidth=2.5)
        .encode(x=x, y=y, color=colour.legend(orient="bottom", columns=1, labelLimit=520))
    )
    layers = [lines]
    if crossings:
        base = alt.Chart(alt.InlineData(values=crossings)).encode(x=x, y=y)
        layers.append(base.mark_point(filled=True, size=70, color=LIGHT["ink"]))
    title = alt.Title(
        "Rent or own: the same work, month by month",
        subtitle="own: parts and electricity, nothing sold; dots: owning has paid off",
    )
    return alt.layer(*layers).properties(width=560, height=300, title=title)


def _drawn(result: RentResult) -> list[Rented]:
    best: dict[tuple[str, int], Rented] = {}
    for row in sorted(result.rows, key=lambda row: row.usd_per_month or 0.0):
        if row.usd_per_month is not None:
            best.setdefault((row.gpu, row.gpu_count), row)
    return list(best.values())[:OFFERS]


def _name(row: Rented) -> str:
    at = row.break_even_months
    pays = "owning never pays off" if at is None else f"owning pays off in {at:.1f} months"
    return f"{row.offer}, {label(row.gpu, row.gpu_count)}: {pays}"


def _own(result: RentResult, months: float) -> float:
    hours = months * cost.DAYS_PER_MONTH * result.hours_per_day
    return (result.own_usd or 0.0) + hours * (result.own_usd_per_hour or 0.0)
