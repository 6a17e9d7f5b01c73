"""Calibrate the constants table again from published measurements: ``python tools/calibrate.py``.

Deterministic; reads ``measured/`` of RIGWRIGHT_SHARED and the embedded zoo and catalogue, writes
``src/rigwright/predict/data/constants.csv``. Exit 2 when the measurements are not there.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from rigwright.predict import constants as table
from rigwright.predict.constants import Constants
from rigwright.predict.step import host_seconds
from rigwright.spec.operation import OperationList
from rigwright.spec.run import Run
from rigwright.workload.zoo import embedded as zoo
from rigwright_accuracy import measured
from rigwright_accuracy.kernels.tables import all_sets as kernel_sets
from rigwright_accuracy.step.bench import Bench, build, subset
from rigwright_accuracy.step.folds import die_key, unseen
from rigwright_accuracy.step.leastsquares import (
    UNCALIBRATED,
    Calibrated,
    calibrate,
    calibration_sample,
    group_of,
    priors,
)
from rigwright_accuracy.step.operations import all_sets

CALIBRATION_SOURCES = ("timm_train", "timm_infer_gpu", "cnn_benchmarks", "lambda")
"""Steps that the GPU paces, timed without copies: kernels and chips are calibrated on these."""
HOST_SOURCES = ("pytorch_gpu_benchmark", "dlinfbench", "u39kun", "small_sources")
"""Small batches, other frameworks and AMD: dispatch and copies are calibrated on all of these."""
KERNELS_PER_SET = 60
"""Kernels of each operation, engine, precision and chip that constants are calibrated on."""
ODD_LIBRARIES = ("cl-", "greentea", "neon", "cudaconvnet", "fbfft", "cudnn[r2]", "fp16")


def operation_list(run: Run) -> OperationList:
    """Operations of a run's model from the embedded zoo."""
    return zoo.operation_list(run.model, run.img_size if zoo.sizes(run.model) != (0,) else None)


def known(run: Run) -> bool:
    """Whether ``operation_list`` has the model."""
    return zoo.find(run.model) is not None


def usable(row: measured.Row) -> bool:
    """Rows of libraries the product does not speak of are scored but not calibrated."""
    text = row.label.lower()
    return row.source != "small_sources" or not any(w in text for w in ODD_LIBRARIES)


def start() -> Constants:
    """All constants at their priors."""
    return Constants({p.name: p.prior for p in priors()})


def step_bench(sources: tuple[str, ...], per_group: int) -> Bench:
    """The rows of one GPU that constants are calibrated on."""
    rows = [r for r in measured.all_rows(sources) if usable(r)]
    return build(calibration_sample(rows, known, per_group=per_group), operation_list)


def network_bench() -> Bench:
    """Data-parallel rows of several GPUs."""
    rows = [
        r for r in measured.all_rows(("lambda",))
        if r.gpu_count > 1 and not r.skip and r.run.model not in UNCALIBRATED
    ]  # fmt: skip
    return build(rows, operation_list)


def run_calibration(per_group: int, rounds: int) -> tuple[Calibrated, Bench]:
    """All stages from the priors: kernels and chips, hosts and libraries, links."""
    bench = step_bench(CALIBRATION_SOURCES, per_group)
    names = measured.ChipNames()
    # What a chip holds and what single kernels take comes first; steps are fitted around it.
    alone = calibrate(subset(bench, []), kernel_sets(names, KERNELS_PER_SET), start(),
                      "kernel", rounds)  # fmt: skip
    steps = calibrate(bench, all_sets(names), alone.constants, "step", rounds)
    errors, loss, c = {**alone.errors, **steps.errors}, steps.loss, steps.constants
    for stage, rows in (
        ("host", step_bench(CALIBRATION_SOURCES + HOST_SOURCES, 25)),
        ("network", network_bench()),
    ):
        if rows.rows:
            more = calibrate(rows, [], c, stage, rounds)
            errors, c = {**errors, **more.errors}, more.constants
    return Calibrated(c, errors, loss), bench


