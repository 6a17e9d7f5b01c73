"""Where cards and radiator go when the rules say they fit: for the drawing and the guide."""

from itertools import permutations

from rigwright.fit.answer import positive
from rigwright.fit.facts import placement
from rigwright.fit.facts.radiators import Radiator, mounts, takes
from rigwright.fit.rules.slots import HOT_CARD_W
from rigwright.spec.build import Build

ORDER = ("top", "front", "side", "bottom", "rear")
"""Where a radiator is best: air out at the top, else fresh air from the front."""


def seats(build: Build) -> tuple[tuple[int, int], ...]:
    """(slot position, lanes) of each card, in the order of ``build.cards``; empty = not known.

    The placement with the widest links is taken, with a free slot under hot open cards where there
    is one; which of several different cards sits where follows from what fits.
    """
    board, cards = build.board, build.cards
    if board is None or not cards or not placement.positions_known(board):
        return ()
    thick = [positive(card.thickness_slots) for card in cards]
    if len(cards) == 1:
        best = max(placement.electrical(board, 1), key=lambda p: p.worth, default=None)
        return () if best is None else ((best.slots[0].position, best.widths[0]),)
    openings = positive(build.case.expansion_slots) if build.case else None
    sizes = [placement.slots_taken(t) for t in thick if t is not None]
    if len(sizes) < len(thick) or len(cards) > 8:
        return ()
    hot = [int(c.cooling == "open" and (c.power_limit_w or 0) >= HOT_CARD_W) for c in cards]
    room = int(openings) if openings else None
    best = placement.physical(board, sizes, room, hot) or placement.physical(board, sizes, room)
    return () if best is None else _assigned(best, sizes, hot, room)


def _assigned(
    best: placement.Placement, sizes: list[int], hot: list[int], openings: int | None
) -> tuple[tuple[int, int], ...]:
    """Which card takes which slot of a placement that is known to exist."""
    starts = [slot.position for slot in best.slots]
    for gaps in (hot, [0] * len(sizes)):
        tried: set[tuple[tuple[int, int], ...]] = set()
        for order in permutations(range(len(sizes))):
            shape = tuple((sizes[i], gaps[i]) for i in order)
            if shape in tried:
                continue
            tried.add(shape)
            ends = [start + size - 1 for start, (size, _) in zip(starts, shape, strict=True)]
            apart = all(ends[k] + shape[k][1] < starts[k + 1] for k in range(len(starts) - 1)) and (
                openings is None or ends[-1] <= openings
            )
            if apart:
                where = {card: k for k, card in enumerate(order)}
                return tuple((starts[where[i]], best.widths[where[i]]) for i in range(len(sizes)))
    return ()


def radiator_place(build: Build) -> str | None:
    """Place of the case that surely takes the processor's radiator; None = none or not known."""
    cooler, case = build.cooler, build.case
    if cooler is None or cooler.type != "liquid" or case is None or not case.radiators:
        return None
    size = positive(cooler.radiator_mm)
    if size is None:
        return None
    for place in ORDER:
        listed = [r for r in case.radiators if r.strip().startswith(f"{place}:")]
        if any(
            takes(sizes, Radiator(int(size), cooler.radiator_thickness_mm))[0]
            for sizes in mounts(listed)
        ):
            return place
    return None
