"""Owning against renting over the months: money spent, and where the lines cross."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rigwright import cost
from rigwright.report.charts.frontier import label
from rigwright.report.charts.palette import LIGHT, SERIES

if TYPE_CHECKING:
    from rigwright.plan.money.results import Rented, RentResult

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
    rows += [(_name(row), m, _rent(result, row) * m) for row in offers for m in range(months + 1)]
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
    for row in result.rows:
        if row.fits and row.relative_speed:
            known = best.setdefault((row.gpu, row.gpu_count), row)
            if _rent(result, row) < _rent(result, known):
                best[row.gpu, row.gpu_count] = row
    return sorted(best.values(), key=lambda row: _rent(result, row))[:OFFERS]


def _name(row: Rented) -> str:
    at = row.break_even_months
    pays = "owning never pays off" if at is None else f"owning pays off in {at:.1f} months"
    return f"{row.offer}, {label(row.gpu, row.gpu_count)}: {pays}"


def _own(result: RentResult, months: float | None) -> float:
    hours = (months or 0.0) * cost.DAYS_PER_MONTH * result.hours_per_day
    return result.own_usd + hours * result.own_usd_per_hour


def _rent(result: RentResult, row: Rented) -> float:
    """USD a month for the work that the owned machine does in it."""
    hours = cost.DAYS_PER_MONTH * result.hours_per_day
    return hours * row.usd_per_hour / (row.relative_speed or 1.0)
