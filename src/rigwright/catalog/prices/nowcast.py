"""What every part costs on a day: its own observations, carried there, beside parts like it.

Three things are known of a price: what was seen of the part itself, however long ago; how its class
(chip, processor generation, memory type ...) moved since, by months that were watched and by
younger observations of its siblings; and what its facts make it worth among parts of its kind. Each
is a normal of the logarithm with a variance of its own, and they are weighed by precision.
"""

import csv
import datetime as dt
import functools
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rigwright.catalog.prices import groups
from rigwright.catalog.prices.curve import FIRST, Curve, Point, Spread
from rigwright.catalog.prices.features import facts_of, likenesses, moves_with, no_less
from rigwright.catalog.prices.groups import STILL, Moves, year_of
from rigwright.spec.market import Market, Price
from rigwright.spec.parts import Card, Chip, Part

Array = NDArray[np.float64]

TABLE = Path(__file__).parents[1] / "data" / "price_steps.csv"
LOOSE, TURNS = 0.05, 6
TENTH = 1.2816
"""Standard deviations that leave a tenth on either side: ranges hold 80 %."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Variances of logarithms; ``python tools/prices_score.py calibrate`` makes them again.

    seen : of one observation (shops differ, deals end).  own : a year, of a part beside its class.
    walk : a year, of a class beside its group.
    """

    seen: float
    own: float
    walk: float


