"""Where several cards can sit: a search over slot positions, thickness and lane plans."""

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rigwright.fit.facts.bounds import most_of
from rigwright.spec.parts import Board, Slot

SLOT_TOLERANCE = 0.1  # of a 20.32 mm slot: "2.05 slots" still leaves the third opening free
CARD_LENGTH = 16  # a card needs a slot of x16 length
Plans = tuple[tuple[int, ...], ...]


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
    return _electrical(board.slots or (), board.lane_plans or (), count)


def _electrical(slots: tuple[Slot, ...], plans: Plans, count: int) -> Iterator[Placement]:
    usable = [i for i, slot in enumerate(slots) if slot.length >= CARD_LENGTH]
    usable.sort(key=lambda i: slots[i].position)
    for chosen in combinations(usable, count):
        for plan in plans:
            widths = tuple(plan[i] if i < len(plan) else 0 for i in chosen)
            if min(widths, default=0) > 0:
                yield Placement(tuple(slots[i] for i in chosen), widths)


def _stack(
    positions: tuple[int, ...], cards: tuple[tuple[int, int], ...], openings: int | None
) -> bool:
    """Whether cards (openings covered, openings kept free below) go into these positions."""
    if not positions:
        return True
    for size, gap in sorted(set(cards)):
        last = positions[0] + size - 1
        if len(positions) > 1 and last + gap >= positions[1]:
            continue
        if len(positions) == 1 and openings is not None and last > openings:
            continue
        left = list(cards)
        left.remove((size, gap))
        if _stack(positions[1:], tuple(left), openings):
            return True
    return False


def physical(
    board: Board, sizes: Sequence[int], openings: int | None, gaps: Sequence[int] = ()
) -> Placement | None:
    """The best placement where no card overlaps the next; None when there is none.

    sizes : slot openings each card covers.  openings : slot openings of the case, None = any.
    gaps : openings each card wants free before the next one; the lowest card needs none.
    """
    cards = tuple(zip(sizes, gaps or [0] * len(sizes), strict=True))
    return _best(board.slots or (), board.lane_plans or (), cards, openings)


@functools.lru_cache(maxsize=1 << 14)
def _best(
    slots: tuple[Slot, ...], plans: Plans, cards: tuple[tuple[int, int], ...], openings: int | None
) -> Placement | None:
    fitting = (
        p
        for p in _electrical(slots, plans, len(cards))
        if _stack(tuple(s.position for s in p.slots), cards, openings)
    )
    return max(fitting, key=lambda p: p.worth, default=None)


def long_slots(board: Board) -> int:
    """Slots that a card can sit in."""
    return sum(slot.length >= CARD_LENGTH for slot in board.slots or ())


def surely_fed(long: int) -> int:
    """Of some long slots, how many have lanes at the same time in some plan of any board."""
    return long if long <= most_of("long slots that one plan feeds together") else long - 1


def positions_known(board: Board) -> bool:
    """Slot 0 stands for a position nobody has read; lane plans must be there, too."""
    return (
        bool(board.slots)
        and bool(board.lane_plans)
        and all(slot.position > 0 for slot in board.slots or ())
    )
