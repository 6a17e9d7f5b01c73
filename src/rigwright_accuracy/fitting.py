"""What calibrations share: least squares of logarithms, widths of ranges, the table written."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import least_squares, linprog

from rigwright.predict.constants import COLUMNS, Constant, Constants, read, shipped
from rigwright.spec.operation import Array

HELD = 0.8
"""Share of rows the published range should hold."""


def fitted(
    path: Path, ranges: Iterable[str], least: float, residual: Callable[[Constants], Array],
    f_scale: float,
) -> Constants:  # fmt: skip
    """Constants of a table, fitted robustly in logarithms inside their plausible ranges.

    ranges : names that are not fitted.  least : for a lower end that has no logarithm.
    residual : logarithmic errors by the constants.  f_scale : from which one counts less (soft L1).
    """
    old = {r.name: r for r in read(path)}
    names = [n for n in old if n not in ranges]
    start = Constants({n: r.value for n, r in old.items()})
    low, high = (
        np.log([max(getattr(old[n], end), least) for n in names]) for end in ("low", "high")
    )

    def at(x: Array) -> Constants:
        return start.replace(dict(zip(names, map(float, np.exp(x)), strict=True)))

    got = least_squares(lambda x: residual(at(x)), (low + high) / 2, bounds=(low, high),
                        loss="soft_l1", f_scale=f_scale, max_nfev=200)  # fmt: skip
    return at(got.x)


def half_width(errors: Array, weights: Array) -> float:
    """Half width of log time that holds ``HELD`` of the rows by weight."""
    size = np.abs(errors)
    order = np.argsort(size)
    return float(np.interp(HELD, np.cumsum(weights[order]) / weights.sum(), size[order]))


def quantile_of(features: Array, values: Array, weights: Array) -> Array:
    """Weights of at least 0 with which features say the ``HELD`` quantile of values: least sum of
    what is above times ``HELD`` and of what is below times the rest (quantile regression)."""
    many, kinds = features.shape
    one = sparse.identity(many)
    cost = np.concatenate([np.zeros(kinds), HELD * weights, (1.0 - HELD) * weights])
    sums = sparse.hstack([sparse.csr_matrix(features), one, -one])
    found = linprog(cost, A_eq=sums, b_eq=values, bounds=(0, None), method="highs")
    return np.asarray(found.x[:kinds])


def rewrite(path: Path, c: Constants, into: Path, calibrated_on: str = "") -> None:
    """The table with new values, none outside its plausible range."""
    write(
        (
            replace(
                r, value=min(max(c[r.name], r.low), r.high),
                calibrated_on=calibrated_on or r.calibrated_on, error=None,
            )
            for r in read(path)
        ),
        into,
    )  # fmt: skip


def write(rows: Iterable[Constant], into: Path) -> None:
    """A table of constants."""
    lines = [
        (r.name, f"{r.value:.4g}", f"{r.low:g}", f"{r.high:g}", r.unit, r.meaning,
         r.calibrated_on, f"{r.error:.2g}" if r.error else "")
        for r in rows
    ]  # fmt: skip
    with into.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([COLUMNS, *lines])
    shipped.cache_clear()
