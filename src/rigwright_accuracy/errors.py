"""Errors of predictions: one record for each group of measured rows, whatever prints it."""

import csv
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rigwright.spec.operation import Array
from rigwright_accuracy.measured import WORDS, SharedDataMissingError

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
LOW = -0.1
"""A prediction this far under the measurement promises too much."""


@dataclass(frozen=True, slots=True)
class Label:
    """Which rows. table : what was predicted, and how the rows are grouped.

    split : what the constants had not seen.  source : whose rows.  what : which of them.
    """

    table: str
    split: str
    source: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Errors of one group, predicted over measured less one; all shares, in 0..1.

    mape, median, p90 : of their sizes.  bias, median_bias : mean and median with sign.
    low_10 : rows predicted more than 10 % too low.  within_10, within_20 : rows that near.
    in_range : rows inside the stated range.  ranking : pairs of chips, timed on the same work and
    more than 5 % apart, whose faster one was told; not a number where there are none.
    """

    table: str
    split: str
    source: str
    what: str
    rows: int
    models: int
    chips: int
    mape: float
    median: float
    p90: float
    bias: float
    median_bias: float
    low_10: float
    within_10: float
    within_20: float
    in_range: float
    ranking: float = float("nan")


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows of a table that are not scored, and why."""

    table: str
    source: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Judged:
    """Rows with what is said of them. models, chips : of each row.

    half : the range of a row is predicted x exp(+-half).
    """

    predicted: Array
    measured: Array
    half: Array | float
    models: Sequence[str]
    chips: Sequence[str]

    def score(
        self, label: Label, at: Sequence[int] | NDArray[np.intp], ranking: float = float("nan")
    ) -> Score:
        """Score of some of the rows, by their places."""
        ratio = self.predicted[at] / self.measured[at]
        error, size = ratio - 1.0, np.abs(ratio - 1.0)
        inside = np.abs(np.log(ratio)) <= np.broadcast_to(self.half, self.measured.shape)[at]
        models, chips = ({names[i] for i in at} for names in (self.models, self.chips))
        return Score(
            **asdict(label), rows=len(at), models=len(models), chips=len(chips),
            mape=float(size.mean()), median=float(np.median(size)),
            p90=float(np.quantile(size, 0.9)), bias=float(error.mean()),
            median_bias=float(np.median(error)), low_10=float((error < LOW).mean()),
            within_10=float((size <= 0.1).mean()), within_20=float((size <= 0.2).mean()),
            in_range=float(inside.mean()), ranking=ranking,
        )  # fmt: skip


HEADS: dict[str, str] = WORDS["heads"]


def shown(value: str | float) -> str:
    """A cell: counts and words as they are, shares in per cent with one decimal."""
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{100 * value:.1f}"
    return str(value)


def markdown(scores: Iterable[Score], heads: Sequence[str]) -> str:
    """A table with one line for each record."""
    rows = ([shown(getattr(s, HEADS[head])) for head in heads] for s in scores)
    return grid(heads, rows)


def grid(heads: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _cells(records: Sequence[Any]) -> Iterator[list[str]]:
    """Names of the columns, then one line for each record, as ``markdown`` shows them."""
    columns = fields(records[0])
    yield [f.name + ("_pct" if f.type is float else "") for f in columns]
    yield from ([shown(getattr(r, f.name)) for f in columns] for r in records)


def plain(records: Sequence[Any]) -> str:
    """A Markdown table of the records with every column."""
    heads, *rows = _cells(records)
    return grid(heads, rows)


def write_csv(path: Path, records: Sequence[Any]) -> None:
    """The same as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(_cells(records))


def report(scores: Iterable[Score], skipped: Iterable[Skipped]) -> str:
    """Every score by table and by what was held out, then what is not scored."""
    told: dict[str, list[Score]] = {}
    for s in scores:
        told.setdefault(f"## {s.table}, {s.split}", []).append(s)
    tables = [f"{head}\n\n{markdown(some, tuple(HEADS))}\n" for head, some in told.items()]
    left = [f"- not scored: {s.rows} x {s.source} {s.reason}" for s in skipped]
    return "\n".join([*tables, *left])


def groups(rows: Sequence[T], name_of: Callable[[T], K | None]) -> dict[K, NDArray[np.intp]]:
    """Name -> places of its rows, in order of appearance; rows without a name are left out."""
    found: dict[K, list[int]] = {}
    for place, row in enumerate(rows):
        if (name := name_of(row)) is not None:
            found.setdefault(name, []).append(place)
    return {name: np.array(places, dtype=np.intp) for name, places in found.items()}


def with_all(pairs: Sequence[tuple[Any, str]]) -> Iterator[tuple[tuple[Any, str], list[int]]]:
    """Each pair with the places of its rows; after the pairs of one first word all of them."""
    named = {*pairs, *((first, "all") for first, _ in pairs)}
    for name in sorted(named, key=lambda n: (n[0], n[1] == "all", n[1])):
        first, second = name
        yield name, [i for i, p in enumerate(pairs) if p[0] == first and second in ("all", p[1])]


def calibrate_or_score(
    topic: str,
    calibrate: Callable[[], None],
    scores: Callable[[], tuple[list[Score], list[Skipped]]],
) -> int:
    """Exit code: 2 with one line where the word or the measurements are missing."""
    if sys.argv[1:] not in (["calibrate"], ["score"]):
        given = " ".join(sys.argv[1:]) or "nothing"
        print(f"{topic}: given {given}; allowed: calibrate, score", file=sys.stderr)
        return 2
    try:
        if sys.argv[1:] == ["calibrate"]:
            calibrate()
        print(report(*scores()))
    except SharedDataMissingError as error:
        print(f"{topic}: {error}", file=sys.stderr)
        return 2
    return 0
