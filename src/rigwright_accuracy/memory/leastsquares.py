"""Fitting the memory constants, and predicting rows by constants that never saw their kin."""

from __future__ import annotations

import functools
import hashlib
import math

import numpy as np
from scipy.optimize import least_squares

from rigwright.predict import constants as table
from rigwright.predict.constants import Constants
from rigwright.predict.memory import assemble, peak
from rigwright_accuracy.fitting import HELD, Array
from rigwright_accuracy.memory.runs import Row

FOLDS = 5
FITTED = (
    "tensor_share", "conv_workspace", "conv_workspace_forward", "gradient_share", "rounding_share",
    "training_gib", "context_volta_gib", "context_turing_gib", "context_before_volta_gib",
)  # fmt: skip
RANGES = {"range_traced": ("vision",), "range_inference": ("inference",),
          "range_written": ("lora", "qlora", "full", "other adapters")}  # fmt: skip
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
    each = [r.told / math.sqrt(share[kind]) for r, kind in zip(found, kinds, strict=True)]
    return np.array(each)


def _table(row: Row) -> str:
    return row.source if row.group in ("vision", "inference") else "train_memory"


def calibrate(found: list[Row]) -> Constants:
    """Constants with the least logarithmic errors, and the ranges that cover what they leave."""
    limits = {r.name: (r.low, r.high) for r in table.read(peak.TABLE)}
    start = Constants({r.name: r.value for r in table.read(peak.TABLE)})
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
    out = {}
    for name, groups in RANGES.items():
        pick = np.array([r.group in groups and r.told for r in found])
        if pick.any():
            out[name] = float(np.quantile(np.abs(errors[pick]), HELD))
    return out


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
    return next(name for name, groups in RANGES.items() if row.group in groups)
