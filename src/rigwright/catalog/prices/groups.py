"""How whole groups of things moved by month: the middle of what their members did.

A member that was not watched in some months moves with its group there.
"""

import bisect
import datetime as dt
import functools
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rigwright.spec.market import Market
from rigwright.spec.parts import Chip

CONSUMER = ("geforce", "radeon", "arc")
MONTH = 1 / 12
CALM_MONTHS = 24
FEW = 3
"""Fewer members do not tell how a group moved that nobody watched."""


@functools.cache
def year_of(day: dt.date) -> float:
    """Decimal year."""
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


@dataclass(frozen=True)
class Moves:
    """Logarithm of a group's level at increasing times; flat before and after what was watched."""

    years: tuple[float, ...]
    levels: tuple[float, ...]

    def at(self, year: float) -> float:
        """Level at a time, straight between months."""
        if not self.years:
            return 0.0
        right = bisect.bisect_right(self.years, year)
        if right == 0:
            return self.levels[0]
        if right == len(self.years):
            return self.levels[-1]
        a, b = self.years[right - 1], self.years[right]
        share = (year - a) / (b - a)
        return self.levels[right - 1] * (1 - share) + self.levels[right] * share

    def announced(self, year: float) -> float:
        """Level that an announcement is made at: makers do not follow a shortage that shops do."""
        before = [self.at(year - months * MONTH) for months in range(1, CALM_MONTHS + 1)]
        return min(self.at(year), statistics.fmean(before))

    @property
    def watched(self) -> tuple[float, float]:
        """First and last time that was watched; the same when nothing was."""
        return (self.years[0], self.years[-1]) if self.years else (0.0, 0.0)

    @functools.cached_property
    def wandering(self) -> float | None:
        """Mean square of its changes from one year to the next; None when watched too shortly."""
        pairs = [(y, y + 1.0) for y in self.years if y + 1.0 <= self.years[-1]]
        if len(pairs) < 2:
            return None
        return statistics.fmean((self.at(b) - self.at(a)) ** 2 for a, b in pairs)


STILL = Moves((), ())


def series_of(rows: Iterable[Market]) -> dict[tuple[str, str], list[tuple[float, float, int]]]:
    """(subject, basis and unit) -> (year, logarithm of USD, posts), in order of time."""
    found: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for row in rows:
        place = (row.subject, f"{row.basis} {row.unit}")
        found.setdefault(place, []).append((year_of(row.date), math.log(row.usd), row.posts))
    return {place: sorted(points) for place, points in found.items()}


def _chained(members: list[Moves], least: int = 1) -> Moves:
    """Month by month, the median of the changes of the members that were watched then; none where
    there are fewer than ``least``."""
    first, last = min(m.years[0] for m in members), max(m.years[-1] for m in members)
    years, levels = [first], [0.0]
    while years[-1] < last:
        a, b = years[-1], min(years[-1] + MONTH, last)
        steps = [m.at(b) - m.at(a) for m in members if m.years[0] <= a and m.years[-1] >= b]
        years.append(b)
        levels.append(levels[-1] + (statistics.median(steps) if len(steps) >= least else 0.0))
    return Moves(tuple(years), tuple(levels))


@functools.lru_cache(maxsize=4)
def moves(rows: tuple[Market, ...]) -> dict[str, Moves]:
    """Group -> its movement; consumer cards by maker's segment are one group, as are processors."""
    members: dict[str, list[Moves]] = {}
    for (subject, _), points in series_of(rows).items():
        if len(points) < 2:
            continue
        kind = subject.partition(":")[0]
        group = {"chip": "gpu", "cpu": "cpu"}.get(kind, subject)
        line = Moves(tuple(p[0] for p in points), tuple(p[1] for p in points))
        members.setdefault(group, []).append(line)
    return {group: _chained(lines) for group, lines in members.items()}


def followed(seen: Iterable[tuple[str, Sequence[tuple[float, float]]]]) -> dict[str, Moves]:
    """Group -> its movement by members of it that were seen on several days in shops."""
    members: dict[str, list[Moves]] = {}
    for group, points in seen:
        if len(points) > 1:
            members.setdefault(group, []).append(Moves(*zip(*points, strict=True)))
    return {group: _chained(lines, FEW) for group, lines in members.items()}


def group_of(part: object, chips: Mapping[str, Chip]) -> str:
    """The group a part moves with; "" where there is none."""
    kind = getattr(part, "kind", "")
    if kind == "card":
        chip = chips.get(getattr(part, "chip", ""))
        if chip is None:
            return ""
        return "gpu" if chip.segment in CONSUMER else f"gpu:{chip.vendor}"
    if kind == "cpu":
        return "cpu"
    if kind == "ram":
        return f"memory:{getattr(part, 'type', '')}"
    if kind == "drive" and getattr(part, "type", "") == "ssd":
        return "drive:nvme"
    return ""
