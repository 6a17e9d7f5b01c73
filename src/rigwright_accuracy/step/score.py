"""Errors of predicted step times: shipped constants, unseen families and unseen chips."""

import itertools
from collections import Counter
from dataclasses import dataclass

import numpy as np

from rigwright.predict import constants as table
from rigwright.predict.constants import Constants
from rigwright.spec.operation import Array
from rigwright_accuracy import measured
from rigwright_accuracy.errors import Judged, Label, Score, Skipped, groups
from rigwright_accuracy.kernels.tables import KERNELS_PER_SET, SCORED
from rigwright_accuracy.kernels.tables import all_sets as kernel_sets
from rigwright_accuracy.step.bench import Bench, build, subset
from rigwright_accuracy.step.calibration import operation_list, sample, usable
from rigwright_accuracy.step.leastsquares import (
    Problem,
    calibrate,
    die_key,
    family_key,
    line_of,
    source_key,
    unseen,
    vendor_key,
)

TABLE, KERNELS = "step time", "kernel time"
IN_SAMPLE = "shipped constants (in sample)"
HELD_OUT = (
    ("unseen family", family_key), ("unseen chip", die_key), ("unseen maker", vendor_key),
    ("unseen source", source_key),
)  # fmt: skip


@dataclass(frozen=True)
class StepScores:
    """What is said of step times. predicted : of the last split, for the picture. [s]"""

    scores: list[Score]
    skipped: list[Skipped]
    bench: Bench
    predicted: Array
    kernels: list[Score]


def ranking(rows: list[measured.Row], predicted: Array, seconds: Array) -> float:
    """Agreement on which of two chips is faster at the same work, per item."""
    work: dict[tuple[object, ...], dict[str, list[tuple[float, float]]]] = {}
    for row, guess, true in zip(rows, predicted, seconds, strict=True):
        run, chip = row.run, row.chip
        assert chip is not None
        key = (run.model, run.img_size, run.precision, run.mode, run.layout, run.compile,
               row.gpu_count, row.label)  # fmt: skip
        found = work.setdefault(key, {}).setdefault(chip.id, [])
        found.append((guess / run.batch, true / run.batch))
    agreed = pairs = 0
    for chips in work.values():
        medians = [np.median(np.array(found), axis=0) for found in chips.values()]
        for (guess, true), (guess2, true2) in itertools.combinations(medians, 2):
            if abs(np.log(true / true2)) > 0.05:
                pairs += 1
                agreed += (guess < guess2) == (true < true2)
    return agreed / pairs if pairs else float("nan")


def by_source(bench: Bench, predicted: Array, c: Constants, split: str) -> list[Score]:
    """Score of each source, several-GPU rows apart; then of each maker of chips and each mode."""
    seconds, models = bench.measured, [r.run.model for r in bench.rows]
    chips = [r.chip.id for r in bench.rows if r.chip]
    told = Judged(predicted, seconds, bench.widths(c), models, chips)
    return [
        told.score(
            Label(TABLE, split, name, what), at,
            ranking([bench.rows[i] for i in at], predicted[at], seconds[at]),
        )
        for what, key in (("", line_of), ("maker", vendor_key), ("mode", lambda row: row.run.mode))
        for name, at in sorted(groups(bench.rows, key).items())
    ]  # fmt: skip


def scores(*, quick: bool) -> StepScores:
    """Every split, or the shipped constants alone. Raises SharedDataMissingError."""
    c = table.shipped()
    rows = [r for r in measured.all_rows() if usable(r)]
    bench = build(rows, operation_list)
    predicted = bench.predict(c)
    found = by_source(bench, predicted, c, IN_SAMPLE)
    if not quick:
        problem = sample()
        fitted = calibrate(problem, c, 1)
        for split, key in HELD_OUT:
            predicted = unseen(bench, problem, fitted, key)
            found += by_source(bench, predicted, c, split)
    kernels = kernel_scores(bench, measured.ChipNames(), quick=quick)
    return StepScores(found, skipped(bench.skipped), bench, predicted, kernels)


def kernel_scores(bench: Bench, names: measured.ChipNames, *, quick: bool = False) -> list[Score]:
    """Of single kernels by operation and chip: shipped constants, and without that chip."""
    c, sets = table.shipped(), kernel_sets(names, SCORED)
    few = [s for s in kernel_sets(names, KERNELS_PER_SET) if s.fitted]
    found, none = [], subset(bench, [])
    for split in (IN_SAMPLE,) if quick else (IN_SAMPLE, "unseen chip"):
        for chip in dict.fromkeys(s.chip for s in sets):
            others = [s for s in few if s.chip is not chip]
            held = c
            if split != IN_SAMPLE:
                problem = Problem(none, others)
                held = calibrate(problem, c, 10, stages=("kernel",)).constants
            for op in dict.fromkeys(s.name for s in sets):
                here = [s for s in sets if s.chip is chip and s.name == op]
                predicted = np.concatenate([s.predict(held) for s in here])
                seconds = np.concatenate([s.seconds for s in here])
                many = len(seconds)
                told = Judged(predicted, seconds, c.range_base, [op] * many, [chip.id] * many)
                found.append(told.score(Label(KERNELS, split, chip.id, op), range(many)))
    return found


def skipped(counted: Counter[tuple[str, str]]) -> list[Skipped]:
    """Rows by source and reason; the models that are not in the zoo counted together."""
    found: dict[tuple[str, str], list[int]] = {}
    for (source, why), n in counted.items():
        found.setdefault((source, why.split(":")[0]), []).append(n)
    return [
        Skipped(TABLE, source, f"{kind} ({len(each)} models)" if "zoo" in kind else kind, sum(each))
        for (source, kind), each in sorted(found.items())
    ]
