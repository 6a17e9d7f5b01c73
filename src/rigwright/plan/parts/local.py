"""What a plan costs where its owner lives: in the currency asked, with the country's tax."""

from collections.abc import Iterator

from rigwright.catalog.source import rate
from rigwright.plan.ask.goal import Goal
from rigwright.spec.tables.countries import country


def local_notes(goal: Goal, usd: float | None) -> Iterator[str]:
    """Notes on a machine of ``usd``, or on the budget alone without one."""
    unit, place = rate(goal.budget.currency, goal.as_of), country(goal.site.country)
    tax, included = goal.tax(), goal.budget.tax == "included"
    foreign = goal.budget.amount is not None and unit.currency != "USD"

    def words(amount: float) -> str:
        own = f"{amount / unit.usd:,.0f} {unit.currency}, " if foreign else ""
        return f"{own}${amount:,.0f}"

    if foreign:
        machine = "" if usd is None else f"; the machine: {words(usd)}"
        yield f"the budget: {words(goal.budget.usd)} (at ${unit.usd:.4g} of {unit.date}){machine}"
    if tax is None or not (included or tax.share):
        return
    name = tax.name if goal.budget.tax_rate is not None else f"{tax.name} of {place.name}"
    total = "" if usd is None else f"{words(usd * (1 + tax.share))} with it"
    if included:
        machine = f"; the machine: {total}" if total else ""
        yield (
            f"the budget includes {name}, {tax.share * 100:.4g} %: "
            f"{words(goal.parts_usd)} for parts before it{machine}"
        )
    else:
        yield f"{name} adds {tax.share * 100:.4g} %{': ' + total if total else ''}"
