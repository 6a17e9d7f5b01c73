"""What a GPU process may hold: of memory shared with the processor, and where ECC takes a part."""

from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.parts import Chip
from rigwright.spec.tables.table import table

TABLE = Path(__file__).parents[1] / "data" / "unified_memory.csv"


@dataclass(frozen=True, slots=True)
class Share:
    """A system's rule.

    of : id of a chip, or a maker for all of its chips that share memory.
    from_gib : memory from which it holds.
    share : part that a GPU process may hold.  words : what to tell of it.
    """

    of: str
    from_gib: float
    share: float
    words: str


def share_of(chip: Chip) -> Share | None:
    """The rule for a chip; None where all of it is seen, or nothing is known."""
    size = chip.vram_bytes / 2**30
    rows = [row for row in table(Share, TABLE) if row.from_gib <= size]
    known = [r for r in rows if r.of == chip.id]
    known = known or [r for r in rows if r.of == chip.vendor and chip.unified_memory]
    return max(known, key=lambda row: row.from_gib, default=None)


def usable_bytes(chip: Chip) -> float:
    """Memory that a GPU process can hold. [B]"""
    rule = share_of(chip)
    return chip.vram_bytes * (rule.share if rule else 1.0)


def told(chip: Chip) -> tuple[str, ...]:
    """What the reader should know of it."""
    rule = share_of(chip)
    return (rule.words.format(share=f"{rule.share:.0%}"),) if rule else ()
