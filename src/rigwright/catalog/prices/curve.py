"""How the price of a class moved: a Gaussian walk in time, known at dated points.

Between and beyond its points a curve says what is likeliest and how sure that is: the variance
grows with the distance from what was seen (kriging with a linear variogram: Cressie, "Statistics
for Spatial Data", 1993, ch. 3).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FIRST = 2005.0
"""Years before this are not asked about."""


class Point(NamedTuple):
    """One thing seen. year : decimal.  level : logarithm of USD.  variance : of the level.

    series : points of one series share an offset of their own (deals lie below shops); "" = none.
    """

    year: float
    level: float
    variance: float
    series: str = ""


class Spread(NamedTuple):
    """How far prices wander; all are of logarithms.

    walk : variance a year of a class beside its group, between ``watched`` (years) of the group.
    unwatched : variance a year before and after, where the group's own movement is not known.
    offset : variance of a series' own level.  prior : of a class's level where nothing was seen,
    at its birth ``since``: the walk starts there.
    """

    walk: float
    unwatched: float
    watched: tuple[float, float]
    offset: float
    prior: float
    since: float = FIRST

    def wandered(self, years: Array) -> Array:
        """Variance gathered from birth up to times. [n]"""
        first, last = (max(edge, self.since) for edge in self.watched)
        inside = np.minimum(np.maximum(years, first), last) - first
        outside = np.maximum(years - self.since, 0.0) - inside
        gathered: Array = self.walk * inside + self.unwatched * outside
        return gathered


class Curve:
    """The level of one class at any time, from its points. Without points it is the prior."""

    def __init__(self, points: Sequence[Point], spread: Spread) -> None:
        self._spread = spread
        self.years = np.array([p.year for p in points], dtype=float)
        levels = np.array([p.level for p in points], dtype=float)
        self._gathered = spread.wandered(self.years)
        self._inverse = np.zeros((0, 0))
        self._weights = levels
        if points:
            names = np.array([p.series for p in points])
            shared = (names[:, None] == names) & (names != "")[:, None]
            noise = np.diag([p.variance for p in points])
            known = self._shared(self._gathered, self._gathered) + spread.offset * shared + noise
            self._inverse = np.linalg.inv(known)
            self._weights = self._inverse @ levels

    def _shared(self, a: Array, b: Array) -> Array:
        """Covariance of the walk at two sets of times, by the variances gathered up to them."""
        shared: Array = self._spread.prior + np.minimum(a[:, None], b[None, :])
        return shared

    def at(self, years: Sequence[float]) -> tuple[Array, Array]:
        """(levels [n], covariance [n, n]) at some times."""
        asked = self._spread.wandered(np.asarray(years, dtype=float))
        prior = self._shared(asked, asked)
        if not len(self.years):
            return np.zeros(len(asked)), prior
        seen = self._shared(asked, self._gathered)
        return seen @ self._weights, prior - seen @ self._inverse @ seen.T
