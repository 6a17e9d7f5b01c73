"""Errors of predictions: one record for each group of measured rows, whatever prints it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
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


def score(
    label: Label, predicted: Array, measured: Array, half: Array | float,
    models: Iterable[str], chips: Iterable[str], ranking: float = float("nan"),
) -> Score:  # fmt: skip
    """Score of predictions whose range is predicted x exp(+-half); models and chips of the rows."""
    error = predicted / measured - 1.0
    size = np.abs(error)
    inside = np.abs(np.log(predicted / measured)) <= half
    return Score(
        **asdict(label), rows=len(error), models=len(set(models)), chips=len(set(chips)),
        mape=float(size.mean()), median=float(np.median(size)), p90=float(np.quantile(size, 0.9)),
        bias=float(error.mean()), median_bias=float(np.median(error)),
        low_10=float((error < LOW).mean()), within_10=float((size <= 0.1).mean()),
        within_20=float((size <= 0.2).mean()), in_range=float(inside.mean()), ranking=ranking,
    )  # fmt: skip


HEADS = {  # heading -> what a record holds; shares are told in per cent
    "source": "source", "what": "what", "rows": "rows", "models": "models", "chips": "chips",
    "MAPE %": "mape", "median": "median", "p90": "p90", "bias": "bias",
    "median bias": "median_bias", "more than 10 % too low %": "low_10", "within 10 %": "within_10",
    "within 20 %": "within_20", "in range %": "in_range", "ranking %": "ranking",
}  # fmt: skip


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


def write_csv(path: Path, records: Sequence[Any]) -> None:
    """The records with every column, cells as ``markdown`` shows them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        columns = fields(records[0])
        writer.writerow(f.name + ("_pct" if f.type == "float" else "") for f in columns)
        writer.writerows([shown(getattr(r, f.name)) for f in columns] for r in records)


def groups(rows: Sequence[T], name_of: Callable[[T], K | None]) -> dict[K, NDArray[np.intp]]:
    """Name -> places of its rows, in order of appearance; rows without a name are left out."""
    found: dict[K, list[int]] = {}
    for place, row in enumerate(rows):
        if (name := name_of(row)) is not None:
            found.setdefault(name, []).append(place)
    return {name: np.array(places, dtype=np.intp) for name, places in found.items()}
