"""Calibrate the constants table again from published measurements: ``python tools/calibrate.py``.

Deterministic; reads ``measured/`` of RIGWRIGHT_SHARED and the embedded zoo and catalogue, writes
``src/rigwright/predict/data/constants.csv``. Exit 2 when the measurements are not there.
"""

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
from rigwright_accuracy.fitting import write
from rigwright_accuracy.kernels.tables import KERNELS_PER_SET
from rigwright_accuracy.kernels.tables import all_sets as kernel_sets
from rigwright_accuracy.step.bench import build
from rigwright_accuracy.step.leastsquares import (
    Calibrated,
    Problem,
    calibrate,
    calibration_sample,
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
    """Half widths that hold 80 % of rows of sources never seen, sources weighing the same.

    range_base from steps that the GPU paces under software whose release is stated,
    range_software from those under software that is not, range_host from steps that wait.
    """
    bench, c = problem.bench, calibrated.constants
    predicted = unseen(bench, problem, calibrated, source_key)
    sizes = Counter(r.source for r in bench.rows)
    weight = np.array([1.0 / sizes[r.source] for r in bench.rows])
    vague = bench.table.vague[bench.chip_of]
    missed = np.maximum(np.abs(np.log(predicted / bench.measured)) - vague, 0.0)
    waiting = bench.host(c) / predicted
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