def calibrate_range(sample: Bench, calibrated: Constants) -> dict[str, float]:
    """Half widths that hold 80 % of rows of dies never seen, groups weighing the same.

    range_base from steps that the GPU paces under software whose release is stated,
    range_software from those under software that is not, range_host from steps that wait.
    """
    sets = all_sets(measured.ChipNames())
    bench = step_bench(CALIBRATION_SOURCES + HOST_SOURCES, 25)
    predicted = unseen(bench, sample, sets, calibrated, die_key)
    missed = np.abs(np.log(predicted / bench.measured))
    sizes = Counter(group_of(r) for r in bench.rows)
    weight = np.array([1.0 / np.sqrt(sizes[group_of(r)]) for r in bench.rows])
    waiting = np.array([host_seconds(p, calibrated) for p in bench.prepared]) / predicted
    paced = waiting < 0.5
    stated = np.array([p.software.stated for p in bench.prepared])
    base = _quantile(missed[paced & stated], weight[paced & stated])
    software = _quantile(missed[paced & ~stated], weight[paced & ~stated]) - base
    rest = missed - base - np.where(stated, 0.0, max(software, 0.0))
    host = _quantile((rest / np.clip(waiting, 0.5, 1.0))[~paced], weight[~paced])
    return {
        "range_base": base, "range_software": max(software, 0.0), "range_host": max(host, 0.0),
    }  # fmt: skip


def _quantile(values: np.ndarray, weight: np.ndarray, share: float = 0.8) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][np.searchsorted(reached, share)])


def write(result: Calibrated, calibrated_on: str, into: Path) -> None:
    """Write the constants table."""
    with into.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table.COLUMNS)
        for p in priors():
            error = result.errors.get(p.name)
            source = {
                "step": calibrated_on,
                "kernel": "single kernels of A100, H100 and Arc B60 (aiconfigurator-core)",
                "power": "power_caps",
                "host": "; ".join(HOST_SOURCES),
                "network": "lambda on several GPUs",
                "range": "rows of dies left out of the calibration",
            }[p.stage]
            writer.writerow(
                (
                    p.name, f"{result.constants[p.name]:.4g}", p.low, p.high, p.unit, p.meaning,
                    source if error is not None else "prior: not calibrated",
                    f"{error:.2g}" if error else "",
                )
            )  # fmt: skip


def recalibrate(into: Path = table.TABLE, per_group: int = 100, rounds: int = 14) -> list[str]:
    """Calibrate all stages and write the table; lines with the errors in the sample, by source.

    Raises SharedDataMissingError.
    """
    result, bench = run_calibration(per_group, rounds)
    ranges = calibrate_range(bench, result.constants)
    errors = {**result.errors, **dict.fromkeys(ranges, 0.0)}
    error = bench.predict(result.constants) / bench.measured - 1.0
    sources = np.array([r.source for r in bench.rows])
    names = sorted(set(sources))
    fitted = Calibrated(result.constants.replace(ranges), errors, 0.0)
    write(fitted, "NeuSight operations; DeepBench GEMM; " + "; ".join(names), into)
    told = []
    for source in names:
        e = np.abs(error[sources == source])
        told.append(f"{source:24s} {len(e):5d} rows  MAPE {e.mean():6.1%}  "
                    f"median {np.median(e):6.1%}")  # fmt: skip
    return [*told, f"{len(bench.rows)} rows in {len({group_of(r) for r in bench.rows})} groups"]


def main() -> int:
    """Calibrate and write; print the error in the sample by source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-group", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=14)
    options = parser.parse_args()
    try:
        told = recalibrate(per_group=options.per_group, rounds=options.rounds)
    except measured.SharedDataMissingError as missing:
        print(f"calibrate: {missing}", file=sys.stderr)
        return 2
    print("\n".join(told))
    return 0
