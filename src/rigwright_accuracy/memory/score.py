"""Errors of predicted peak memory, and how often "it fits" was wrong."""

import functools
import hashlib
import itertools
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from rigwright.predict import constants as table
from rigwright.predict import memory
from rigwright.predict.constants import Constants, shipped
from rigwright.predict.memory import assemble
from rigwright.predict.memory import peak as fitted_peak
from rigwright.spec.operation import Array
from rigwright_accuracy.errors import (
    Judged,
    Label,
    Score,
    Skipped,
    groups,
    plain,
)
from rigwright_accuracy.fitting import HELD, rewrite
from rigwright_accuracy.memory import runs
from rigwright_accuracy.memory.runs import GIB, Row

FOLDS = 5
FITTED = (
    "tensor_share", "conv_workspace", "conv_workspace_forward", "rounding_share", "buffers_share",
    "training_gib", "context_volta_gib", "context_turing_gib",
)  # fmt: skip
BASIS = {"allocated": "allocated", "reserved": "reserved", "whole": "bytes"}
LOOSE = 0.05
"""Logarithmic error from which a row counts less and less: aborted runs measure what they like."""
TOO_LOW = 1.4
"""How much worse it is to promise too little memory than too much."""


def predict(found: list[Row], c: Constants) -> Array:
    """Predicted bytes of each row, in the terms its source measured."""
    return np.array([_bytes(row, c) for row in found])


def _bytes(row: Row, c: Constants) -> float:
    assert row.parts is not None, "rows without a prediction are left out by runs.scored"
    return float(getattr(assemble(row.parts, c), BASIS[row.basis]))


def group_of(row: Row) -> str:
    """Rows that are held out together: a model of a table, or a whole source of training runs."""
    return row.run.model if row.group in ("vision", "inference") else row.source


@functools.cache
def fold_of(name: str) -> int:
    """A group is always in the same fold."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def weights(found: list[Row]) -> Array:
    """Every table weighs the same; rows not fully published do not count."""
    kinds = [_table(r) for r in found]
    share = {kind: kinds.count(kind) for kind in set(kinds)}
    each = [counts(r) / math.sqrt(share[kind]) for r, kind in zip(found, kinds, strict=True)]
    return np.array(each)


def counts(row: Row) -> bool:
    """Told, or all that is not is how much shorter than said texts are: kernels' own buffers are
    fitted on such rows too."""
    return row.told or (row.parts is not None and row.parts.own_buffers)


def _table(row: Row) -> str:
    return row.source if row.group in ("vision", "inference") else "train_memory"


def calibrate(found: list[Row]) -> Constants:
    """Constants with the least logarithmic errors, and the ranges that cover what they leave."""
    limits = {r.name: (r.low, r.high) for r in table.read(fitted_peak.TABLE)}
    start = Constants({r.name: r.value for r in table.read(fitted_peak.TABLE)})
    low, high = (np.array([limits[n][i] for n in FITTED]) for i in (0, 1))
    used = np.log([r.used_bytes for r in found])
    weight = weights(found)

    def constants(values: Array) -> Constants:
        return start.replace(dict(zip(FITTED, map(float, values), strict=True)))

    def residual(values: Array) -> Array:
        error = np.log(predict(found, constants(values))) - used
        error = np.where(error < 0, TOO_LOW, 1.0) * error / LOOSE
        return np.asarray(weight * np.sign(error) * np.sqrt(2.0 * (np.sqrt(1.0 + error**2) - 1.0)))

    got = least_squares(residual, (low + high) / 3, bounds=(low, high), max_nfev=20, diff_step=1e-3)
    best = constants(got.x)
    return best.replace(ranges(found, np.log(predict(found, best)) - used))


def ranges(found: list[Row], errors: Array) -> dict[str, float]:
    """Half widths of logarithmic ranges that hold ``HELD`` of the rows of each kind."""
    names = np.array([range_of(r) if counts(r) else "" for r in found])
    known = sorted({*names.tolist()} - {""})
    return {n: float(np.quantile(np.abs(errors[names == n]), HELD)) for n in known}


def held_out(found: list[Row]) -> tuple[Array, Array]:
    """(bytes, half width of the range) of each row by constants that never saw its group."""
    out, width = np.zeros(len(found)), np.zeros(len(found))
    fold = np.array([fold_of(group_of(r)) for r in found])
    for k in range(FOLDS):
        seen = [r for r, f in zip(found, fold, strict=True) if f != k]
        new = [r for r, f in zip(found, fold, strict=True) if f == k]
        if not new:
            continue
        c = calibrate(seen)
        out[fold == k] = predict(new, c)
        width[fold == k] = [c[range_of(r)] for r in new]
    return out, width


def range_of(row: Row) -> str:
    """The constant with the half width of a row's range."""
    assert row.parts is not None, "rows without a prediction are left out by runs.scored"
    return memory.range_of(row.parts)


TABLE = "peak memory"
SPLIT = "unseen model or source"
ODD = 1.5
"""Convolution libraries that are free to choose take most of an empty 40 GiB card for workspace;
on a smaller card they choose another algorithm, so whether such a run fits one is not known."""
CARDS_GIB = (6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 80, 96, 141)
"""VRAM of cards that are or were sold; each measured run is asked about on each of them."""


def _source(row: Row) -> str:
    traced = row.group in ("vision", "inference")
    name = row.source if traced else "train_memory"
    if row.group == "other adapters":
        return "train_memory, other adapters (predicted as LoRA)"
    return name if row.told else f"{name}, not fully published"


