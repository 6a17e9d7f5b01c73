"""The rule table, in the order a builder thinks: processor, memory, cooling, case, cards, power."""

from rigwright.fit.rules import (
    completeness,
    cooling,
    enclosure,
    memory,
    plugs,
    power,
    processor,
    slots,
    storage,
    tray,
)
from rigwright.spec.rule import Rule

FAMILIES = (completeness, processor, memory, cooling, tray, enclosure, slots, power, plugs, storage)

RULES: tuple[Rule, ...] = tuple(
    thing for family in FAMILIES for thing in vars(family).values() if isinstance(thing, Rule)
)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
