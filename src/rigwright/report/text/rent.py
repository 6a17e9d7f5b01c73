"""Owning against renting on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from rigwright.report.console import columns, console
from rigwright.report.text.prediction import duration

if TYPE_CHECKING:
    from rigwright.plan.money.results import Rented, RentResult


def _break_even(row: Rented) -> tuple[str, str, str]:
    if row.break_even_h is None:
        return "never", "", escape(row.why)
    clock = "" if row.break_even_clock_h is None else f"{row.break_even_clock_h:,.0f} h"
    months = row.break_even_months
    return f"{row.break_even_h:,.0f} h", f"{months:.1f}" if months is not None else "", clock


def show(result: RentResult) -> None:
    """Every offer against the owned machine."""
    out = console()
    out.print(
        f"[bold]{escape(result.own)}[/]: ${result.own_usd:,.0f} of parts, "
        f"{result.own_draw_w:,.0f} W at the wall, ${result.own_usd_per_hour:.3f}/h electricity at "
        f"${result.usd_per_kwh:.3f}/kWh ({escape(result.usd_per_kwh_source)}), "
        f"{result.hours_per_day:g} h a day"
    )
    if result.own_usd_per_job is not None:
        out.print(f"one job costs ${result.own_usd_per_job:,.2f} on it (electricity and wear)")
    heads = ("USD/h", "seen", "step", "speed", "USD/job", "break-even", "months")
    table = columns("offer", "GPU", *heads, "hour for hour", right=heads)
    for row in result.rows:
        hours, months, clock = _break_even(row)
        table.add_row(
            escape(row.offer),
            f"{row.gpu_count} x {escape(row.gpu)}",
            f"{row.usd_per_hour:.3f}",
            str(row.date),
            duration(row.step_s) if row.fits else "does not fit",
            "" if row.relative_speed is None else f"{row.relative_speed:.2f} x",
            "" if row.usd_per_job is None else f"{row.usd_per_job:,.2f}",
            hours,
            months,
            clock,
        )
    out.print(table)
    for note in result.notes:
        out.print(f"note: {escape(note)}", style="dim")
