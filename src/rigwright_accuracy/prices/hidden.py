"""Observations that are hidden from the price model, and what it says of them.

Three ways of hiding: all rows of a part (its class stays); a part's row and its younger ones (its
older rows stay); everything after a day. Only what shops took for parts that were on sale on that
day is asked for: an announcement is no price, nor what a marketplace asks for a discontinued part.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rigwright.catalog import source, tables
from rigwright.catalog.prices.features import moves_with
from rigwright.catalog.prices.nowcast import TENTH, Level, Nowcast, Steps
from rigwright.catalog.prices.today import is_price, leftover
from rigwright.spec.market import Market, Price
from rigwright.spec.parts import Chip, Part

FOLDS = 20
DAYS_A_MONTH = 30.4375
FIRST_END = dt.date(2016, 1, 1)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Parts of one kind and their observations in one condition, in order of time.

    subjects : what was observed -> the part that answers for it: itself, or the first of a class.
    """

    kind: str
    condition: str
    parts: Mapping[str, Part]
    subjects: Mapping[str, str]
    prices: tuple[Price, ...]
    rows: tuple[Market, ...]
    chips: Mapping[str, Chip]

    def part(self, price: Price) -> Part:
        """The part that answers for an observation."""
        return self.parts[self.subjects[price.part]]

    def model(
        self, told: Sequence[Price], until: dt.date = dt.date.max, steps: Steps | None = None
    ) -> Nowcast:
        """The model on these observations and the months up to a day."""
        rows = tuple(r for r in self.rows if r.date <= until)
        return Nowcast(list(self.parts.values()), told, rows, self.chips, steps)


@dataclass(frozen=True, slots=True)
class Guess:
    """One hidden observation. last_usd : the part's own latest price before it, as far as known."""

    kind: str
    price: Price
    level: Level
    last_usd: float | None = None

    @property
    def error(self) -> float:
        """Relative size of the error."""
        return abs(self.level.usd / self.price.usd - 1.0)

    @property
    def inside(self) -> bool:
        """Whether the price lies in the 80 % range."""
        return self.level.usd / self.level.spread <= self.price.usd <= (
            self.level.usd * self.level.spread
        )  # fmt: skip

    @property
    def interval_score(self) -> float:
        """Width of the range of the logarithm, and ten times what lies outside of it.

        Proper for an 80 % range (Gneiting, Raftery, "Strictly Proper Scoring Rules", 2007, 6.2).
        """
        half = TENTH * self.level.deviation
        return 2 * half + 10 * max(abs(math.log(self.price.usd) - self.level.level) - half, 0.0)


def shelves(conditions: Sequence[str] = ("new",)) -> list[Shelf]:
    """Every kind of part of the catalogue in use."""
    chips, rows = source.by_id(Chip), tables.load(Market)
    prices = sorted(source.load(Price), key=lambda p: (p.date, p.part, p.usd))
    found = []
    for kind, row_type in source.TYPES.items():
        if kind == "chip":
            continue
        parts = {f"{kind}:{p.id}": p for p in source.load_with_price(row_type)}
        first = {moves_with(p): key for key, p in reversed(parts.items())}
        subjects = {**first, **{key: key for key in parts}}
        for condition in conditions:
            mine = tuple(
                p for p in prices
                if p.part in subjects and p.condition == condition
                and not leftover(parts[subjects[p.part]], p)
            )  # fmt: skip
            found.append(Shelf(kind, condition, parts, subjects, mine, rows, chips))
    return found


def folds(shelf: Shelf) -> Iterator[set[str]]:
    """The parts with an observation, in sets drawn by a fixed seed."""
    keys = sorted({p.part for p in shelf.prices})
    order = np.random.default_rng(0).permutation(len(keys))
    for fold in range(min(FOLDS, len(keys))):
        yield {keys[i] for i in order[fold::FOLDS]}


def own_hidden(shelf: Shelf) -> Iterator[Guess]:
    """Every observation, by a model that saw nothing of the part."""
    for out in folds(shelf):
        model = shelf.model([p for p in shelf.prices if p.part not in out])
        yield from _guesses(shelf, model, [p for p in shelf.prices if p.part in out])


def younger_hidden(shelf: Shelf, steps: Steps | None = None) -> Iterator[Guess]:
    """Every observation with an older one of the part; it and the part's younger ones hidden."""
    days: dict[str, list[dt.date]] = {}  # of each part, in order
    for p in shelf.prices:
        if p.date not in (seen := days.setdefault(p.part, [])):
            seen.append(p.date)
    for out in folds(shelf):
        for at in range(1, max((len(days[k]) for k in out), default=0)):
            hidden = {k: days[k][at] for k in out if len(days[k]) > at}
            told = [p for p in shelf.prices if p.date < hidden.get(p.part, dt.date.max)]
            model = shelf.model(told, steps=steps)
            asked = [p for p in shelf.prices if hidden.get(p.part) == p.date]
            yield from _guesses(shelf, model, asked)


def later_hidden(shelf: Shelf, months: int, ends: Sequence[dt.date]) -> Iterator[Guess]:
    """Every observation of the last months before each end; all of those months hidden.

    Parts that were released later, and those of which nothing gave a price then, are left out.
    """
    for end in ends:
        cut = end - dt.timedelta(days=round(months * DAYS_A_MONTH))
        late = [
            p for p in shelf.prices
            if cut < p.date <= end and (shelf.part(p).released or cut) <= cut
        ]  # fmt: skip
        if late and shelf.prices[0].date <= cut:
            model = shelf.model([p for p in shelf.prices if p.date <= cut], cut)
            yield from _guesses(shelf, model, late)


def half_years(shelves_: Sequence[Shelf]) -> list[dt.date]:
    """Ends of forecasts: the day of the latest observation, and every half year before it."""
    end = max(p.date for s in shelves_ for p in s.prices)
    found = []
    while end > FIRST_END:
        found.append(end)
        end -= dt.timedelta(days=round(6 * DAYS_A_MONTH))
    return found


def _guesses(shelf: Shelf, model: Nowcast, asked: Sequence[Price]) -> Iterator[Guess]:
    taken = [p for p in asked if p.basis != "list"]
    for day in dict.fromkeys(p.date for p in taken):
        mine = [p for p in taken if p.date == day]
        levels = model.on(day, list(dict.fromkeys(shelf.subjects[p.part] for p in mine)))
        for p in mine:
            key = shelf.subjects[p.part]
            level = levels[key]
            if is_price(key, level, model, shelf.condition):
                # A deal is asked for as one: what the model says is what shops take.
                level = replace(level, level=level.level + model.beside(p)[0])
                seen = model.seen.get(p.part) or model.class_seen.get(p.part) or []
                before = [s.price.usd for s in seen if s.price.date < day]
                yield Guess(shelf.kind, p, level, before[-1] if before else None)
