"""Owning against renting on a terminal."""

from rich.markup import escape

from rigwright.catalog.prices.ledger import amount, in_its_money, money, unit
from rigwright.plan.money.results import Rented, RentResult
from rigwright.plan.money.tokens import words
from rigwright.report.console import columns, console
from rigwright.report.text.prediction import duration


def _break_even(row: Rented) -> tuple[str, str, str]:
    if row.break_even_h is None:
        return "never" if row.relative_speed else "", "", escape(row.why)
    ends = (row.break_even_months_low, row.break_even_months, row.break_even_months_high)
    low, months, high = ("never" if m is None else f"{m:.1f}" for m in ends)
    clock = "" if row.break_even_clock_h is None else f"{row.break_even_clock_h:,.0f} h"
    return f"{row.break_even_h:,.0f} h", f"{months} ({low}-{high})", clock


@in_its_money
def show(result: RentResult) -> None:
    """The answer, the owned machine, every offer against it."""
    out = console()
    out.print(f"[bold]{escape(result.answer)}[/]")
    out.print(escape(result.own))
    if result.own_usd is not None:
        hour, kwh = money(result.own_usd_per_hour, 3), money(result.usd_per_kwh, 3)
        out.print(
            f"{money(result.own_usd)} of parts, {result.own_draw_w:,.0f} W at the wall at work, "
            f"{hour}/h electricity at {kwh}/kWh ({escape(result.usd_per_kwh_source)}), "
            f"{result.hours_per_day:g} h a day"
        )
    if result.own_usd_per_job is not None:
        job = f"{result.own_job_hours:,.3g} h and {money(result.own_usd_per_job, 2)}"
        out.print(f"one job on it: {job} (electricity, the parts over the months they are kept)")
    if result.own_usd_per_mtok is not None:
        mine = money(result.own_usd_per_mtok, 2)
        out.print(f"tokens of it: {mine} a million tokens written, all of its hours used")
    for api in result.apis:
        out.print(f"tokens by API: {escape(words(api))} (seen {api.date})")
    cost = unit().currency
    heads = (f"{cost}/h", "seen", "speed", "h/job", f"{cost}/job", "break-even", "months")
    table = columns("offer", "GPU", *heads, "hour for hour", right=heads)
    for row in result.rows:
        table.add_row(
            escape(row.offer) + (" spot" if row.tier == "spot" else ""),
            f"{row.gpu_count} x {escape(row.gpu)}", amount(row.usd_per_hour, 3), str(row.date),
            "" if row.relative_speed is None else f"{row.relative_speed:.2f} x",
            duration(row.step_s) + "/step" if row.job_hours is None else f"{row.job_hours:,.3g}",
            "" if row.usd_per_job is None else amount(row.usd_per_job, 2), *_break_even(row),
        )  # fmt: skip
    out.print(table)
    for note in result.notes:
        out.print(f"note: {escape(note)}", style="dim")