@functools.cache
def steps() -> Steps:
    """The shipped ones; the table has standard deviations."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return Steps(**{row["name"]: float(row["value"]) ** 2 for row in csv.DictReader(lines)})


def spread(years: float) -> float:
    """What a price seen so long ago is multiplied or divided by for a tenth beyond on each side."""
    known = steps()
    return math.exp(TENTH * math.sqrt(known.seen + (known.own + known.walk) * years))


class Seen(NamedTuple):
    """One observation of a part; level : logarithm of what shops took when it was made.

    group : level of its group that it was made at.
    doubt : variance of how far announcements, or deals, lay beside shops then; all share it.
    """

    price: Price
    year: float
    group: float
    level: float
    doubt: float = 0.0


@dataclass(frozen=True, slots=True)
class Level:
    """Likeliest logarithm of USD, its standard deviation, how far that is from ``seen``."""

    level: float
    deviation: float
    seen: Price | None
    moved: float

    @property
    def usd(self) -> float:
        """The likeliest price."""
        return math.exp(self.level)

    @property
    def spread(self) -> float:
        """A tenth of prices lies above ``usd`` times this, a tenth below ``usd`` over it."""
        return math.exp(TENTH * self.deviation)


class Worth:
    """What makes parts of one kind worth their price: facts, and what they share with others.

    Log-linear weights of facts, and a level for each likeness that is shrunk as if one part more at
    the mean were in it; both found in turns (backfitting: Hastie, Tibshirani, "Generalized Additive
    Models", 1990).
    """

    def __init__(self, parts: Sequence[Part], levels: Array, chips: Mapping[str, Chip]) -> None:
        self._chips = chips
        rows = [facts_of(p, chips) for p in parts]
        self._places = {n: i for i, n in enumerate(sorted({n for row in rows for n in row}))}
        table = self._table(rows)
        self._mean = float(np.mean(levels)) if len(levels) else 0.0
        normal = np.linalg.inv(table.T @ table + LOOSE * np.eye(table.shape[1]))
        likes, numbered = self._grouped(parts)
        self._effects = [np.zeros(len(g)) for g in likes]
        counts = [np.bincount(n, minlength=len(g)) for g, n in zip(likes, numbered, strict=True)]
        shared = np.zeros(len(levels))
        for _ in range(TURNS):
            self._weights = normal @ (table.T @ (levels - self._mean - shared))
            rest = levels - self._mean - table @ self._weights - shared
            for effect, count, at in zip(self._effects, counts, numbered, strict=True):
                rest += effect[at]
                effect[:] = np.bincount(at, weights=rest, minlength=len(effect)) / (count + 1.0)
                rest -= effect[at]
            shared = sum((e[at] for e, at in zip(self._effects, numbered, strict=True)), shared * 0)
        self.fitted: Array = self._mean + table @ self._weights + shared
        # What a part's own price took up: an even share of each likeness, and of the facts.
        taken = sum((1.0 / c[at] for c, at in zip(counts, numbered, strict=True)), shared * 0)
        own = np.einsum("ij,ij->i", table @ normal, table)
        self.left_out = rest * (1.0 + taken) / np.maximum(1.0 - own, 0.2)

    def _grouped(
        self, parts: Sequence[Part]
    ) -> tuple[list[dict[str, int]], list[NDArray[np.intp]]]:
        """Per likeness: name -> number, and the number of each part."""
        told = [likenesses(p) for p in parts]
        columns = list(zip(*told, strict=True))
        self._groups = [{n: i for i, n in enumerate(dict.fromkeys(column))} for column in columns]
        numbers = [
            np.array([group[name] for name in column], dtype=np.intp)
            for group, column in zip(self._groups, columns, strict=True)
        ]
        return self._groups, numbers

    def _table(self, rows: Sequence[Mapping[str, float]]) -> Array:
        table = np.zeros((len(rows), len(self._places)))
        for at, row in enumerate(rows):
            for name, value in row.items():
                place = self._places.get(name)
                if place is not None:
                    table[at, place] = value
        return table

    def of(self, parts: Sequence[Part]) -> Array:
        """Logarithm of what parts are worth, their group standing still. [n]"""
        found: Array = self._mean + self._table([facts_of(p, self._chips) for p in parts]) @ (
            self._weights
        )
        for at, part in enumerate(parts if self._groups else ()):
            for group, effect, name in zip(
                self._groups, self._effects, likenesses(part), strict=True
            ):
                found[at] += effect[group[name]] if name in group else 0.0
        return found


class Nowcast:
    """Prices of one kind and condition.

    parts : those asked about; observations of others are ignored.  rows : months of the market.
    """

    def __init__(
        self, parts: Sequence[Part], prices: Sequence[Price], rows: tuple[Market, ...],
        chips: Mapping[str, Chip], variances: Steps | None = None,
    ) -> None:  # fmt: skip
        self._steps = variances or steps()
        self._used = all(p.condition == "used" for p in prices)
        self._chips = chips
        self._rows = groups.series_of(rows)
        self._parts = {f"{p.kind}:{p.id}": p for p in parts}
        self._class = {key: moves_with(part) for key, part in self._parts.items()}
        self._first: dict[str, str] = {}
        self._born: dict[str, float] = {}
        for key, name in self._class.items():
            self._first.setdefault(name, key)
            if (day := self._parts[key].released) is not None:
                self._born[name] = min(year_of(day), self._born.get(name, math.inf))
        watched = groups.moves(rows)
        own = {} if self._used else groups.followed(self._sightings(prices, watched))
        self._moves = own | watched
        self.seen: dict[str, list[Seen]] = {}
        self.class_seen: dict[str, list[Seen]] = {}
        for price in sorted(prices, key=lambda p: p.date):
            key, year = price.part, year_of(price.date)
            if (part := self._parts.get(self._first.get(key, key))) is not None:
                group = self._group(part)
                then = group.announced(year) if price.basis == "list" else group.at(year)
                place = self.seen if key in self._parts else self.class_seen
                place.setdefault(key, []).append(Seen(price, year, then, math.log(price.usd)))
        self._beside = {basis: self._apart(basis) for basis in ("list", "deal")}
        for seen in self.seen.values():
            for at, s in enumerate(seen):
                if s.price.basis in self._beside:
                    beside, doubt = self.beside(s.price)
                    seen[at] = Seen(s.price, s.year, s.group, s.level - beside, doubt)
        self._solve()

    def _sightings(
        self, prices: Sequence[Price], watched: Mapping[str, Moves]
    ) -> Iterator[tuple[str, list[tuple[float, float]]]]:
        """Of parts and classes whose group nobody watched: it, and when which level was seen."""
        found: dict[str, dict[float, float]] = {}
        for p in prices:
            if p.basis == "shop":
                found.setdefault(p.part, {})[year_of(p.date)] = math.log(p.usd)
        for key, points in found.items():
            part = self._parts.get(self._first.get(key, key))
            group = groups.group_of(part, self._chips)
            if group and group not in watched:
                yield group, sorted(points.items())

    def beside(self, price: Price) -> tuple[float, float]:
        """How far announcements, or deals, lay beside what shops took then: logarithm, variance."""
        curve = self._beside.get(price.basis)
        if curve is None:
            return 0.0, 0.0
        level, variance = curve.at([year_of(price.date)])
        return float(level[0]), float(variance[0, 0])

    def _turns(self) -> Iterator[tuple[Seen, Seen, float]]:
        """Sightings of one part, or class, in turn; how far it moved beside its group."""
        for seen in (*self.seen.values(), *self.class_seen.values()):
            for a, b in itertools.pairwise(seen):
                yield a, b, b.level - b.group - a.level + a.group

    def _apart(self, basis: str) -> Curve:
        """The same over time, wandering as classes do, by parts seen both ways in turn."""
        step, points = self._steps, []
        for a, b, moved in self._turns():
            if {basis, "shop"} == {a.price.basis, b.price.basis}:
                noise = 2 * step.seen + (step.own + step.walk) * (b.year - a.year)
                told = (a.year, -moved) if a.price.basis == basis else (b.year, moved)
                points.append(Point(*told, noise))
        return Curve(points, Spread(step.walk, step.walk, (FIRST, FIRST), 0.0, step.seen))

    def _group(self, part: Part) -> Moves:
        return self._moves.get(groups.group_of(part, self._chips), STILL)

    def _solve(self) -> None:
        """Weights of facts, then a curve for every class from what facts do not explain."""
        rows = [*self.seen.items(), *((self._first[n], r) for n, r in self.class_seen.items())]
        met = [(key, _met(seen)[-1]) for key, seen in rows]
        # Cards sell far from their announcement for years; where shops were seen only they teach.
        in_shops = {
            self._class[key] for key, s in met
            if s.price.basis != "list" and self._parts[key].kind == Card.kind
        }  # fmt: skip
        taught = [
            (key, s) for key, s in met
            if s.price.basis != "list" or self._class[key] not in in_shops
        ]  # fmt: skip
        told = [self._parts[key] for key, _ in taught]
        self.worth = Worth(told, np.array([s.level - s.group for _, s in taught]), self._chips)
        self._base = dict(zip((k for k, _ in taught), self.worth.fitted.tolist(), strict=True))
        self._value([key for key, _ in met])
        classes: dict[str, list[str]] = {}
        for key in self._base:
            classes.setdefault(self._class[key], []).append(key)
        self.offset = self._offset()
        self._wandering = self._wandered() if self._used else 0.0
        self._middle = {n: _mean([self._base[k] for k in m]) for n, m in classes.items()}
        self.curves = {name: self._curve(name, members) for name, members in classes.items()}
        self._dated = [
            (f"chip:{c.id}", c, year_of(c.released)) for c in self._chips.values()
            if c.released is not None and f"chip:{c.id}" in self.curves
        ]  # fmt: skip
        self._prices: dict[tuple[str, float], float] = {}

    def _value(self, keys: Sequence[str]) -> list[str]:
        """Say by their facts what those are worth that have no level yet; the keys of these."""
        fresh = [key for key in keys if key not in self._base]
        worth = self.worth.of([self._parts[key] for key in fresh]).tolist()
        self._base |= dict(zip(fresh, worth, strict=True))
        return fresh

    def _offset(self) -> float:
        """Variance of a part beside what its facts and likenesses say, by what they missed."""
        missed = np.abs(self.worth.left_out)
        return max(_quantile(missed, 0.8) / TENTH, 0.05) ** 2 if len(missed) > 3 else 0.04

    def _curve(self, name: str, members: Sequence[str]) -> Curve:
        part = self._parts[members[0]]
        group = self._group(part)
        base = self._middle[name]
        # A month of the class: its parts differ among themselves, rows of the class itself do not.
        months: dict[tuple[int, float, float], list[tuple[float, float]]] = {}
        told = [(self._base[k], s, self.offset) for k in members for s in self.seen.get(k, ())]
        told += [(base, s, 0.0) for s in self.class_seen.get(name, ())]
        for level, s, apart in told:
            rest = s.level - level - s.group
            place = (round(s.year * 12), apart + self._steps.seen, s.doubt)
            months.setdefault(place, []).append((s.year, rest))
        points = [
            Point(_mean([y for y, _ in f]), _mean([r for _, r in f]), variance / len(f) + doubt)
            for (_, variance, doubt), f in months.items()
        ]
        if not self._used:  # the series are of new pieces; used ones share their movement alone
            points += self._watched(name, base, group)
        return Curve(points, self._spread(name, group))

    def _spread(self, name: str, group: Moves) -> Spread:
        """Where the group was not watched its usual changes from year to year are added.

        Nobody watches second-hand ones by month: they wander as far as those seen here did.
        """
        walk = self._steps.walk + self._wandering
        return Spread(
            walk, walk + (group.wandering or 0.0), group.watched,
            self._steps.seen, self.offset, self._born.get(name, FIRST),
        )  # fmt: skip

    def _wandered(self) -> float:
        """Variance a year of classes beside their group, by what was seen of each in turn.

        They move together: moves between few quarters are few, however many made them, and
        widened as those of Student's t are.
        """
        squares = years = 0.0
        quarters: set[int] = set()
        for a, b, moved in self._turns():
            squares += moved**2 - 2 * self._steps.seen
            years += b.year - a.year
            quarters |= {round(4 * a.year), round(4 * b.year)}
        return squares / years * (1 + 2 / max(len(quarters) - 1, 1)) if years else 0.0

    def _watched(self, name: str, base: float, group: Moves) -> list[Point]:
        """Months of the class's own series, beside its group's movement."""
        return [
            Point(year, level - base - group.at(year), self._steps.seen / min(posts, 10), series)
            for (subject, series), points in self._rows.items()
            if subject == name and series.endswith(" one")
            for year, level, posts in points
        ]  # fmt: skip

    def _above(self, name: str, year: float) -> float:
        """How far a chip lies above a younger one that offers no less, if not seen since it came.

        Nobody pays more for less: what is left of it is sold at the price of the younger one.
        """
        chip = self._chips.get(name.removeprefix("chip:"))
        if chip is None or name not in self.curves:
            return 0.0
        last = max(self.curves[name].years)
        prices = [
            self._price(other, year) for other, c, came in self._dated
            if last < came <= year and no_less(c, chip)
        ]  # fmt: skip
        return max(self._price(name, year) - min(prices, default=math.inf), 0.0)

    def _price(self, name: str, year: float) -> float:
        """Logarithm of what parts of a class cost in the middle."""
        if (name, year) not in self._prices:
            level = self._middle[name] + self._group(self._parts[self._first[name]]).at(year)
            self._prices[name, year] = level + float(self.curves[name].at([year])[0][0])
        return self._prices[name, year]

    def middle_usd(self, name: str, day: dt.date) -> float:
        """What parts of a class cost in the middle on a day."""
        return math.exp(self._price(name, year_of(day)))

    def class_of(self, key: str) -> str:
        """What a part moves with."""
        return self._class[key]

    def on(self, day: dt.date, asked: Sequence[str]) -> dict[str, Level]:
        """Price on a day of the parts with these keys."""
        fresh = self._value(asked)
        if self._used:  # second-hand the chip is paid for; too few were seen to tell their facts
            alike = ((k, self._class[k]) for k in fresh)
            self._base |= {k: self._base[self._first[n]] for k, n in alike if n in self.class_seen}
        classes: dict[str, list[str]] = {}
        for key in asked:
            classes.setdefault(self._class[key], []).append(key)
        year = year_of(day)
        found = {k: v for name, mine in classes.items() for k, v in self._of(name, mine, year)}
        return {key: found[key] for key in asked}

    def _of(self, name: str, keys: Sequence[str], year: float) -> Iterator[tuple[str, Level]]:
        """Prices of parts of one class."""
        group = self._group(self._parts[keys[0]])
        curve = self.curves.get(name) or Curve((), self._spread(name, group))
        near = [_nearest(self.seen.get(key, ()), year) for key in keys]
        years = list(dict.fromkeys([year, *(s.year for s in near if s is not None)]))
        rest, covariance = curve.at(years)
        levels = rest + [group.at(y) for y in years]
        levels[0] -= self._above(name, year)
        spans = np.diag(covariance) + covariance[0, 0] - 2 * covariance[0]
        wide = np.maximum(spans, 0.0) + self._steps.own * np.abs(year - np.array(years))
        # Year -> how the class moved since, and how much more an observation of then varies.
        since = dict(zip(years, np.transpose([levels[0] - levels, wide]).tolist(), strict=True))
        now, alike = float(levels[0]), 1.0 / (float(covariance[0, 0]) + self.offset)
        for key, s in zip(keys, near, strict=True):
            worth = self._base[key] + now
            if s is None:
                yield key, Level(worth, alike**-0.5, None, 0.0)
                continue
            moved, more = since[s.year]
            carried = 1.0 / (self._steps.seen + more + s.doubt)
            precision = alike + carried
            moved += group.at(s.year) - s.group
            level = (alike * worth + carried * (s.level + moved)) / precision
            yield key, Level(level, precision**-0.5, s.price, level - math.log(s.price.usd))


def _quantile(values: Array, share: float) -> float:
    """As ``np.quantile``, straight between values, without the masked arrays that it loads."""
    ordered, at = np.sort(values), share * (len(values) - 1)
    below, above = ordered[int(at)], ordered[min(int(at) + 1, len(values) - 1)]
    return float(below + (above - below) * (at - int(at)))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) > 1 else values[0]


def _met(seen: Sequence[Seen]) -> Sequence[Seen]:
    """Observations in shops; a maker's announcements where there are none."""
    return [s for s in seen if s.price.basis != "list"] or seen


def _nearest(seen: Sequence[Seen], year: float) -> Seen | None:
    """The last observation up to a time, the lowest of its day; else the first one after it.

    What a maker announced counts only where nobody saw the part in a shop.
    """
    before = _met([s for s in seen if s.year <= year])
    if not before:
        return seen[0] if seen else None
    return min((s for s in before if s.year == before[-1].year), key=lambda s: s.level)
