"""Least squares for the constants table: weights, residuals, folds."""

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.optimize import lsq_linear

from rigwright.predict.constants import Constants
from rigwright.spec.operation import Array
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run
from rigwright_accuracy.kernels.tables import KernelSet
from rigwright_accuracy.measured import WORDS, Row, cells_of
from rigwright_accuracy.step.bench import Bench, subset
from rigwright_accuracy.step.operations import WEIGHTS, OperationSet

PRIORS = Path(__file__).with_name("priors.csv")
OPERATION_WEIGHT_DEFAULT = 0.5
UNCALIBRATED: list[str] = WORDS["steps"]["uncalibrated"]
ENDS = ("low", "high", "prior")
STEPS = ("step", "host", "network")
"""Stages that are calibrated together; single kernels and power caps come before them."""
PRIOR_WEIGHT, PRIOR_WIDTH = 0.3, 0.5
"""A miss of that size for a constant that is off its prior by its plausible range, in logarithms,
or by this where the range is wider: what few rows say of a constant does not move it far."""
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

    def place(self, value: float) -> float:
        """A value where it is fitted: its logarithm, or itself where the range begins at 0."""
        return math.log(value) if self.low > 0 else value

    def value(self, place: float) -> float:
        """The same back, inside the range."""
        value = math.exp(place) if self.low > 0 else place
        return min(max(value, self.low), self.high)


def priors() -> list[Prior]:
    """Rows of ``priors.csv``."""
    return [
        Prior(r["name"], float(r["prior"]), float(r["low"]), float(r["high"]), r["unit"],
              r["stage"], r["meaning"])
        for r in cells_of(PRIORS)
    ]  # fmt: skip


def group_of(row: Row) -> tuple[str, ...]:
    """Rows of one group share chips and software; groups weigh the same whatever their size."""
    run = row.run
    assert row.chip is not None
    return (
        row.source, row.chip.id, row.label, run.precision, run.mode, run.layout, run.compile,
        "several" if row.gpu_count > 1 else "",
    )  # fmt: skip


def line_of(row: Row) -> str:
    """Line of the published table: several GPUs, and models that are not calibrated, apart."""
    name = row.source + (" multi-GPU" if row.gpu_count > 1 else "")
    return name + (" (models not fitted)" if row.run.model in UNCALIBRATED else "")


def calibration_sample(
    rows: Iterable[Row], known: Callable[[Run], bool], per_group: int, seed: int = 0
) -> list[Row]:
    """At most ``per_group`` random rows of each group whose model is known: that is enough."""
    members: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row.skip or row.run.precision == "fp64":
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
class Problem:
    """Everything constants are calibrated on: rows of a bench, then executions of each set."""

    bench: Bench
    sets: Sequence[OperationSet | KernelSet]

    @cached_property
    def weights(self) -> Array:
        """Of each log error: groups of a source, and sets, weigh the same whatever their size."""
        sizes = Counter(group_of(r) for r in self.bench.rows)
        rows = [WORDS["weights"][r.source] / np.sqrt(sizes[group_of(r)]) for r in self.bench.rows]
        ones = [np.ones(len(s.seconds)) for s in self.sets]
        share = [WEIGHTS.get(s.name, OPERATION_WEIGHT_DEFAULT) for s in self.sets]
        sets = [o * w / np.sqrt(len(o)) for o, w in zip(ones, share, strict=True)]
        return np.concatenate([np.array(rows), *sets])

    def misses(self, c: Constants) -> Array:
        """log(predicted / measured) of everything."""
        sets = [np.log(s.predict(c) / s.seconds) for s in self.sets]
        rows = self.bench.predict(c) / self.bench.measured if self.bench.rows else np.zeros(0)
        return np.concatenate([np.log(rows), *sets])

    def slopes(self, c: Constants, misses: Array, free: list[Prior]) -> Array:
        """Change of every miss by each constant over its plausible range. [misses, constants]"""
        columns = []
        for p in free:
            at, span = p.place(c[p.name]), p.place(p.high) - p.place(p.low)
            step = 3e-3 * (1.0 if p.low > 0 else span)
            step = -step if at + step > p.place(p.high) else step
            moved = self.misses(c.replace({p.name: p.value(at + step)}))
            columns.append((moved - misses) / step * span)
        return np.array(columns).T


@dataclass
class Calibrated:
    """Calibrated constants with half widths of their 68 % intervals.

    slopes : of every miss by each of ``free``, at a point near the constants.
    """

    constants: Constants
    errors: dict[str, float]
    slopes: Array


def _loss(weighted: Array, pull: Array) -> float:
    """Soft L1 of misses: squares of small ones, sizes of large ones; squares of what is off."""
    soft = np.sqrt(1.0 + (weighted / ROBUST) ** 2) - 1.0
    return float(soft.sum() + 0.5 * ((pull / ROBUST) ** 2).sum())


def calibrate(
    problem: Problem, start: Constants, rounds: int, kept: Array | None = None,
    slopes: Array | None = None, stages: tuple[str, ...] = STEPS,
) -> Calibrated:  # fmt: skip
    """Robust least squares of log(predicted / measured), pulled to the priors.

    Gauss-Newton with soft-L1 weights inside the plausible ranges, in logarithms of the constants.
    kept : misses that count (0 or 1), all where not given.  slopes : taken for those of every
    round, else worked out anew.
    """
    free, c = [p for p in priors() if p.stage in stages], start
    low, high, prior = (np.array([p.place(getattr(p, a)) for p in free]) for a in ENDS)
    span, logs = high - low, np.array([p.low > 0 for p in free])
    held = PRIOR_WEIGHT / np.where(logs, np.minimum(span, PRIOR_WIDTH), span)
    weight = problem.weights if kept is None else problem.weights * kept
    given, errors = slopes, np.zeros(len(free))

    for _ in range(rounds):
        misses = problem.misses(c)
        slopes = problem.slopes(c, misses, free) if given is None else given
        x = np.array([p.place(c[p.name]) for p in free])
        pull, missed = held * (x - prior), weight * misses
        robust = (1.0 + (missed / ROBUST) ** 2) ** -0.25
        matrix = np.concatenate([(weight * robust)[:, None] * slopes, np.diag(held * span)])
        # At most a third of its range in one round: slopes hold nearby.
        least, most = np.maximum((low - x) / span, -0.33), np.minimum((high - x) / span, 0.33)
        goal = -np.concatenate([missed * robust, pull])
        got = lsq_linear(matrix, goal, bounds=(least - 1e-9, most + 1e-9))
        before = _loss(missed, pull)
        for part in (1.0, 0.4, 0.15, 0.05):
            moved = np.clip(x + part * got.x * span, low, high)
            near = c.replace({p.name: p.value(x) for p, x in zip(free, moved, strict=True)})
            if _loss(weight * problem.misses(near), held * (moved - prior)) < before:
                c = near
                break
        spread = 2.0 * got.cost / max(len(goal) - len(free), 1)
        errors = np.sqrt(np.diag(np.linalg.pinv(matrix.T @ matrix)) * spread) * span
        errors *= np.where(logs, np.array([c[p.name] for p in free]), 1.0)
    assert slopes is not None, "at least one round"
    return Calibrated(c, dict(zip((p.name for p in free), errors.tolist(), strict=True)), slopes)


# -- predictions by constants that never saw a row's family, die, source or maker ----------
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
