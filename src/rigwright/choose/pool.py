"""Candidates of one kind as the search sees them: bundles, grouped, cheapest first."""

import copy
import functools
import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import ge, mul
from types import MappingProxyType
from typing import Any, NamedTuple

from rigwright.choose.problem import Candidate, Choice, Demand, Option, Problem, once
from rigwright.choose.verdicts import Parts, Verdicts, reader
from rigwright.spec.build import Build
from rigwright.spec.parts import Card

Used = tuple[tuple[Candidate, int], ...]
MANY = ("ram", "drive")


class Bundle(NamedTuple):
    """All parts of one kind in a build; empty where an optional kind is left out.

    cents : what the search compares.  lack_cents : worth that the parts lack; never paid.
    """

    used: Used
    cents: int
    lack_cents: int = 0

    @property
    def parts(self) -> Parts:
        """Every part as often as it is used."""
        if len(self.used) == 1:
            ((candidate, number),) = self.used
            return (candidate.part,) * number
        return tuple(c.part for c, number in self.used for _ in range(number))

    @property
    def paid_cents(self) -> int:
        """Prices alone."""
        if len(self.used) == 1:
            ((candidate, number),) = self.used
            return candidate.cents * number
        return sum(candidate.cents * number for candidate, number in self.used)

    @property
    def order(self) -> tuple[object, ...]:
        """Cheapest first; the rest only makes the order the same every time."""
        return (self.cents, len(self.used), *((n, c.part.id) for c, n in self.used))


def _bought(candidate: Candidate, number: int) -> tuple[tuple[tuple[Candidate, int]], int]:
    return ((candidate, number),), candidate.cents * number


def _kept(candidates: Iterable[Candidate]) -> tuple[Used, int]:
    """Owned and named candidates with their numbers, and what they cost together."""
    used = tuple(Counter(c for c in candidates if c.kept).items())
    return used, sum(c.cents * number for c, number in used)


def bundles(kind: str, problem: Problem) -> list[Bundle]:
    """Every way to fill one kind, with what its parts lack."""
    return [_whole(kind, way, problem) for way in _ways(kind, problem)]


def _whole(kind: str, way: Bundle, problem: Problem) -> Bundle:
    if problem.lacks is None:
        return way
    found = Bundle(way.used, way.cents, problem.lacks(kind, way.parts))
    return weighted((found,), problem)[0]


def _ways(kind: str, problem: Problem) -> list[Bundle]:
    """What is owned or named, with or without more, or what is bought, at prices alone.

    Where owned parts may be replaced, what can be bought also without them.
    """
    candidates = problem.candidates.get(kind, ())
    kept, kept_cents = _kept(candidates)
    replaced = kind in problem.replaceable
    if kept and kind not in MANY:
        found = [Bundle(((c, 1),), c.cents) for c, _ in kept]
        if not replaced:
            return found
        starts: list[tuple[Used, int]] = [((), 0)]
    else:
        found = [Bundle(kept, kept_cents)] if kept or kind in problem.optional else []
        starts = [(kept, kept_cents), ((), 0)] if kept and replaced else [(kept, kept_cents)]
    numbers = problem.copies.get(kind, once)
    for candidate in candidates:
        if not candidate.kept:
            for number in numbers(candidate.part):
                more, cents = _bought(candidate, number)
                found += [Bundle((*start, *more), paid + cents) for start, paid in starts]
    return found


def weighted(found: Iterable[Bundle], problem: Problem) -> list[Bundle]:
    """The bundles compared by price and by what they lack, as the problem weighs them."""
    price, lack = problem.weights
    return [Bundle(b.used, price * b.paid_cents + lack * b.lack_cents, b.lack_cents) for b in found]


