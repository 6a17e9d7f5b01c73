"""Calibrate and score step times of language-model training on published runs of several GPUs.

    python tools/training_accuracy.py calibrate  # writes src/rigwright/predict/data/training.csv
    python tools/training_accuracy.py score      # errors on models and chips never learnt

Deterministic. Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from rigwright.predict import constants as table
from rigwright.predict import training
from rigwright.predict.constants import Constants, shipped
from rigwright_accuracy.command import calibrate_or_score
from rigwright_accuracy.errors import Label, Score, Skipped, markdown, score
from rigwright_accuracy.training.runs import Row, rows

TABLE = "training step"
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


def calibrate(found: list[Row], cases: dict[str, np.ndarray]) -> Constants:
    """Constants that match log errors of the rows with published layout best, robustly."""
    old = {r.name: r for r in table.read(training.TABLE)}
    calibrated = [n for n in old if n != RANGE]
    start = Constants({n: r.value for n, r in old.items()})
    low, high = (
        np.log([max(getattr(old[n], e), 1e-2) for n in calibrated]) for e in ("low", "high")
    )
    pick = np.array([r.calibrated for r in found])
    cases = take(cases, pick)
    learnt = [r for r in found if r.calibrated]
    seconds, weight = np.array([r.step_s for r in learnt]), _weights(learnt)

    def residual(x: np.ndarray) -> np.ndarray:
        c = start.replace(dict(zip(calibrated, map(float, np.exp(x)), strict=True)))
        pull = [PRIOR_WEIGHT * math.log(c[n] / prior) for n, prior in PRIORS.items()]
        return np.concatenate([np.log(predict(cases, c) / seconds) * weight, pull])

    got = least_squares(residual, (low + high) / 2, bounds=(low, high), loss="soft_l1",
                        f_scale=ROBUST * float(weight.mean()), max_nfev=200)  # fmt: skip
    return start.replace(dict(zip(calibrated, map(float, np.exp(got.x)), strict=True)))


def held_out(
    found: list[Row], cases: dict[str, np.ndarray], group: Callable[[Row], str]
) -> np.ndarray:
    """Predictions by constants that never saw the row's group (its chip, its model)."""
    out = np.zeros(len(found))
    groups = np.array([group(r) for r in found])
    for name in sorted(set(groups)):
        held = groups == name
        c = calibrate([r for r, h in zip(found, held, strict=True) if not h], take(cases, ~held))
        out[held] = predict(take(cases, held), c)
    return out


def width(found: list[Row], predicted: np.ndarray) -> float:
    """Half width of log time that holds 80 % of the rows, sources and chips weighing the same."""
    learnt = np.array([r.calibrated for r in found])
    group = [(r.source, r.machine.chip.id) for r in found if r.calibrated]
    share = np.array([Counter(group)[g] ** -0.75 for g in group])
    error = np.abs(np.log(predicted / np.array([r.step_s for r in found])))[learnt]
    order = np.argsort(error)
    return float(np.interp(HELD, np.cumsum(share[order]) / share.sum(), error[order]))


def by_chip(found: list[Row], predicted: np.ndarray, half: float, split: str) -> list[Score]:
    """Score of each source, chip by chip and all of them."""
    seconds = np.array([r.step_s for r in found])
    labels = {(r.source, r.machine.chip.name) for r in found} | {(r.source, "all") for r in found}
    scores = []
    for source, chip in sorted(labels, key=lambda s: (s[0], s[1] == "all", s[1])):
        pick = [i for i, r in enumerate(found)
                if r.source == source and chip in ("all", r.machine.chip.name)]  # fmt: skip
        rows = [found[i] for i in pick]
        scores.append(
            score(
                Label(TABLE, split, source, chip), predicted[pick], seconds[pick], half,
                (r.size for r in rows), (r.machine.chip.id for r in rows),
            )
        )  # fmt: skip
    return scores


def _size(row: Row) -> str:
    return row.size


def _chip(row: Row) -> str:
    return row.machine.chip.id


HELD_OUT = (("unseen model size", _size), ("unseen chip", _chip))


def write(c: Constants, calibrated_on: str, into: Path) -> None:
    """The table with new values."""
    old = table.read(training.TABLE)
    with into.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(table.COLUMNS)
        for r in old:
            value = min(max(c[r.name], r.low), r.high)
            lines.writerow((r.name, f"{value:.4g}", f"{r.low:g}", f"{r.high:g}", r.unit, r.meaning,
                            calibrated_on, ""))  # fmt: skip


def scores() -> tuple[list[Score], list[Skipped]]:
    """On model sizes, and on chips, that were not calibrated. Raises SharedDataMissingError."""
    found, skipped = rows()
    cases, half = stacked(found), shipped("training")[RANGE]
    scored = []
    for split, key in HELD_OUT:
        scored += by_chip(found, held_out(found, cases, key), half, split)
    return scored, [Skipped(TABLE, "", why, n) for why, n in skipped.most_common()]


HEADS = ("source", "what", "rows", "MAPE %", "median", "p90", "bias", "within 10 %", "within 20 %",
         "in range %")  # fmt: skip


def section(scored: list[Score], skipped: list[Skipped]) -> str:
    """Markdown of the section on training."""
    lines = [
        "Training of language models. Baselines: one share of peak per GPU type, known: 8-8.5 % on "
        "MPT; one constant share: 61.7 % (Megatron, one node) and 17.8 % (many nodes).\n"
    ]
    for split, _ in HELD_OUT:
        lines += [f"Constants fitted without the row's {split.removeprefix('unseen ')}:\n"]
        lines += [markdown((s for s in scored if s.split == split), HEADS), ""]
    lines += [f"- not scored: {s.rows} x {s.reason}" for s in skipped]
    return "\n".join(lines)


def recalibrate(into: Path = training.TABLE) -> None:
    """Calibrate on all rows and write the table. Raises SharedDataMissingError."""
    found, _ = rows()
    cases = stacked(found)
    half = width(found, held_out(found, cases, _chip))
    sources = sorted({r.source.split(",")[0] for r in found if r.calibrated})
    write(calibrate(found, cases).replace({RANGE: half}), "; ".join(sources), into)
    shipped.cache_clear()


def main() -> int:
    """Calibrate or score."""
    return calibrate_or_score("training", recalibrate, lambda: section(*scores()))
