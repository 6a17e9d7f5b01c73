"""Predictions of rows by constants that never saw the row's model family, or its die."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from accuracy.bench import Bench
from accuracy.fitting import Array, fit, without
from accuracy.measured import Row
from accuracy.operations import OperationSet
from rigwright.predict.constants import Constants

FOLDS = 6
WARM_ROUNDS = 3  # a held-out fit starts from the full one, which is near


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


def unseen(
    everything: Bench,
    sample: Bench,
    sets: list[OperationSet],
    fitted: Constants,
    key: Callable[[Row], str],
) -> Array:
    """Seconds of every row of ``everything``, its key's fold left out of the fit on ``sample``."""
    out = np.zeros(len(everything.rows))
    folds = np.array([fold_of(key(r)) for r in everything.rows])
    inside = np.array([fold_of(key(r)) for r in sample.rows])
    for fold in range(FOLDS):
        rest = without(sample, np.flatnonzero(inside == fold).tolist())
        kept = [s for s in sets if key is not die_key] or list(_without_dies(sets, fold))
        got = fit(rest, kept, fitted, "step", WARM_ROUNDS)
        rows = folds == fold
        out[rows] = everything.predict(got.constants)[rows]
    return out


def _without_dies(sets: list[OperationSet], fold: int) -> Iterator[OperationSet]:
    for s in sets:
        held: NDArray[np.bool_] = np.array([fold_of(c.die or c.id) == fold for c in s.chips])
        keep = ~held[s.chip]
        if keep.any():
            yield OperationSet(
                s.name, s.work.where(keep), s.chips, s.chip[keep], s.seconds[keep], s.setting
            )
