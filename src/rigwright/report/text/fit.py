"""Whether a run fits, on a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rigwright.plan.memory.results import CardMemory, FitResult, Limit, SmallestVram, Way
from rigwright.report.console import columns, console
from rigwright.report.text.prediction import GIB, duration, gib, many, run_words, users_words
from rigwright.spec.run import Run

COLOURS = {"fits": "green", "tight": "yellow", "too small": "red"}
BAR = 24


def percent(chance: float) -> str:
    """``97 %``; never 0 or 100: nobody is that sure."""
    return f"{min(max(100 * chance, 1), 99):.0f} %"


def show(result: FitResult) -> None:
    """Every card of one question."""
    out = console()
    out.print(f"[bold]{escape(run_words(result.run))}[/]")
    for card in result.cards:
        out.print()
        _card(out, card, result.run)


def _card(out: Console, card: CardMemory, run: Run) -> None:
    colour = COLOURS[card.verdict]
    out.print(
        f"{many(card.gpu_count)}[bold]{escape(card.gpu)}[/], {gib(card.vram_bytes)}: "
        f"[{colour}]{card.verdict}[/], chance {percent(card.chance)}, {margin(card.margin_bytes)}"
    )
    grid = Table.grid(padding=(0, 2))
    low, high = gib(card.low_bytes), gib(card.high_bytes)
    each = " on each" if card.gpu_count > 1 else ""
    grid.add_row(
        "needs",
        f"{gib(card.memory_bytes)}{each} (80 % range {low} to {high}) of "
        f"{gib(card.usable_bytes)} that a process can have",
    )
    grid.add_row("peak at", escape(card.moment))
    _shares(grid, card.shares)
    if card.users is None:
        grid.add_row("largest batch", _limit(card.largest_batch) + " in one pass")
    else:
        grid.add_row("users", users_words(card.users, run))
    if card.largest_seq_len is not None:
        grid.add_row("longest input", _limit(card.largest_seq_len, " tokens"))
    grid.add_row("step", f"{duration(card.step_s)}{'' if card.chance > 0.5 else ', if it fitted'}")
    if card.job_hours is not None:
        grid.add_row("job", f"{duration(card.job_hours * 3600)}: {escape(card.job)}")
    grid.add_row("chance from", escape(card.chance_from))
    for note in card.notes:
        grid.add_row("note", escape(note))
    out.print(grid)
    if card.ways:
        _ways(out, card.ways)
    elif card.verdict != "fits":
        out.print("no change that is known here makes it fit: a smaller model or a larger card")


def amount(size: float) -> str:
    """``1.2 GiB``, ``46 MiB``."""
    return gib(size) if size >= 0.1 * GIB else f"{size / GIB * 1024:.0f} MiB"


def _shares(grid: Table, shares: dict[str, float]) -> None:
    total = sum(shares.values()) or 1.0
    title = "made of"
    for name, size in sorted(shares.items(), key=lambda kv: -kv[1]):
        bar = "#" * round(BAR * size / total)
        grid.add_row(title, f"{name:<16} {amount(size):>10} {size / total:>5.0%}  {bar}")
        title = ""


def margin(size: float) -> str:
    """``1.2 GiB to spare`` or ``0.7 GiB too much``."""
    return f"{gib(size)} to spare" if size >= 0 else f"{gib(-size)} too much"


def _limit(limit: Limit, unit: str = "") -> str:
    if limit.value is None:
        return f"not even 1{unit}"
    words = {"memory": "", "model": " (the model's own limit)", "": " or more"}
    return f"{limit.value:,}{unit}{words[limit.bound]}"


def _ways(out: Console, ways: tuple[Way, ...]) -> None:
    out.print("what makes it fit, fastest first:")
    table = columns(
        "change", "memory", "to spare", "chance", "step", "of the original", left=("change",)
    )
    for way in ways:
        words = " + ".join(way.changes)
        if way.host_bytes:
            words += f" ({gib(way.host_bytes)} of host memory)"
        sizes = gib(way.memory_bytes), gib(way.margin_bytes), percent(way.chance)
        step = duration(way.step_s), f"{way.relative_step:.2f} x"
        table.add_row(escape(words + ("" if way.exact else " *")), *sizes, *step)
    out.print(table)
    if not all(way.exact for way in ways):
        out.print("* not all weights are trained, or they are rounded: not the same result")


def show_smallest(result: SmallestVram) -> None:
    """The least memory for a run."""
    out, count = console(), result.gpu_count
    out.print(f"[bold]{escape(run_words(result.run))}[/]")
    each = f" on each of {count} cards" if count > 1 else ""
    out.print(
        f"needs a card with [bold]{gib(result.vram_bytes)}[/]{each}: {gib(result.memory_bytes)} at "
        "the peak, room for the error of prediction, and what the driver keeps"
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_row("peak at", escape(result.moment))
    _shares(grid, result.shares)
    grid.add_row("error from", escape(result.chance_from))
    out.print(grid)
    _carriers(out, result)
    if result.lighter:
        out.print("with less memory:")
        table = Table.grid(padding=(0, 2))
        for answer in sorted(result.lighter, key=lambda a: -a.vram_bytes):
            table.add_row(gib(answer.vram_bytes), escape(" + ".join(answer.changes)))
        out.print(table)


def _carriers(out: Console, result: SmallestVram) -> None:
    if result.smallest_bytes is None:
        out.print("no chip of the catalogue has that")
        return
    out.print(
        f"the smallest chip that holds it has {gib(result.smallest_bytes)}; cheapest, prices up to "
        f"{result.as_of}:"
    )
    table = columns("GPU", "VRAM", "needs", "chance", "step", "price", left=("GPU",))
    for row in result.carriers:
        used = "used, " if row.usd_condition == "used" else ""
        when = row.usd_date or "estimated"
        price = "no price" if row.usd is None else f"${row.usd:,.0f} ({used}{when})"
        sizes = gib(row.vram_bytes), gib(row.memory_bytes)
        chance, step = percent(row.chance), duration(row.step_s)
        table.add_row(escape(many(row.gpu_count) + row.gpu), *sizes, chance, step, price)
    out.print(table)
