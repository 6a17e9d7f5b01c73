"""What the rules say, remembered by the attributes they declare to read.

There is no second copy of any rule here: ``Verdicts.weight`` calls ``Rule.check`` on a build of
just the parts the rule reads, once for every combination of attribute values it has not seen.
The memory may be shared by searches over different candidates, demands and budgets.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from rigwright.choose.problem import Weight, weigh
from rigwright.spec.build import MANY, Build
from rigwright.spec.parts import Chip, Part
from rigwright.spec.rule import Rule

Parts = tuple[Part, ...]
SINGLE = ("cpu", "cooler", "board", "psu", "case")


def build_of(chosen: Mapping[str, Parts], site: Build) -> Build:
    """The build of some parts by kind on a site; ``chip`` holds the chips of the cards."""
    return site.holding(_fields(kind, parts) for kind, parts in chosen.items())


def _fields(kind: str, parts: Parts) -> dict[str, Any]:
    """The fields of a build that the parts of one kind fill."""
    if kind in SINGLE:
        more = {"more": tuple((part, part.name, 1) for part in parts[1:])} if parts[1:] else {}
        return {kind: parts[0], **more} if parts else {}
    return {MANY[kind]: parts}


def reader(names: tuple[str, ...], site: Build | None = None) -> Callable[[Parts], Any]:
    """A function that gives the named attributes of every part.

    site : whether a part is one of those that run together there, is only told or is there in any
        case counts, too.
    """
    if site is not None and (site.runs or site.told or site.there):
        read, told = reader(names), frozenset((*(part.id for part in site.told), *site.there))
        return lambda parts: (
            read(parts), _running(parts, site.runs), tuple(p.id for p in parts if p.id in told),
        )  # fmt: skip
    if not names:
        return len
    get = attrgetter(*names)
    return lambda parts: tuple(map(get, parts))


def _running(parts: Parts, runs: tuple[str, ...]) -> tuple[bool, ...]:
    """Which parts are those that run; a second piece of one that is there is not."""
    left, found = Counter(runs), []
    for part in parts:
        found.append(left[part.id] > 0)
        left[part.id] -= 1
    return tuple(found)


@dataclass(slots=True)
class Verdicts:
    """Memory of rule verdicts for one site: a build that holds everything but parts."""

    site: Build
    asked: int = 0
    _places: dict[Hashable, int] = field(default_factory=dict)
    _examples: list[dict[str, Any]] = field(default_factory=list)
    _weights: dict[tuple[object, ...], Weight] = field(default_factory=dict)

    def ids(self, kind: str, names: tuple[str, ...], bundles: Iterable[Parts]) -> list[int]:
        """A number for every tuple of parts: equal numbers, equal values of the attributes."""
        read, places = reader(names, self.site), self._places
        found = []
        for parts in bundles:
            key = (kind, names, read(parts))
            number = places.get(key)
            if number is None:
                number = places[key] = len(self._examples)
                self._examples.append(_fields(kind, parts))
            found.append(number)
        return found

    def card_id(self, rule: Rule, cards: Parts, chip: Chip) -> int:
        """As ``ids`` for cards, together with what the rule reads of their chip."""
        names = rule.decided_by.get("card", ())
        of_chip = rule.decided_by.get("chip")
        if of_chip is None:
            return self.ids("card", names, (cards,))[0]
        read = reader(names, self.site)(cards)
        key = ("card", names, read, of_chip, reader(of_chip)((chip,)))
        if key not in self._places:
            self._places[key] = len(self._examples)
            self._examples.append({"cards": cards, "chips": (chip,)})
        return self._places[key]

    def weight(self, rule: Rule, kinds: tuple[str, ...], ids: tuple[int, ...]) -> Weight:
        """What the rule says to parts of these kinds; other kinds are left out of the build."""
        key = (rule.id, kinds, ids)
        known = self._weights.get(key)
        if known is None:
            self.asked += 1
            build = self.site.holding(map(self._examples.__getitem__, ids))
            known = self._weights[key] = weigh(rule, build)
        return known