class Reach:
    """Bundles that machines up to a price around one option can have, which meet every demand; what
    parts lack is asked of those alone whose prices are not too much already.

    least : by kind, the fewest cents of a bundle.
    """

    def __init__(self, problem: Problem, option: Option) -> None:
        self._problem = problem
        asked = [d for d in problem.demands if not d.some or d.name in option.asks]
        self._ways: dict[str, list[Bundle]] = {}
        for kind in problem.candidates:
            mine = [d for d in asked if d.kind == kind]
            good = (way for way in _ways(kind, problem) if all(meets(d, way) for d in mine))
            self._ways[kind] = sorted(good, key=lambda way: way.cents)
        self._made: dict[int, Bundle] = {}
        self.least = {kind: self._least(kind) for kind in self._ways}

    def _least(self, kind: str) -> int:
        least = None
        for way in self._ways[kind]:
            if least is not None and self._price(way) >= least:
                break
            cents = self._whole(kind, way).cents
            least = cents if least is None else min(least, cents)
        return least or 0

    def _price(self, way: Bundle) -> int:
        return way.cents * self._problem.weights[0]

    def _whole(self, kind: str, way: Bundle) -> Bundle:
        made = self._made.get(id(way))
        if made is None:
            made = self._made[id(way)] = _whole(kind, way, self._problem)
        return made

    def within(self, most_cents: int) -> dict[str, list[Bundle]]:
        """Those by kind that any machine of at most ``most_cents`` around the cards can have."""
        spare, found = most_cents - sum(self.least.values()), {}
        for kind, ways in self._ways.items():
            most = self.least[kind] + spare
            near = (self._whole(kind, way) for way in ways if self._price(way) <= most)
            found[kind] = [made for made in near if made.cents <= most]
        return found