def _group(row: Row) -> tuple[str, str] | None:
    if row.group in ("vision", "inference"):
        return None
    return "train_memory", row.group if row.told else f"{row.group}, not fully published"


def _origin(row: Row) -> tuple[str, str] | None:
    if row.group in ("vision", "inference"):
        return None
    return row.source, f"{row.group} ({row.basis})"


GROUPED = (  # table -> name of the group a row counts in, or none
    (TABLE, lambda row: (_source(row), "")),
    (f"{TABLE} by method", _group),
    (f"{TABLE} by source", _origin),
)


def by_group(found: list[Row], predicted: Array, width: Array) -> list[Score]:
    """Score of every group of every table, in order of appearance."""
    used = np.array([r.used_bytes for r in found])
    chips = [r.machine.chip.id for r in found if r.machine]
    told = Judged(predicted, used, width, [r.run.model for r in found], chips)
    return [
        told.score(Label(table, SPLIT, *name), at)
        for table, name_of in GROUPED
        for name, at in groups(found, name_of).items()
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """Every row on every card that has between half and twice its measured size. [questions]

    odd : measured more than ``ODD`` times what was predicted.
    """

    source: NDArray[np.str_]
    chance: Array
    fits: NDArray[np.bool_]
    odd: NDArray[np.bool_]


def asked(found: list[Row], predicted: Array, width: Array) -> Asked:
    """The questions, with the predicted chance to fit and what was measured."""
    sources, chances, fits, odd = [], [], [], []
    for row, peak, half in zip(found, predicted, width, strict=True):
        if not row.told or row.group == "other adapters":
            continue
        for card_bytes in (card * GIB for card in CARDS_GIB):
            if row.used_bytes / 2 < card_bytes < 2 * row.used_bytes:
                sources.append(_source(row))
                chances.append(memory.probability(peak, card_bytes, half))
                fits.append(row.used_bytes <= card_bytes)
                odd.append(row.used_bytes > ODD * peak)
    return Asked(np.array(sources), np.array(chances), np.array(fits), np.array(odd))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How often what is said of a table's questions was wrong. Shares in 0..1.

    without_odd : of the runs said to fit, wrong ones but for rows that are odd.
    """

    table: str
    questions: int
    fits: int
    fits_wrong: float
    without_odd: float
    tight: int
    small: int
    small_wrong: float


def verdicts(questions: Asked) -> list[Verdicts]:
    """How often each verdict was wrong, by table."""
    said = np.array([memory.verdict(chance) for chance in questions.chance])
    found = []
    for name in ("vision_train_memory", "dlinfbench", "train_memory"):
        here = questions.source == name
        yes, no = here & (said == "fits"), here & (said == "too small")
        found.append(
            Verdicts(
                name, int(here.sum()), int(yes.sum()), float((~questions.fits[yes]).mean()),
                float((~questions.fits[yes & ~questions.odd]).mean()),
                int((here & (said == "tight")).sum()), int(no.sum()),
                float(questions.fits[no].mean()),
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Chance:
    """Questions with a predicted chance to fit between two bounds, and the share that did."""

    chance: str
    questions: int
    did_fit: float


def reliability(questions: Asked) -> list[Chance]:
    """How often it did fit, by predicted chance."""
    edges = (0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.001)
    found = []
    for low, high in itertools.pairwise(edges):
        pick = (questions.chance >= low) & (questions.chance < high)
        if pick.any():
            share = float(questions.fits[pick].mean())
            found.append(Chance(f"{low:.2f} to {min(high, 1):.2f}", int(pick.sum()), share))
    return found


def _crashed(found: list[Row]) -> tuple[int, int]:
    """Runs published as out of memory, and how many of them are said to fit."""
    out = [r for r in found if r.capacity_bytes and r.parts is not None]
    c = shipped("memory")
    return len(out), sum(predict([r], c)[0] <= r.capacity_bytes for r in out)


@dataclass(frozen=True)
class MemoryScores:
    """What is said of peak memory."""

    scores: list[Score]
    skipped: list[Skipped]
    verdicts: list[Verdicts]
    reliability: list[Chance]
    crashed: tuple[int, int]


def scores() -> MemoryScores:
    """By constants that never saw the row's kin. Raises SharedDataMissingError."""
    every = runs.rows()
    found = runs.scored(every)
    predicted, width = held_out(found)
    questions = asked(found, predicted, width)
    skipped = Counter((r.source, r.skip) for r in every if r.skip)
    return MemoryScores(
        by_group(found, predicted, width),
        [Skipped(TABLE, source, why, n) for (source, why), n in sorted(skipped.items())],
        verdicts(questions),
        reliability(questions),
        _crashed(every),
    )


def recalibrate(into: Path = fitted_peak.TABLE) -> None:
    """Calibrate on all rows and write the table. Raises SharedDataMissingError."""
    rewrite(fitted_peak.TABLE, calibrate(runs.scored(runs.rows())), into)


def scored() -> tuple[list[Score], list[Skipped]]:
    """Errors, with verdicts and crashes printed beside."""
    got = scores()
    print(plain(got.verdicts), plain(got.reliability), sep="\n\n", end="\n\n")
    print(f"Published as out of memory: {got.crashed[0]}; said to fit: {got.crashed[1]}.\n")
    return got.scores, got.skipped
