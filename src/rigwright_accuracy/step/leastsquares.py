"""Least squares for the constants table: weights, residuals, folds."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from rigwright.predict.constants import Constants
from rigwright.spec.run import Run
from rigwright_accuracy.kernels.tables import KernelSet
from rigwright_accuracy.measured import Row
from rigwright_accuracy.step.bench import Bench, subset
from rigwright_accuracy.step.operations import WEIGHTS, OperationSet

Array = NDArray[np.float64]
PRIORS = Path(__file__).with_name("priors.csv")
SOURCE_WEIGHTS = {
    "timm_train": 6.0,
    "timm_infer_gpu": 3.0,
    "cnn_benchmarks": 1.4,
    "lambda": 1.1,
    "u39kun": 0.7,
    "small_sources": 0.4,
    "pytorch_gpu_benchmark": 0.3,  # batch 12: the host's dispatch and copies are in most rows
    "dlinfbench": 0.15,  # five frameworks of 2018, host copies inside
}
OPERATION_WEIGHT_DEFAULT = 0.5
UNCALIBRATED = (
    "transformer-xl-base", "transformer-xl-large", "ncf", "maskrcnn", "gnmt", "tacotron2",
    "waveglow",
)  # fmt: skip
"""Scored but not calibrated: the published scripts do work that the zoo's lists do not hold."""
PRIOR_WEIGHT = 0.4
ROBUST = 0.05  # log error beyond which a row counts less (soft L1)


@dataclass(frozen=True)
class Prior:
    """One constant before calibration: physical guess, plausible range, what it means."""

    name: str
    prior: float
    low: float
    high: float
    unit: str
    stage: str
    meaning: str


def priors() -> list[Prior]:
    """Rows of ``priors.csv``."""
    with PRIORS.open(encoding="utf-8", newline="") as lines:
        return [
            Prior(r["name"], float(r["prior"]), float(r["low"]), float(r["high"]), r["unit"],
                  r["stage"], r["meaning"])
            for r in csv.DictReader(lines)
        ]  # fmt: skip


def group_of(row: Row) -> tuple[str, ...]:
    """Rows of one group share chip and software; groups weigh the same whatever their size."""
    run = row.run
    assert row.chip is not None
    return (
        row.source, row.chip.id, row.label, run.precision, run.mode, run.layout, run.compile,
    )  # fmt: skip


def calibration_sample(
    rows: Iterable[Row], known: Callable[[Run], bool], seed: int = 0, per_group: int = 40
) -> list[Row]:
    """At most ``per_group`` random rows of each group whose model is known: that is enough."""
    members: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row.skip or row.run.precision == "fp64" or row.gpu_count != 1:
            continue
        if row.run.model in UNCALIBRATED:
            continue
        if known(row.run):
            members.setdefault(group_of(row), []).append(row)
    rng = np.random.default_rng(seed)
    chosen: list[Row] = []
    for group in members.values():
        take = rng.permutation(len(group))[:per_group]
        chosen += [group[i] for i in sorted(take)]
    return chosen


@dataclass
class Calibrated:
    """Calibrated constants with half widths of their 68 % intervals."""

    constants: Constants
    errors: dict[str, float]
    loss: float


def calibrate(
    bench: Bench, sets: Sequence[OperationSet | KernelSet], start: Constants, stage: str,
    rounds: int, anchor: Constants | None = None,
) -> Calibrated:  # fmt: skip
    """Robust least squares of log(predicted / measured), pulled softly to the priors.

    anchor : priors (default: the priors of the table). rounds : most function rounds.
    """
    free = [p for p in priors() if p.stage == stage]
    names = [p.name for p in free]
    low, high = np.array([p.low for p in free]), np.array([p.high for p in free])
    centre = np.array([(anchor[p.name] if anchor else p.prior) for p in free])
    x0 = np.clip([start[n] for n in names], low + 1e-6 * (high - low), high - 1e-6 * (high - low))
    sizes = Counter(group_of(r) for r in bench.rows)
    weight = np.array([SOURCE_WEIGHTS[r.source] / np.sqrt(sizes[group_of(r)]) for r in bench.rows])
    goal = np.log(bench.measured)

    def residuals(x: Array) -> Array:
        c = start.replace(dict(zip(names, x, strict=True)))
        parts = [weight * (np.log(bench.predict(c)) - goal)] if bench.rows else []
        for s in sets:
            w = WEIGHTS.get(s.name, OPERATION_WEIGHT_DEFAULT) / np.sqrt(len(s.seconds))
            parts.append(w * np.log(s.predict(c) / s.seconds))
        parts.append(PRIOR_WEIGHT * (x - centre) / (high - low))
        return np.concatenate(parts)

    got = least_squares(
        residuals, x0, bounds=(low, high), loss="soft_l1", f_scale=ROBUST,
        x_scale=high - low, max_nfev=rounds, diff_step=3e-3,
    )  # fmt: skip
    spread = 2.0 * got.cost / max(len(got.fun) - len(names), 1)
    covariance = np.linalg.pinv(got.jac.T @ got.jac) * spread
    errors = dict(zip(names, np.sqrt(np.diag(covariance)).tolist(), strict=True))
    return Calibrated(
        start.replace(dict(zip(names, got.x.tolist(), strict=True))), errors, got.cost
    )


def without(bench: Bench, held: Iterable[int]) -> Bench:
    """The bench less the rows ``held``."""
    drop = set(held)
    return subset(bench, [i for i in range(len(bench.rows)) if i not in drop])
