"""A plan on a terminal: the machine, why it, what else, and what is unknown."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rigwright.catalog.prices.ledger import between, in_its_money, money, price_words
from rigwright.plan.machine.results import ONE_HOST, Machined, Measured, PartLine, PlanResult
from rigwright.report.console import columns, console
from rigwright.report.text import prediction as said
from rigwright.report.text.findings import summary, table
from rigwright.spec.run import Run


def _price(line: PartLine) -> tuple[str, str]:
    if line.owned:
        return "owned", ""
    price = money(line.usd)
    if line.price_basis != "yours":
        price += f" ({between(line.price_low, line.price_high)})"
    return price, price_words(line, brief=True)


def bill(machine: Machined) -> Table:
    """The bill of materials with the date of every price."""
    out = columns("part", "", "price", "seen", right=("price",))
    for line in machine.parts:
        many = f"{line.count} x " if line.count > 1 else ""
        out.add_row(line.kind, many + escape(line.name), *_price(line))
    out.add_row("", "[bold]total[/]", f"[bold]{money(machine.usd)}[/]", "")
    return out


def _speed(out: Console, machine: Machined, run: Run) -> None:
    p = machine.prediction
    out.print(f"{said.speed_words(p)}; bound by {p.bound} ({said.largest(p.shares, 3)})")
    if p.users is not None:
        out.print(said.users_words(p.users, run))
    out.print(f"memory {said.memory_words(p, machine.vram_bytes)}: {memory_parts(machine)}")
    if machine.feed:
        out.print(machine.feed)
    told = []
    if machine.job_hours is not None:
        what = f" ({machine.job})" if machine.feed else ""
        told.append(f"one job takes {said.duration(machine.job_hours * 3600)}{what}")
    if machine.draw_w and machine.wall_w:
        told.append(
            f"draws {machine.draw_w:,.0f} W under load, {machine.wall_w:,.0f} W at the wall"
        )
    if told:
        out.print("; ".join(told))
    if machine.room:
        out.print(machine.room)


def memory_parts(machine: Machined) -> str:
    """``weights 34 %, activations 40 %``."""
    shares = machine.prediction.memory_shares
    total = sum(shares.values()) or 1.0
    return said.largest({k: v / total for k, v in shares.items()})


def frontier(result: PlanResult) -> Table:
    """Price against time; the choice is marked."""
    out = Table(box=None, pad_edge=False, header_style="bold")
    times: tuple[str, ...] = ("step", "throughput")
    if result.run.mode == "serve":
        times = ("first token", "per token", "throughput", "users held")
    for name in ("", "GPU", "price", *times, ""):
        out.add_column(name, justify="left" if name in ("", "GPU") else "right")
    unit = result.chosen.prediction.unit if result.chosen else "/s"
    for point in result.frontier:
        if point.usd is None or not (point.on_frontier or point.chosen):
            continue
        out.add_row(
            "[green]->[/]" if point.chosen else "",
            f"{point.gpu_count} x {escape(point.gpu)}", money(point.usd),
            *((said.duration(point.users.ttft_s),) if point.users else ()),
            said.duration(point.step_s),
            f"{point.throughput or 0:,.4g} {unit}",
            *((f"{point.users.users_max:,}",) if point.users else ()),
            said.joined(("above budget",) * (not point.within_budget) + point.changed),
        )  # fmt: skip
    return out


@in_its_money
def show(result: PlanResult) -> None:
    """The whole plan."""
    out = console()
    out.print(
        f"[bold]{escape(said.planned_words(result))}[/] for at most {said.budget_words(result)}, "
        f"as of {result.as_of}"
    )
    if result.chosen is None:
        _show_nothing(out, result)
        return
    m = result.chosen
    out.print(f"\n[bold green]{m.gpu_count} x {escape(m.gpu)}[/]  {escape(m.why)}\n")
    out.print(bill(m))
    if result.left is not None:
        out.print(f"{money(result.left.usd)} left: {escape(result.left.why)}", style="dim")
    _speed(out, m, result.run)
    out.print(f"[bold]Fit[/]: {summary(m.findings)}")
    out.print(f"[bold]next[/]: {escape(result.next_step)}\n")
    for words in m.sizes.words:
        out.print(words)
    out.print()
    out.print(table(m.findings, everything=False))
    out.print(f"\n[bold]Price against time[/] (cheapest machine for each choice; {ONE_HOST})")
    out.print(frontier(result))
    if result.alternatives:
        out.print("\n[bold]Next best[/]")
        for other in result.alternatives:
            out.print(
                f"  {other.gpu_count} x {escape(other.gpu)}: {money(other.usd)}, "
                f"{said.brief(other.prediction)}; {escape(other.why)}"
            )
    if result.if_measured is not None:
        _one_away(out, result.if_measured)
    for note in result.notes:
        out.print(f"note: {escape(note)}", style="dim")


def _one_away(out: Console, found: Measured) -> None:
    """The better machine that one missing fact keeps from being proven."""
    m = found.machine
    out.print(
        f"  [bold]one measurement away[/], {m.gpu_count} x {escape(m.gpu)}: {money(m.usd)}, "
        f"{said.brief(m.prediction)}; {escape(m.why)}\n    {escape(found.words)}"
    )


def _show_nothing(out: Console, result: PlanResult) -> None:
    out.print("\n[bold red]No machine meets these demands.[/]")
    for conflict in result.conflicts:
        out.print(f"  {escape(conflict)}")
    for change in result.changes:
        out.print(f"  {escape(change.what)}: {escape(change.helps)}")
    for note in result.notes:
        out.print(f"note: {escape(note)}", style="dim")
