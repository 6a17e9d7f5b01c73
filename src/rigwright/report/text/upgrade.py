"""An upgrade on a terminal: what to buy, what goes, what it gains, what else."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rigwright.catalog.prices.ledger import in_its_money, money, price_words
from rigwright.plan.machine.results import Upgrade, UpgradeResult
from rigwright.report.console import columns, console
from rigwright.report.text import prediction as said
from rigwright.report.text.findings import summary, table

SHOWN = 2.5
"""Dearer steps than this many budgets are left to --json."""


def gpus(count: int, name: str) -> str:
    """``2 x GeForce RTX 3090``."""
    return (f"{count} x " if count > 1 else "") + name


def gain(found: Upgrade) -> str:
    """``3.4 x as fast``, or that what does not fit today fits."""
    words = f"{found.speedup:.2g} x as fast" if found.speedup else "now fits"
    return words + (f" with {said.joined(found.changed)}" if found.changed else "")


def _swap(out: Console, found: Upgrade) -> None:
    for line in found.buy:
        many = f"{line.count} x " if line.count > 1 else ""
        price = f"{money(line.usd)} ({price_words(line)})"
        out.print(f"  buy       {line.kind:7}{many}{escape(line.name)}  {price}")
    for part in found.take_out:
        worth = "used price not known" if part.resale_usd is None else f"-{money(part.resale_usd)}"
        out.print(f"  take out  {part.kind:7}{escape(part.name)}  {worth}")
    if found.resale_usd:
        out.print(f"  net       {money(found.net_usd)} once what is taken out is sold")


def _whole(out: Console, found: Upgrade, style: str, words: str) -> None:
    p = found.prediction
    out.print(
        f"\n[{style}]{escape(gpus(found.gpu_count, found.gpu))}[/] for {money(found.usd)}: "
        f"{gain(found)}{words}"
    )
    _swap(out, found)
    out.print(f"{said.speed_words(p)}; memory {said.memory_words(p, found.vram_bytes)}")
    if found.job_hours is not None:
        out.print(f"one job takes {said.duration(found.job_hours * 3600)}")
    for words in found.sizes.words:
        out.print(words)
    out.print(f"[bold]Fit[/]: {summary(found.findings)}")
    out.print(table(found.findings, everything=False))


@in_its_money
def show(result: UpgradeResult) -> None:
    """The whole answer."""
    out = console()
    today = result.today
    p = today.prediction
    out.print(
        f"[bold]{escape(result.build)}[/]: {escape(said.run_words(result.run))}, at most "
        f"{money(result.budget_usd)} for new parts, as of {result.as_of}"
    )
    now = said.speed_words(p) if p.fits else "does not fit"
    out.print(
        f"today: {escape(gpus(today.gpu_count, today.gpu))}, {now}; "
        f"memory {said.memory_words(p, today.vram_bytes)}"
    )
    if today.feed:
        out.print(escape(today.feed))
    if result.chosen is not None:
        _whole(out, result.chosen, "bold green", "")
    else:
        out.print("\n[bold red]Nothing that is proven to fit gains 3 % or more.[/]")
    if result.if_measured is not None:
        _whole(out, result.if_measured, "bold", ", if what is unknown below turns out well")
    if result.steps:
        out.print("\n[bold]Price against gain[/] (cheapest swap for each)")
        out.print(_steps(result))
    for note in result.notes:
        out.print(f"note: {escape(note)}", style="dim")


def _steps(result: UpgradeResult) -> Table:
    out = columns("", "GPU", "price", "step", "gain", "parts to buy", "", right=("price", "step"))
    for found in result.steps:
        if found.usd > SHOWN * result.budget_usd:
            continue
        out.add_row(
            "[green]->[/]" if found is result.chosen else "",
            escape(gpus(found.gpu_count, found.gpu)), money(found.usd),
            said.brief(found.prediction), gain(found), ", ".join(line.kind for line in found.buy),
            "" if found.usd <= result.budget_usd else "above budget",
        )  # fmt: skip
    return out
