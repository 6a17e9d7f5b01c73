"""Fit and score peak memory on published measurements.

    python tools/memory_accuracy.py fit      # writes src/rigwright/predict/data/memory.csv
    python tools/memory_accuracy.py score    # errors on models that were not fitted

Deterministic. Exit 2 when the measurements (RIGWRIGHT_SHARED) are not there.
"""

from __future__ import annotations

import csv
import hashlib
import math
import sys
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from accuracy import measured
from rigwright.predict import constants as table
from rigwright.predict import memory as model
from rigwright.predict.constants import Constants
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.workload import zoo

FOLDS = 5
FITTED = ("operand_share", "unrolled_share", "allocator_share", "workspace_gib", "forward_gib",
          "context_gib_before_volta")  # fmt: skip
MIB = 1024**2
DL_FRAMEWORK = "pytorch"


@dataclass(frozen=True)
class Row:
    """One measured peak: whole-GPU bytes, driver context included."""

    source: str
    run: Run
    parts: model.Parts
    used_bytes: float


def rows() -> list[Row]:
    """Rows of both tables whose model is in the zoo."""
    names = measured.ChipNames()
    found = []
    for cells in measured.read("vision_train_memory"):
        if cells["usable"] == "yes":
            run = Run(model=cells["model"], batch=int(cells["batch"]), img_size=224)
            _add(found, "vision_train_memory", run, names.find("A100-SXM4-40GB"),
                 float(cells["max_gpu_mem_mib"]) * MIB)  # fmt: skip
    for cells in measured.read("dlinfbench"):
        if cells["framework"] == DL_FRAMEWORK and float(cells["gpu_mem_mb"] or 0) > 0:
            name = measured.MODEL_NAMES.get(cells["model"], cells["model"])
            run = Run(
                model=name, mode="forward", batch=int(float(cells["batch"])),
                img_size=int(float(cells["img_size"])), precision=cells["precision"],
            )  # fmt: skip
            _add(found, "dlinfbench", run, names.find(cells["gpu"]),
                 float(cells["gpu_mem_mb"]) * MIB)  # fmt: skip
    return found


def _add(found: list[Row], source: str, run: Run, chip: Chip | None, used: float) -> None:
    if chip is None or zoo.find(run.model) is None:
        return
    try:
        native = zoo.sizes(run.model)[0] if source == "vision_train_memory" else run.img_size
        ops = zoo.load(run.model, native)
    except RigwrightError:
        return
    found.append(Row(source, run, model.parts_of(ops, run, Machine(chip=chip)), used))


def predict(found: list[Row], c: Constants) -> np.ndarray:
    """Predicted bytes of each row."""
    return np.array([model.assemble(r.parts, c)[0] for r in found])


def fold_of(name: str) -> int:
    """A model is always in the same fold."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def fit(found: list[Row]) -> Constants:
    """Constants that fit log errors best; every source weighs the same."""
    limits = {r.name: (r.low, r.high) for r in table.read(model.TABLE)}
    start = Constants({r.name: r.value for r in table.read(model.TABLE)})
    low, high = (np.array([limits[n][i] for n in FITTED]) for i in (0, 1))
    used = np.array([r.used_bytes for r in found])
    share = {s: sum(r.source == s for r in found) for s in {r.source for r in found}}
    weight = np.array([1 / math.sqrt(share[r.source]) for r in found])

    def residual(values: np.ndarray) -> np.ndarray:
        c = start.replace(dict(zip(FITTED, map(float, values), strict=True)))
        return np.log(predict(found, c) / used) * weight * 10

    middle = (low + high) / 3
    got = least_squares(
        residual, middle, bounds=(low, high), loss="soft_l1", f_scale=0.3, max_nfev=25
    )
    return start.replace(dict(zip(FITTED, map(float, got.x), strict=True)))


def write(c: Constants) -> None:
    """The table with new values."""
    old = table.read(model.TABLE)
    with model.TABLE.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(table.COLUMNS)
        for r in old:
            value = f"{c[r.name]:.4g}"
            lines.writerow((r.name, value, r.low, r.high, r.unit, r.meaning, r.fitted_on, ""))


def held_out(found: list[Row]) -> np.ndarray:
    """Predictions of each row by constants that never saw its model."""
    out = np.zeros(len(found))
    fold = np.array([fold_of(r.run.model) for r in found])
    for k in range(FOLDS):
        c = fit([r for r, f in zip(found, fold, strict=True) if f != k])
        out[fold == k] = predict([r for r, f in zip(found, fold, strict=True) if f == k], c)
    return out


def report(found: list[Row], predicted: np.ndarray) -> str:
    """Markdown table: errors by source."""
    lines = [
        "| source | rows | models | MAPE % | median | bias | more than 10 % too low |",
        "|---|---|---|---|---|---|---|",
    ]
    for source in sorted({r.source for r in found}):
        pick = np.array([r.source == source for r in found])
        used = np.array([r.used_bytes for r in found])[pick]
        error = predicted[pick] / used - 1
        models = len({r.run.model for r in found if r.source == source})
        cells = (
            np.abs(error).mean(),
            np.median(np.abs(error)),
            error.mean(),
            (error < -0.1).mean(),
        )
        lines.append(
            f"| {source} | {len(error)} | {models} | "
            + " | ".join(f"{100 * v:.1f}" for v in cells) + " |"
        )  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    """Fit or score."""
    try:
        found = rows()
    except measured.SharedDataMissingError as error:
        print(f"memory: {error}", file=sys.stderr)
        return 2
    if sys.argv[1:] == ["fit"]:
        write(fit(found))
    print("Peak memory, constants fitted without the row's model:\n")
    print(report(found, held_out(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
