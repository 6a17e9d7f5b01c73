"""Calibrate the constants table again from published measurements: ``python tools/calibrate.py``.

Deterministic; reads ``measured/`` of RIGWRIGHT_SHARED and the embedded zoo and catalogue, writes
``src/rigwright/predict/data/constants.csv``. Exit 2 when the measurements are not there.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rigwright.predict import constants as table
from rigwright.predict.constants import Constants
from rigwright.spec.operation import OperationList
from rigwright.spec.run import Run
from rigwright.workload.zoo import embedded as zoo
from rigwright_accuracy import measured
from rigwright_accuracy.fitting import quantile_of, write
from rigwright_accuracy.kernels.tables import KERNELS_PER_SET
from rigwright_accuracy.kernels.tables import all_sets as kernel_sets
from rigwright_accuracy.step.bench import RANGES, build
from rigwright_accuracy.step.leastsquares import (
    Calibrated,
    Problem,
    calibrate,
    calibration_sample,
    line_of,
    priors,
    source_key,
    unseen,
)  # fmt: skip
from rigwright_accuracy.step.operations import all_sets

CALIBRATION_SOURCES = ("timm_train", "timm_infer_gpu", "cnn_benchmarks", "lambda")
"""Steps that the GPU paces, timed without copies: kernels and chips are calibrated on these."""
HOST_SOURCES = ("pytorch_gpu_benchmark", "dlinfbench", "u39kun", "small_sources")
"""Small batches, other frameworks and AMD: dispatch and copies are calibrated on all of these."""
UNEXPLAINED = ("caffe",)
"""Labels of rows that take twice as long as their kernels, nobody knows why: scored only."""
ROUNDS = 8
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


def kernels_alone(rounds: int) -> Calibrated:
    """From the priors, what a chip holds and what single kernels take: steps go around it."""
    sets = [s for s in kernel_sets(measured.ChipNames(), KERNELS_PER_SET) if s.fitted]
    start = Constants({p.name: p.prior for p in priors()})
    return calibrate(Problem(build([], operation_list), sets), start, rounds, stages=("kernel",))


def sample() -> Problem:
    """Everything constants are calibrated on. Raises SharedDataMissingError."""
    rows = [r for r in measured.all_rows(CALIBRATION_SOURCES + HOST_SOURCES) if usable(r)]
    chosen = [
        *calibration_sample((r for r in rows if r.source in CALIBRATION_SOURCES), known, 25),
        *calibration_sample(
            (r for r in rows if r.source in HOST_SOURCES and r.label not in UNEXPLAINED), known, 8
        ),
    ]
    return Problem(build(chosen, operation_list), all_sets(measured.ChipNames()))


def calibrate_range(problem: Problem, calibrated: Calibrated) -> dict[str, float]:
    """Half widths that hold 80 % of rows of sources never seen, models never seen among them.

    Each line of the published table weighs the square root of its rows, so that many rows of one
    machine do not speak for all.
    """
    bench = build([r for r in measured.all_rows() if usable(r)], operation_list)
    predicted = unseen(bench, problem, calibrated, source_key)
    vague = bench.table.vague[bench.chip_of]
    missed = np.abs(np.log(predicted / bench.measured)) - vague
    told = bench.told(bench.host(calibrated.constants) / predicted)
    sizes = Counter(map(line_of, bench.rows))
    weight = np.array([1.0 / math.sqrt(sizes[line_of(r)]) for r in bench.rows])
    return dict(zip(RANGES, quantile_of(told, missed, weight).tolist(), strict=True))


def table_of(
    constants: Constants, errors: dict[str, float], calibrated_on: str
) -> Iterator[table.Constant]:
    """Rows of the constants table."""
    sources = {
        "range": "rows of sources left out of the calibration", "power": "power_caps",
        "kernel": "single kernels of A100, H100 and Arc B60 (aiconfigurator-core)",
    }  # fmt: skip
    for p in priors():
        known = sources.get(p.stage, calibrated_on)
        yield table.Constant(
            name=p.name, value=constants[p.name], low=p.low, high=p.high, unit=p.unit,
            meaning=p.meaning, error=errors.get(p.name),
            calibrated_on=known if p.name in errors else "prior: not calibrated",
        )  # fmt: skip


def recalibrate(into: Path = table.TABLE) -> None:
    """Calibrate everything at once and write the table. Raises SharedDataMissingError."""
    problem = sample()
    alone = kernels_alone(ROUNDS)
    result = calibrate(problem, alone.constants, ROUNDS)
    ranges = calibrate_range(problem, result)
    errors = {**alone.errors, **result.errors, **dict.fromkeys(ranges, 0.0)}
    names = sorted({r.source for r in problem.bench.rows})
    tables = ("NeuSight operations", "DeepBench fp32 GEMM")
    constants = result.constants.replace(ranges)
    write(table_of(constants, errors, "; ".join([*tables, *names])), into)


def main() -> int:
    """Calibrate and write; ``tools/score.py --quick`` tells the errors in the sample."""
    try:
        recalibrate()
    except measured.SharedDataMissingError as missing:
        print(f"calibrate: {missing}", file=sys.stderr)
        return 2
    return 0
