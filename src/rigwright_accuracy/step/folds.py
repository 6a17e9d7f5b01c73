"""Predictions of rows by constants that never saw the row's family, die, source or maker."""

import zlib
from collections.abc import Callable

import numpy as np

from rigwright.spec.operation import Array
from rigwright.spec.parts import Chip
from rigwright_accuracy.measured import Row
from rigwright_accuracy.step.bench import Bench, subset
from rigwright_accuracy.step.leastsquares import Calibrated, Problem, calibrate
from rigwright_accuracy.step.operations import OperationSet

FOLDS = 6
ROUNDS = 4  # a calibration with something left out starts from the full one and its slopes
SetKey = Callable[[OperationSet, Chip], str]


def family_key(row: Row) -> str:
    """One of six folds of model families (timm modules) or models."""
    return str(zlib.crc32(row.family.encode()) % FOLDS)


def die_key(row: Row) -> str:
    """Chips of one die are held out together."""
    assert row.chip is not None
    return row.chip.die or row.chip.id


def source_key(row: Row) -> str:
    """Whose rows."""
    return row.source


def vendor_key(row: Row) -> str:
    """Maker of the chip."""
    assert row.chip is not None
    return row.chip.vendor


OF_SETS: dict[Callable[[Row], str], SetKey] = {
    family_key: lambda s, chip: "",
    die_key: lambda s, chip: chip.die or chip.id,
    source_key: lambda s, chip: s.source,
    vendor_key: lambda s, chip: chip.vendor,
}
"""What the executions of a set count as, by the key of rows."""


def unseen(
    everything: Bench, problem: Problem, calibrated: Calibrated, key: Callable[[Row], str]
) -> Array:
    """Seconds of every row of ``everything``; all that has its key is left out of ``problem``."""
    out, folds = np.zeros(len(everything.rows)), np.array([key(r) for r in everything.rows])
    tables = [s for s in problem.sets if isinstance(s, OperationSet)]
    sets = [OF_SETS[key](s, s.chips[i]) for s in tables for i in s.chip]
    inside = np.array([*(key(r) for r in problem.bench.rows), *sets])
    for fold in sorted(set(folds)):
        rows, c = np.flatnonzero(folds == fold), calibrated.constants
        if (inside == fold).any():
            kept = (inside != fold).astype(float)
            c = calibrate(problem, c, ROUNDS, kept, calibrated.slopes).constants
        out[rows] = subset(everything, rows.tolist()).predict(c)
    return out
