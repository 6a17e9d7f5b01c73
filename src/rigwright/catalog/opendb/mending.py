"""One raw record -> one trusted part, with a note for every value that was mended or distrusted."""

from collections.abc import Callable
from typing import Any

from rigwright.catalog.names.twins import telling
from rigwright.catalog.opendb.common import common
from rigwright.catalog.opendb.mend import board, card, housing, memory, processor
from rigwright.catalog.opendb.mend.card import Chips
from rigwright.catalog.opendb.record import Record, RefusedError
from rigwright.spec.parts import PART_TYPES, Part

_FACTS: dict[str, Callable[[Record], dict[str, Any]]] = {
    "cpu": processor.cpu, "board": board.board, "ram": memory.ram, "drive": memory.drive,
    "psu": housing.psu, "case": housing.case, "cooler": housing.cooler,
}  # fmt: skip
# Without these a record says too little to be a part of its kind.
NEEDED = telling("needed")
TYPES = {t.kind: t for t in PART_TYPES}


def mend(record: Record, chips: Chips) -> Part:
    """The part. Raises RefusedError when the record lacks what makes a part of its kind."""
    facts = card.card(record, chips) if record.kind == "card" else _FACTS[record.kind](record)
    part = TYPES[record.kind](**facts, **common(record))
    for fact in NEEDED[record.kind]:
        if facts[fact] in (None, ""):
            rules = [n.rule for n in record.notes if n.field == fact and n.action == "distrusted"]
            raise RefusedError(f"says nothing on {fact}" + (f" ({rules[0]})" if rules else ""))
    return part
