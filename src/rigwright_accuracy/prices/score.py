"""Prices: what the model says of hidden observations, and its three constants.

    python tools/prices_score.py score              # errors and coverage, embedded observations
    python tools/prices_score.py score --db FILE    # the same with an imported catalogue
    python tools/prices_score.py score --write      # also docs/data/prices-accuracy.csv and page
    python tools/prices_score.py calibrate          # make catalog/data/price_steps.csv again

Deterministic; needs nothing beside the repository.
"""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rigwright.catalog import source
from rigwright.catalog.prices import nowcast
from rigwright.catalog.prices.nowcast import Steps
from rigwright_accuracy.measured import cells_of
from rigwright_accuracy.prices import hidden

CONDITIONS = ("new", "used")
WAYS = (
    "own prices hidden",
    "younger prices hidden",
    "last 6 months hidden",
    "last 12 months hidden",
)
ALL = "all"
FACTORS = (2**-0.25, 2**0.25)
GAIN = 0.001
"""A constant is moved down or up by these, over and over, until nothing is better by so much: a
fiftieth of how sure the loss itself is."""


@dataclass(frozen=True, slots=True)
class PriceScore:
    """Errors of one kind and way of hiding, shares in 0..1.

    median, p90 : of the relative size of the error.  in_range : rows inside the 80 % range.
    last_rows, last_own, beside : rows with an older price of their own; the median error of that
    price, and of the model on the same rows; not a number where there are none.
    """

    condition: str
    way: str
    kind: str
    rows: int
    median: float
    p90: float
    in_range: float
    last_rows: int
    last_own: float
    beside: float


def score(condition: str, way: str, kind: str, guesses: Sequence[hidden.Guess]) -> PriceScore:
    """Score of at least one guess."""
    errors = [g.error for g in guesses]
    last = [(abs(g.last_usd / g.price.usd - 1.0), g.error) for g in guesses if g.last_usd]
    nothing = float("nan")
    return PriceScore(
        condition, way, kind, len(errors), float(np.median(errors)),
        float(np.quantile(errors, 0.9)), float(np.mean([g.inside for g in guesses])), len(last),
        float(np.median([a for a, _ in last])) if last else nothing,
        float(np.median([b for _, b in last])) if last else nothing,
    )  # fmt: skip


def guesses_of(way: str, found: Sequence[hidden.Shelf]) -> Iterator[hidden.Guess]:
    """What the shipped model says when observations are hidden this way."""
    ends = hidden.half_years(found)
    for shelf in found:
        if way == WAYS[0]:
            yield from hidden.own_hidden(shelf)
        elif way == WAYS[1]:
            yield from hidden.younger_hidden(shelf)
        else:
            yield from hidden.later_hidden(shelf, 6 if way == WAYS[2] else 12, ends)


def scores() -> list[PriceScore]:
    """By condition, way of hiding and kind, on the catalogue in use."""
    made: list[PriceScore] = []
    for condition in CONDITIONS:
        found = hidden.shelves((condition,))
        for way in WAYS:
            guesses = list(guesses_of(way, found))
            kinds = {k: [g for g in guesses if g.kind == k] for k in (s.kind for s in found)}
            kinds[ALL] = guesses
            made += [score(condition, way, k, g) for k, g in kinds.items() if g]
    return made


def loss(deviations: dict[str, float], found: Sequence[hidden.Shelf]) -> float:
    """Mean interval score of hidden younger prices of parts that were seen before.

    Forecasts are left out: a few days of many sightings decide those, and they judge the fit.
    """
    steps = Steps(**{name: value**2 for name, value in deviations.items()})
    return float(
        np.mean([g.interval_score for s in found for g in hidden.younger_hidden(s, steps)])
    )


def calibrate() -> dict[str, float]:
    """Standard deviations, downhill from the middle of their limits by least loss.

    By prices of new parts: those of used ones are few, and most are of three months of one crash.
    """
    found = hidden.shelves(("new",))
    limits = {r["name"]: (float(r["low"]), float(r["high"])) for r in cells_of(nowcast.TABLE)}
    at = {name: math.sqrt(low * high) for name, (low, high) in limits.items()}
    best, moved = loss(at, found), True
    while moved:
        moved = False
        for name, (low, high) in limits.items():
            for factor in FACTORS:
                there = {**at, name: min(max(at[name] * factor, low), high)}
                if there[name] != at[name] and (new := loss(there, found)) < best - GAIN:
                    at, best, moved = there, new, True
    return at


def recalibrate(into: Path = nowcast.TABLE) -> None:
    """Calibrate on the embedded observations and write the table."""
    source.use("none")
    values, rows = calibrate(), cells_of(nowcast.TABLE)
    with into.open("w", encoding="utf-8", newline="") as out:
        lines = csv.DictWriter(out, rows[0], lineterminator="\n")
        lines.writeheader()
        lines.writerows({**r, "value": f"{values[r['name']]:.4g}"} for r in rows)
    nowcast.steps.cache_clear()
