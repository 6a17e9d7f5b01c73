"""Lines of money: price against speed, and owning against renting over the months."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rigwright import cost
from rigwright.catalog.prices.ledger import in_its_money
from rigwright.catalog.prices.ledger import money as said
from rigwright.plan.machine.results import PlanResult, Point
from rigwright.plan.money.results import Rented, RentResult
from rigwright.report.charts import theme
from rigwright.report.charts.palette import LIGHT, SERIES
from rigwright.report.charts.theme import Chart, chart
from rigwright.report.text.prediction import ONE_HOST, many, run_words


def _kind(point: Point) -> str:
    if point.chosen:
        return "chosen"
    if not point.within_budget:
        return "above budget"
    return "frontier" if point.on_frontier else "beaten by another"


@in_its_money
def frontier(result: PlanResult, link: Callable[[Point], str] | None = None) -> Chart:
    """Price against throughput of every (chip, count) that carries the workload.

    link : where the dot of a choice leads; dots lead nowhere without.
    """
    unit = result.chosen.prediction.unit if result.chosen else "items/s"
    unit_usd, currency = result.money.usd, result.money.currency
    rows = [
        {
            "label": label(p.gpu, p.gpu_count), "usd": p.usd / unit_usd, "throughput": p.throughput,
            "kind": _kind(p), "line": p.on_frontier, "url": link(p) if link else None,
            "said": f"{p.gpu_count} x {p.gpu}: {said(p.usd)}, {p.throughput:,.4g} {unit}",
        }
        for p in result.frontier
        if p.usd is not None and p.throughput is not None and p.usd <= 2.5 * result.budget_usd
    ]  # fmt: skip
    _place_labels(rows)
    day, most = f"cheapest machine for each GPU choice, as of {result.as_of}", result.budget_usd
    return chart(
        "frontier", rows=rows, span=_span(rows), budget=most / unit_usd,
        currency=currency, unit=unit, linked=link is not None,
        title=f"Price against speed: {run_words(result.run)}",
        subtitle=[f"{day}; dashed: budget {said(most)}", ONE_HOST],
    )  # fmt: skip


def _span(rows: list[dict[str, Any]]) -> list[float]:
    """The price axis: room for a name left of the cheapest machine, never below nothing."""
    prices = [row["usd"] for row in rows]
    low, high = min(prices, default=0.0), max(prices, default=1.0)
    return [max(0.0, low - 0.3 * (high - low)), high + 0.06 * (high - low)]


def label(gpu: str, count: int) -> str:
    """``2 x RTX 3090``: short enough to stand in a chart."""
    return many(count) + gpu.removeprefix("GeForce ").removeprefix("Radeon ")


def _place_labels(rows: list[dict[str, Any]]) -> None:
    """A name goes above its point when the one before it is near: names must not touch."""
    last, span = -1e9, max((r["usd"] for r in rows), default=1.0)
    above = False
    for row in sorted((r for r in rows if r["line"]), key=lambda r: r["usd"]):
        above = not above if row["usd"] - last < 0.12 * span else False
        row["above"], last = above, row["usd"]


def save_frontier(result: PlanResult, path: Path) -> None:
    """The frontier of a plan as a picture."""
    theme.save(frontier(result), path)


OFFERS = 4
MONTHS = 36


def money(result: RentResult) -> Chart | None:
    """Spent so far on the machine, and on each offer that does the same work; None without any.

    Of several regions and machines with the same GPUs the cheapest is drawn.
    """
    offers = _drawn(result)
    if not offers:
        return None
    owned = f"own: {result.own}"
    paid = [row.break_even_months for row in offers if row.break_even_months is not None]
    unit, currency = result.money.usd, result.money.currency
    months = min(MONTHS, max(6, math.ceil(2.5 * max(paid, default=MONTHS))))
    names = [owned, *(_name(row) for row in offers)]
    top = 2.5 * _own(result, months)
    rows = [(owned, m, _own(result, m)) for m in range(months + 1)]
    rows += [
        (_name(row), m, (row.usd_per_month or 0.0) * m) for row in offers for m in range(months + 1)
    ]
    return chart(
        "money", names=names, months=months, top=top / unit,
        hours=f"{result.hours_per_day:g}", currency=currency,
        points=[{"who": who, "month": m, "usd": usd / unit} for who, m, usd in rows if usd <= top],
        crossings=[{"month": at, "usd": _own(result, at) / unit} for at in paid if at <= months],
        range=[LIGHT[name] for name in ("vermillion", *SERIES)][: len(names)],
    )  # fmt: skip


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
