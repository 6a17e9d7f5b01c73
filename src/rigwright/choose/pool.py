"""Candidates of one kind as the search sees them: bundles, grouped, cheapest first."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from rigwright.choose.problem import Candidate, Demand, Problem
from rigwright.choose.verdicts import Parts, reader

Used = tuple[tuple[Candidate, int], ...]
MANY = ("ram", "drive")


@dataclass(frozen=True, slots=True)
class Bundle:
    """All parts of one kind in a build; empty where an optional kind is left out."""

    used: Used
    cents: int

    @property
    def parts(self) -> Parts:
        """Every part as often as it is used."""
        return tuple(c.part for c, number in self.used for _ in range(number))

    @property
    def order(self) -> tuple[object, ...]:
        """Cheapest first; the rest only makes the order the same every time."""
        return (self.cents, len(self.used), *((n, c.part.id) for c, n in self.used))


def _bought(candidate: Candidate, number: int) -> tuple[tuple[tuple[Candidate, int]], int]:
    return ((candidate, number),), candidate.cents * number


def bundles(kind: str, problem: Problem) -> list[Bundle]:
    """Every way to fill one kind: what is owned, with or without more, or what can be bought."""
    candidates = problem.candidates.get(kind, ())
    owned = tuple((c, 1) for c in candidates if c.owned)
    if owned and kind not in MANY:
        return [Bundle((one,), 0) for one in owned]
    found = [Bundle(owned, 0)] if owned or kind in problem.optional else []
    most = problem.copies.get(kind, 1)
    for candidate in candidates:
        if not candidate.owned:
            for number in range(1, most + 1):
                more, cents = _bought(candidate, number)
                found.append(Bundle((*owned, *more), cents))
    return found


def card_bundles(cards: Sequence[Candidate], count: int, chips_of: Iterable[int]) -> list[Bundle]:
    """Cards that carry ``count`` chips: all owned ones, the rest of one kind of card.

    chips_of : chips on each of the cards.
    """
    sizes = list(chips_of)
    owned = tuple((c, 1) for c in cards if c.owned)
    missing = count - sum(n for c, n in zip(cards, sizes, strict=True) if c.owned)
    if missing < 0:
        return []
    if missing == 0:
        return [Bundle(owned, 0)]
    found = []
    for card, chips in zip(cards, sizes, strict=True):
        if not card.owned and missing % chips == 0:
            more, cents = _bought(card, missing // chips)
            found.append(Bundle((*owned, *more), cents))
    return found


def meets(demand: Demand, bundle: Bundle) -> bool:
    """Whether the parts of one kind meet a demand on it; nothing bought, nothing asked."""
    if demand.amount is not None:
        return sum(demand.amount(p) for p in bundle.parts) >= demand.least
    if not bundle.used:
        return False
    return all(c.owned or demand.accepts(c.part) for c, _ in bundle.used)


def mask_of(places: Iterable[int]) -> int:
    """The set of these bit numbers as one integer, in linear time."""
    bits = bytearray()
    for place in places:
        byte = place >> 3
        if byte >= len(bits):
            bits.extend(bytes(byte + 1 - len(bits)))
        bits[byte] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def lowest(mask: int) -> int:
    """Number of the lowest bit set."""
    return (mask & -mask).bit_length() - 1


class Pool:
    """Bundles of one kind, one for every distinct set of facts that decides anything.

    Bundles with equal values of all attributes that rules read, and that meet the same demands, can
    replace each other in any build: only the cheapest of each group is kept. Sets of bundles are
    bit masks; bit 0 is the cheapest.
    """

    def __init__(
        self,
        kind: str,
        found: Iterable[Bundle],
        names: tuple[str, ...],
        demands: Sequence[Demand],
    ) -> None:
        self.kind = kind
        read = reader(names)
        best: dict[Hashable, Bundle] = {}
        for bundle in sorted(found, key=lambda b: b.order):
            key = (read(bundle.parts), tuple(meets(d, bundle) for d in demands))
            best.setdefault(key, bundle)
        self.bundles = list(best.values())
        self.parts = [b.parts for b in self.bundles]
        self.cents = [b.cents for b in self.bundles]
        self.everything = (1 << len(self.bundles)) - 1
        self.meeting = {
            d.name: mask_of([i for i, b in enumerate(self.bundles) if meets(d, b)]) for d in demands
        }

    def wanted(self, dropped: frozenset[str]) -> int:
        """Mask of the bundles that meet every demand but the dropped ones."""
        mask = self.everything
        for name, good in self.meeting.items():
            if name not in dropped:
                mask &= good
        return mask
