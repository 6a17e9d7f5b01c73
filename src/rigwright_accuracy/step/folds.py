"""Predictions of rows by constants that never saw the row's model family, or its die."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.constants import Constants
from rigwright_accuracy.measured import Row
from rigwright_accuracy.step.bench import Bench
from rigwright_accuracy.step.leastsquares import Array, calibrate, without
from rigwright_accuracy.step.operations import OperationSet

FOLDS = 6
WARM_ROUNDS = 3  # a held-out calibration starts from the full one, which is near


def family_key(row: Row) -> str:
    """Model family (timm module) or model."""
    return row.family


def die_key(row: Row) -> str:
    """Chips of one die are held out together."""
    assert row.chip is not None
    return row.chip.die or row.chip.id


def fold_of(key: str) -> int:
    """Stable fold number of a key."""
    return zlib.crc32(key.encode()) % FOLDS


def _folds(rows: list[Row], key: Callable[[Row], str]) -> list[str]:
    """Fold of each row: dies one by one, since a few of them hold most rows; families in six."""
    if key is die_key:
        return [die_key(r) for r in rows]
    return [str(fold_of(key(r))) for r in rows]


def unseen(
    everything: Bench,
    sample: Bench,
    sets: list[OperationSet],
    calibrated: Constants,
    key: Callable[[Row], str],
) -> Array:
    """Seconds of every row of ``everything``; its key's fold of ``sample`` is left out."""
    out = np.zeros(len(everything.rows))
    folds = np.array(_folds(everything.rows, key))
    inside = np.array(_folds(sample.rows, key))
    for fold in sorted(set(folds)):
        held = np.flatnonzero(inside == fold).tolist()
        if not held and not any(s.holds(fold) for s in sets):  # nothing of it was calibrated
            out[folds == fold] = everything.predict(calibrated)[folds == fold]
            continue
        rest = without(sample, held)
        kept = [s for s in sets if key is not die_key] or list(_without_dies(sets, fold))
        got = calibrate(rest, kept, calibrated, "step", WARM_ROUNDS)
        rows = folds == fold
        out[rows] = everything.predict(got.constants)[rows]
    return out


def _without_dies(sets: list[OperationSet], die: str) -> Iterator[OperationSet]:
    for s in sets:
        held: NDArray[np.bool_] = np.array([(c.die or c.id) == die for c in s.chips])
        keep = ~held[s.chip]
        if keep.any():
            yield OperationSet(
                s.name, s.work.where(keep), s.chips, s.chip[keep], s.seconds[keep], s.setting
            )