def every_card(option: Option) -> list[Bundle]:
    """Every way to get the option's cards: all owned and named ones, the rest of one kind."""
    sizes = [c.part.chip_count if isinstance(c.part, Card) else 1 for c in option.cards]
    kept, kept_cents = _kept(option.cards)
    pieces = list(zip(option.cards, sizes, strict=True))
    missing = option.count - sum(n for c, n in pieces if c.kept)
    if missing <= 0:
        return [Bundle(kept, kept_cents)] if missing == 0 else []
    found = []
    for card, chips in pieces:
        if not card.kept and missing % chips == 0:
            more, cents = _bought(card, missing // chips)
            found.append(Bundle((*kept, *more), kept_cents + cents))
    return found


def meets(demand: Demand, bundle: Bundle) -> bool:
    """Whether the parts of one kind meet a demand on it; nothing bought, nothing asked."""
    if demand.amount is not None:
        return sum(demand.amount(p) for p in bundle.parts) >= demand.least
    if not bundle.used:
        return False
    return all(c.owned or demand.accepts(c.part) for c, _ in bundle.used)


def met_by(choice: Choice, demand: Demand) -> bool:
    """Whether the parts of a machine meet a demand."""
    used = tuple((c, number) for c, number in choice.used if c.part.kind == demand.kind)
    return meets(demand, Bundle(used, 0))


def mask_of(places: Iterable[int]) -> int:
    """The set of these bit numbers as one integer, in linear time."""
    bits = bytearray()
    for place in places:
        byte = place >> 3
        if byte >= len(bits):
            bits.extend(bytes(byte + 1 - len(bits)))
        bits[byte] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


Measured = tuple[Hashable, tuple[float, ...]]
"""What must be equal, and measures of which more is better."""


class Measures:
    """Bundles seen through some attributes: what must be equal, and what may be better.

    A missing measure (None or zero) compares with nothing but itself. site : as in ``reader``.
    """

    def __init__(
        self, names: Iterable[str], better: Mapping[str, str], site: Build | None = None
    ) -> None:
        names = tuple(names)
        self.read = reader(tuple(n for n in names if n not in better), site)
        ways = [n for n in names if n in better]
        self.values = reader(tuple(ways))
        self.signs = tuple(1 if better[n] == "more" else -1 for n in ways)

    def of(self, parts: Parts) -> Measured:
        """The measures of some parts."""
        if not self.signs:
            return self.read(parts), ()
        signs: tuple[int, ...] = self.signs * len(parts)
        found: tuple[Any, ...] = self.values(parts)
        flat = found if len(self.signs) == 1 else tuple(itertools.chain.from_iterable(found))
        if all(flat):
            return self.read(parts), tuple(map(mul, flat, signs))
        missing = tuple(v if not v else True for v in flat)
        return (self.read(parts), missing), tuple(
            v * s if v else 0.0 for v, s in zip(flat, signs, strict=True)
        )


def undominated(
    found: Iterable[Bundle], demands: Sequence[Demand], measures: Measures
) -> list[Bundle]:
    """Bundles, cheapest first, without those that a cheaper one replaces in every build.

    A cheaper one replaces another when it meets the same demands, has the same values of the
    attributes that rules read, and is nowhere worse in those that have a better direction. Where
    parts lack something, it must also cost no more, with what it lacks and without.
    """
    fronts: dict[Hashable, list[tuple[float, ...]]] = {}
    kept, found = [], list(found)
    lacking = any(bundle.lack_cents for bundle in found)
    for bundle in sorted(found, key=lambda b: b.order):
        same, good = measures.of(bundle.parts)
        if lacking:
            paid = bundle.paid_cents
            good = (*good, -paid, -paid - bundle.lack_cents)
        front = fronts.setdefault((same, *(meets(d, bundle) for d in demands)), [])
        if not any(all(map(ge, other, good)) for other in front):
            front.append(good)
            kept.append(bundle)
    return kept


class Replaced:
    """For each bundle of a pool the dearer ones that are nowhere better in some attributes."""

    def __init__(self, measured: Callable[[], list[Measured]]) -> None:
        self._read = measured
        self._masks: dict[int, int] = {}

    @functools.cached_property
    def _measured(self) -> tuple[list[Measured], dict[Hashable, list[tuple[int, Any]]]]:
        places: dict[Hashable, list[tuple[int, Any]]] = {}
        found = self._read()
        for place, (same, good) in enumerate(found):
            places.setdefault(same, []).append((place, good))
        return found, places

    def ordered(self, order: Sequence[int]) -> "Replaced":
        """The same of these bundles in another order."""
        return Replaced(lambda: [self._measured[0][place] for place in order])

    def mask(self, place: int) -> int:
        """The bundles that the one at ``place`` replaces, itself among them."""
        mask = self._masks.get(place)
        if mask is None:
            found, places = self._measured
            same, good = found[place]
            mask = self._masks[place] = mask_of(
                n for n, other in places[same] if n >= place and all(map(ge, good, other))
            )
        return mask


@dataclass(slots=True)
class Column:
    """One kind as one rule sees it: a class number per bundle, and the bundles of every class."""

    ids: list[int]
    _members: dict[int, list[int]] = field(default_factory=dict)
    _masks: dict[int, int] = field(default_factory=dict)

    def mask(self, number: int) -> int:
        """The bundles of a class."""
        if number not in self._masks:
            if not self._members:
                for place, known in enumerate(self.ids):
                    self._members.setdefault(known, []).append(place)
            self._masks[number] = mask_of(self._members[number])
        return self._masks[number]


class Pool:
    """Bundles of one kind, one for every distinct set of facts that decides anything.

    Sets of bundles are bit masks; bit 0 is the cheapest.
    """

    def __init__(
        self, kind: str, found: Iterable[Bundle], names: tuple[str, ...], demands: Sequence[Demand],
        better: Mapping[str, str] = MappingProxyType({}), site: Build | None = None,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.better, self.site = better, site
        self._replaced: dict[tuple[str, ...], Replaced] = {}
        self._columns: dict[tuple[str, ...], Column] = {}
        self.bundles = undominated(found, demands, Measures(names, better, site))
        self.parts = [b.parts for b in self.bundles]
        self.cents = [b.cents for b in self.bundles]
        self.everything = (1 << len(self.bundles)) - 1
        self.meeting = {
            d.name: mask_of([i for i, b in enumerate(self.bundles) if meets(d, b)]) for d in demands
        }

    def reweighted(self, problem: Problem) -> "Pool":
        """The same bundles in their order at other weights, which replace one another as they did;
        what was read of them is kept."""
        made = weighted(self.bundles, problem)
        order = sorted(range(len(made)), key=lambda place: made[place].order)
        other = copy.copy(self)
        other.bundles = [made[place] for place in order]
        other.parts = [self.parts[place] for place in order]
        other.cents = [bundle.cents for bundle in other.bundles]
        other.meeting = {
            name: mask_of(now for now, was in enumerate(order) if good >> was & 1)
            for name, good in self.meeting.items()
        }
        other._replaced = {names: known.ordered(order) for names, known in self._replaced.items()}
        other._columns = {
            names: Column([column.ids[place] for place in order])
            for names, column in self._columns.items()
        }
        return other

    def replaced(self, names: tuple[str, ...]) -> Replaced:
        """What each bundle replaces where nothing but these attributes is still read."""
        if names not in self._replaced:
            measures = Measures(names, self.better, self.site)
            self._replaced[names] = Replaced(lambda: [measures.of(parts) for parts in self.parts])
        return self._replaced[names]

    def column(self, names: tuple[str, ...], verdicts: Verdicts) -> Column:
        """The bundles as a rule sees them that reads these attributes; one memory for each pool."""
        if names not in self._columns:
            self._columns[names] = Column(verdicts.ids(self.kind, names, self.parts))
        return self._columns[names]

    def wanted(self, dropped: frozenset[str]) -> int:
        """Mask of the bundles that meet every demand but the dropped ones."""
        mask = self.everything
        for name, good in self.meeting.items():
            if name not in dropped:
                mask &= good
        return mask
