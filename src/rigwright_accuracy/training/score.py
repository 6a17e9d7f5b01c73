"""Fit and score step times of language-model training on published runs of several GPUs.

    python tools/training_accuracy.py fit      # writes src/rigwright/predict/data/training.csv
    python tools/training_accuracy.py score    # errors on models and chips that were not fitted

Deterministic. Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

from __future__ import annotations

import csv
import math
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from rigwright.predict import constants as table
from rigwright.predict import training
from rigwright.predict.constants import Constants
from rigwright_accuracy import measured
from rigwright_accuracy.training.runs import Row, rows

RANGE = "range"
HELD = 0.8
"""Share of rows the published range should hold."""
ROBUST = 0.1  # log error beyond which a row counts less (soft L1)
PRIORS = {"host_us": 50.0, "hop_us": 5.0, "kernel_us": 6.0}
"""What other tables say of constants that only host-bound or network-bound rows tell: dispatch of
an eager operation, one hop (NCCL's latencies), and the fixed time of a kernel."""
PRIOR_WEIGHT = 0.1
PRODUCTS = ("flop", "moved", "blocks", "ends")
STREAMS = ("stream", "stream_blocks", "stream_ends")


def stacked(found: list[Row]) -> dict[str, np.ndarray]:
    """The cases as arrays; products and streams are padded with empty ones."""
    cases: list[dict[str, Any]] = [training.case_of(r.config, r.run, r.machine) for r in found]

    def column(key: str) -> np.ndarray:
        if key not in PRODUCTS + STREAMS:
            return np.array([x[key] for x in cases])
        most = max(len(x[key]) for x in cases)
        return np.array([np.pad(x[key], (0, most - len(x[key]))) for x in cases])

    return {key: column(key) for key in cases[0]}


def predict(cases: dict[str, np.ndarray], c: Constants) -> np.ndarray:
    """Seconds of each case."""
    return np.asarray(sum(training.seconds(cases, c).values()))


def take(cases: dict[str, np.ndarray], pick: np.ndarray) -> dict[str, np.ndarray]:
    """Chosen cases."""
    return {key: value[pick] for key, value in cases.items()}


def _weights(found: list[Row]) -> np.ndarray:
    """Rows of one source and chip share the fourth root of their number."""
    group = [(r.source, r.machine.chip.id) for r in found]
    size = Counter(group)
    return np.array([size[g] ** -0.375 for g in group])


def fit(found: list[Row], cases: dict[str, np.ndarray]) -> Constants:
    """Constants that fit log errors of the rows with published layout best, robustly."""
    old = {r.name: r for r in table.read(training.TABLE)}
    fitted = [n for n in old if n != RANGE]
    start = Constants({n: r.value for n, r in old.items()})
    low, high = (np.log([max(getattr(old[n], e), 1e-2) for n in fitted]) for e in ("low", "high"))
    pick = np.array([r.fitted for r in found])
    cases = take(cases, pick)
    learnt = [r for r in found if r.fitted]
    seconds, weight = np.array([r.step_s for r in learnt]), _weights(learnt)

    def residual(x: np.ndarray) -> np.ndarray:
        c = start.replace(dict(zip(fitted, map(float, np.exp(x)), strict=True)))
        pull = [PRIOR_WEIGHT * math.log(c[n] / prior) for n, prior in PRIORS.items()]
        return np.concatenate([np.log(predict(cases, c) / seconds) * weight, pull])

    got = least_squares(residual, (low + high) / 2, bounds=(low, high), loss="soft_l1",
                        f_scale=ROBUST * float(weight.mean()), max_nfev=200)  # fmt: skip
    return start.replace(dict(zip(fitted, map(float, np.exp(got.x)), strict=True)))


def held_out(
    found: list[Row], cases: dict[str, np.ndarray], group: Callable[[Row], str]
) -> np.ndarray:
    """Predictions by constants that never saw the row's group (its chip, its model)."""
    out = np.zeros(len(found))
    groups = np.array([group(r) for r in found])
    for name in sorted(set(groups)):
        held = groups == name
        c = fit([r for r, h in zip(found, held, strict=True) if not h], take(cases, ~held))
        out[held] = predict(take(cases, held), c)
    return out


def width(found: list[Row], predicted: np.ndarray) -> float:
    """Half width of log time that holds 80 % of the rows, sources and chips weighing the same."""
    learnt = np.array([r.fitted for r in found])
    group = [(r.source, r.machine.chip.id) for r in found if r.fitted]
    share = np.array([Counter(group)[g] ** -0.75 for g in group])
    error = np.abs(np.log(predicted / np.array([r.step_s for r in found])))[learnt]
    order = np.argsort(error)
    return float(np.interp(HELD, np.cumsum(share[order]) / share.sum(), error[order]))


def report(found: list[Row], predicted: np.ndarray, half: float) -> str:
    """Markdown table of errors by source and chip."""
    measured_s = np.array([r.step_s for r in found])
    error, inside = predicted / measured_s - 1, np.abs(np.log(predicted / measured_s)) <= half
    lines = [
        "| source | chip | rows | MAPE % | median | p90 | bias | within 10 % | within 20 % |"
        " in range % |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    labels = {(r.source, r.machine.chip.name) for r in found} | {(r.source, "all") for r in found}
    for source, chip in sorted(labels, key=lambda s: (s[0], s[1] == "all", s[1])):
        pick = np.array([r.source == source and chip in ("all", r.machine.chip.name)
                         for r in found])  # fmt: skip
        e = np.abs(error[pick])
        cells = (
            e.mean(), np.median(e), np.percentile(e, 90), error[pick].mean(), (e <= 0.1).mean(),
            (e <= 0.2).mean(), inside[pick].mean(),
        )  # fmt: skip
        figures = " | ".join(f"{100 * v:.1f}" for v in cells)
        lines.append(f"| {source} | {chip} | {pick.sum()} | {figures} |")
    return "\n".join(lines)


@dataclass(frozen=True)
class Scored:
    """One row beside what constants predict that never saw its model size, and its chip. [s]

    half : log half width of the published range.
    """

    row: Row
    unseen_model_s: float
    unseen_chip_s: float
    half: float


def scored() -> list[Scored]:
    """Every row with held-out predictions. Raises SharedDataMissingError."""
    found, _ = rows()
    cases, half = stacked(found), training.load()[RANGE]
    by_model, by_chip = held_out(found, cases, _size), held_out(found, cases, _chip)
    return [
        Scored(row, float(a), float(b), half)
        for row, a, b in zip(found, by_model, by_chip, strict=True)
    ]


def _size(row: Row) -> str:
    return row.size


def _chip(row: Row) -> str:
    return row.machine.chip.id


def write(c: Constants, fitted_on: str) -> None:
    """The table with new values."""
    old = table.read(training.TABLE)
    with training.TABLE.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(table.COLUMNS)
        for r in old:
            value = min(max(c[r.name], r.low), r.high)
            lines.writerow((r.name, f"{value:.4g}", f"{r.low:g}", f"{r.high:g}", r.unit, r.meaning,
                            fitted_on, ""))  # fmt: skip


def page() -> str:
    """Errors on model sizes, and on chips, that were not fitted, as Markdown."""
    found, skipped = rows()
    cases = stacked(found)
    half = training.load()[RANGE]
    lines = [
        "Training of language models. Baselines: one share of peak per GPU type, known: 8-8.5 % on "
        "MPT; one constant share: 61.7 % (Megatron, one node) and 17.8 % (many nodes).\n"
    ]
    for title, key in (("model size", _size), ("chip", _chip)):
        lines += [f"Constants fitted without the row's {title}:\n"]
        lines += [report(found, held_out(found, cases, key), half), ""]
    lines += [f"- not scored: {n} x {why}" for why, n in skipped.most_common()]
    return "\n".join(lines)


def main() -> int:
    """Fit or score."""
    if sys.argv[1:] not in (["fit"], ["score"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        if sys.argv[1:] == ["fit"]:
            found, _ = rows()
            cases = stacked(found)
            half = width(found, held_out(found, cases, _chip))
            sources = sorted({r.source.split(",")[0] for r in found if r.fitted})
            write(fit(found, cases).replace({RANGE: half}), "; ".join(sources))
            training.load.cache_clear()
        print(page())
    except measured.SharedDataMissingError as error:
        print(f"training: {error}", file=sys.stderr)
        return 2
    return 0
