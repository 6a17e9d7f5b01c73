"""Errors of predicted peak memory, and how often "it fits" was wrong."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rigwright.predict import memory
from rigwright.predict.constants import shipped
from rigwright.predict.memory import peak as fitted_peak
from rigwright_accuracy.command import calibrate_or_score
from rigwright_accuracy.errors import Array, Judged, Label, Score, Skipped, groups, plain
from rigwright_accuracy.fitting import rewrite
from rigwright_accuracy.memory import leastsquares, runs
from rigwright_accuracy.memory.runs import GIB, Row

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
    return len(out), sum(leastsquares.predict([r], c)[0] <= r.capacity_bytes for r in out)


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
    predicted, width = leastsquares.held_out(found)
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
    rewrite(fitted_peak.TABLE, leastsquares.calibrate(runs.scored(runs.rows())), into)


def _scored() -> tuple[list[Score], list[Skipped]]:
    got = scores()
    print(plain(got.verdicts), plain(got.reliability), sep="\n\n", end="\n\n")
    print(f"Published as out of memory: {got.crashed[0]}; said to fit: {got.crashed[1]}.\n")
    return got.scores, got.skipped


def main() -> int:
    """Calibrate or score."""
    return calibrate_or_score("memory", recalibrate, _scored)
