"""Where several cards can sit: a search over slot positions, thickness and lane plans."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rigwright.spec.parts import Board, Slot

SLOT_TOLERANCE = 0.1  # of a 20.32 mm slot: "2.05 slots" still leaves the third opening free
CARD_LENGTH = 16  # a card needs a slot of x16 length


def slots_taken(thickness: float) -> int:
    """Whole slot openings a card covers."""
    return max(1, math.ceil(thickness - SLOT_TOLERANCE - 1e-9))


@dataclass(frozen=True, slots=True)
class Placement:
    """Slots used, from the top, and the electrical width of each."""

    slots: tuple[Slot, ...]
    widths: tuple[int, ...]

    @property
    def worth(self) -> tuple[int, int]:
        """Widest narrowest link first, then the most lanes."""
        return min(self.widths, default=0), sum(self.widths)


def electrical(board: Board, count: int) -> Iterator[Placement]:
    """Every way to give ``count`` cards a slot with lanes; positions not looked at."""
    slots = board.slots or ()
    usable = [i for i, slot in enumerate(slots) if slot.length >= CARD_LENGTH]
    for chosen in combinations(usable, count):
        for plan in board.lane_plans or ():
            widths = tuple(plan[i] if i < len(plan) else 0 for i in chosen)
            if min(widths, default=0) > 0:
                yield Placement(tuple(slots[i] for i in chosen), widths)


def _stack(positions: tuple[int, ...], sizes: tuple[int, ...], openings: int | None) -> bool:
    """Whether cards of these sizes (slots each) go into these positions in some order."""
    if not positions:
        return True
    end = positions[1] if len(positions) > 1 else None
    for size in sorted(set(sizes)):
        last = positions[0] + size - 1
        if end is not None and last >= end:
            return False
        if end is None and openings is not None and last > openings:
            return False
        left = list(sizes)
        left.remove(size)
        if _stack(positions[1:], tuple(left), openings):
            return True
    return False


def physical(board: Board, sizes: Sequence[int], openings: int | None) -> Placement | None:
    """The best placement where no card overlaps the next; None when there is none.

    sizes : slot openings each card covers.  openings : slot openings of the case, None = any.
    """
    fitting = (
        p
        for p in electrical(board, len(sizes))
        if _stack(tuple(s.position for s in p.slots), tuple(sizes), openings)
    )
    return max(fitting, key=lambda p: p.worth, default=None)


def positions_known(board: Board) -> bool:
    """Slot 0 stands for a position nobody has read; lane plans must be there, too."""
    return bool(board.slots) and bool(board.lane_plans) and all(
        slot.position > 0 for slot in board.slots or ()
    )
