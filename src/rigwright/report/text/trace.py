"""A traced model on a terminal: its operations by kind, what is unknown, what was assumed."""

import contextlib
from collections.abc import Callable, Iterator

from rich.markup import escape

from rigwright.plan.speed.results import Traced
from rigwright.report.console import columns, console

_UNITS = ("", "k", "M", "G", "T", "P", "E")


def scaled(value: float, unit: str) -> str:
    """``24.5 GFLOP``, ``310 MB``: three digits with a decimal prefix."""
    power = 0
    while value >= 999.5 and power < len(_UNITS) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.3g} {_UNITS[power]}{unit}"


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error that says what is being done; silent in a pipe."""
    err = console(stderr=True)
    if not err.is_terminal:
        yield lambda _: None
        return
    with err.status("starting") as status:
        yield lambda text: status.update(escape(text))


def _of(result: Traced) -> str:
    words = [f"batch {result.batch}"]
    if result.img_size:
        words.append(f"{result.img_size} px")
    if result.seq_len:
        words.append(f"{result.seq_len} tokens" + (" (this length only)" * result.fixed_seq))
    return ", ".join([*words, result.precision])


def show(result: Traced) -> None:
    """Table by kind, totals, unknown operations, assumptions, where the file is."""
    out = console()
    origin = "traced" if result.traced else "embedded list"
    frozen = result.parameters - result.trainable
    weights = scaled(result.parameters, "") + " parameters"
    weights += f" ({scaled(frozen, '')} frozen)" if frozen else ""
    out.print(f"[bold]{escape(result.model)}[/] ({origin}): {weights}; one step of {_of(result)}")
    heads = ("forward", "backward", "FLOP", "share", "memory traffic", "share")
    table = columns("kind", *heads, right=heads)
    for row in result.kinds:
        table.add_row(
            "unknown" if row.kind == "other" else row.kind.replace("_", " "),
            f"{row.forward:,}" if row.forward else "",
            f"{row.backward:,}" if row.backward else "",
            scaled(row.flop, "FLOP") if row.flop else "",
            f"{row.flop / result.flop:.0%}" if row.flop else "",
            scaled(row.traffic_bytes, "B"),
            f"{row.traffic_bytes / result.traffic_bytes:.0%}" if result.traffic_bytes else "",
        )
    out.print(table)
    out.print(
        f"{result.operations:,} operations, {scaled(result.flop, 'FLOP')}, "
        f"{scaled(result.traffic_bytes, 'B')} moved, "
        f"{scaled(result.kept_bytes, 'B')} kept for backward"
    )
    for unknown in result.unknown:
        out.print(
            f"[yellow]unknown[/] {escape(unknown.name)}: {unknown.count:,} times, "
            f"{unknown.traffic_share:.1%} of traffic; costed as memory traffic, wider range"
        )
    for line in result.assumptions:
        out.print(f"[yellow]assumed[/] {escape(line)}", soft_wrap=True)
    if result.file:
        out.print(f"written to {escape(result.file)}: give it to predict or compare as the model")
