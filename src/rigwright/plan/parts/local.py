"""What a plan costs where its owner lives: in the currency asked, with the country's tax."""

from collections.abc import Iterator

from rigwright.catalog.prices.ledger import money
from rigwright.catalog.prices.rates import USD
from rigwright.plan.ask.goal import Goal
from rigwright.spec.tables.countries import country


def local_notes(goal: Goal, usd: float | None) -> Iterator[str]:
    """Notes on a machine of ``usd``, or on the budget alone without one."""
    unit, place = goal.money, country(goal.site.country)
    tax, included = goal.tax(), goal.budget.tax == "included"
    if unit.currency != USD:
        machine = "" if usd is None else f", the machine ${usd:,.0f}"
        rate = f"1 {unit.currency} is ${unit.usd:.4g} ({unit.date})"
        yield f"prices are seen in USD; {rate}: the budget is ${goal.budget.usd:,.0f}{machine}"
    if tax is None or not (included or tax.share):
        return
    name = tax.name if goal.budget.tax_rate is not None else f"{tax.name} of {place.name}"
    total = "" if usd is None else f"{money(usd * (1 + tax.share))} with it"
    if included:
        machine = f"; the machine: {total}" if total else ""
        yield (
            f"the budget includes {name}, {tax.share * 100:.4g} %: "
            f"{money(goal.parts_usd)} for parts before it{machine}"
        )
    else:
        yield f"{name} adds {tax.share * 100:.4g} %{': ' + total if total else ''}"
