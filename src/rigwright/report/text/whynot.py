"""Why not these cards or this part, on a terminal."""

from rich.markup import escape

from rigwright.catalog.prices.ledger import in_its_money, money
from rigwright.plan.machine.results import WhyNot
from rigwright.report.console import console
from rigwright.report.text.prediction import budget_words, duration, joined, run_words


@in_its_money
def show(answer: WhyNot) -> None:
    """What is asked, what speaks against it, its price and speed, what makes it possible."""
    out = console()
    out.print(
        f"[bold]{escape(run_words(answer.run))}[/] for at most {budget_words(answer)}, "
        f"as of {answer.as_of}\n"
    )
    word = "is what is planned" if answer.chosen else "is not what is planned"
    out.print(f"[bold]{escape(answer.name)}[/] {word}")
    for why in answer.why:
        out.print(f"  {escape(why)}")
    with_ = f", with {escape(joined(answer.changed))}" if answer.changed else ""
    if answer.usd is not None:
        out.print(f"its cheapest machine: {money(answer.usd)}, a step of {_speed(answer)}{with_}")
    elif answer.step_s is not None:
        out.print(f"predicted: a step of {_speed(answer)}{with_}")
    if answer.instead and not answer.chosen and answer.instead_usd is not None:
        out.print(f"planned: {escape(answer.instead)}, {money(answer.instead_usd)}")
    if answer.changes:
        out.print("what makes it possible:")
    for change in answer.changes:
        out.print(f"  {escape(change.what)}: {escape(change.helps)}")


def _speed(answer: WhyNot) -> str:
    if answer.relative_step is None or answer.chosen:
        return duration(answer.step_s)
    return f"{duration(answer.step_s)} ({answer.relative_step:.2f} x as long as planned)"
