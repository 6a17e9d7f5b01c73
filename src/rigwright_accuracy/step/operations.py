"""Published latencies of single operations, as work on catalogue chips.

NeuSight: fp32 without TF32, PyTorch 2.1, CUDA 12.1. DeepBench: CUDA 8-10, cuDNN 5-7.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.chipmodel import chip_table, sustained
from rigwright.predict.constants import Constants
from rigwright.predict.kernel.kerneltime import operation_seconds
from rigwright.predict.kernel.shapes import Setting, Shapes, shapes_of
from rigwright.predict.kernel.work import CLASS, Work
from rigwright.spec.operation import Array
from rigwright.spec.parts import Chip
from rigwright_accuracy.measured import ChipNames, read

ROWS_PER_SET = 400
SHORTEST_S = 3e-4  # shorter ones time the launch and the timer
DEEPEST = 8192  # inner dimension: rows more than 32 KB apart outrun Pascal's address translation
TIMER_S = 5e-6  # one call on its own: what the smallest NeuSight additions take beyond streaming
WEIGHTS = {"linear": 8.0, "bmm": 5.0, "elem": 4.0, "ln": 2.0, "softmax": 1.5}


@dataclass
class OperationSet:
    """Measured executions of one kind of operation."""

    name: str
    work: Work
    chips: list[Chip]
    chip: NDArray[np.intp]
    seconds: Array
    setting: Setting

    @property
    def source(self) -> str:
        """Whose table."""
        return "deepbench" if self.name == "gemm fp32" else "neusight"

    def predict(self, c: Constants) -> Array:
        """Seconds of each execution."""
        table = chip_table(self.chips)
        rates = sustained(table, c).take(self.chip)
        return operation_seconds(self.shapes, table.take(self.chip), rates, c).total + TIMER_S

    @cached_property
    def shapes(self) -> Shapes:
        """What the time of the work depends on but chips and constants."""
        return shapes_of(self.work, self.setting, chips_axis=False)


def _work(cls: str, dims: Array, read: Array, write: Array) -> Work:
    """dims [n, 4]: batch, m, n, k (zeros where the operation is no product)."""
    n, zero, one = len(read), np.zeros(len(read)), np.ones(len(read))
    b, m, cols, k = np.maximum(dims, 1.0).T
    return Work(
        cls=np.full(n, CLASS[cls]), count=one, b=b, m=m, n=cols, k=k,
        flop=2.0 * dims.prod(axis=1), read=read, write=write, saved=zero, window=zero, stride1=zero,
        groups=one, channels=zero, backward=zero, kernels=one, dispatches=one,
    )  # fmt: skip


def _make(
    name: str, cls: str, rows: list[tuple[Chip, float, Array, float, float]], setting: Setting
) -> OperationSet:
    rows = [r for r in rows if r[1] >= SHORTEST_S]
    pick = np.random.default_rng(0).permutation(len(rows))[:ROWS_PER_SET]
    who, seconds, dims, reads, writes = zip(*(rows[i] for i in pick), strict=True)
    chips = list({chip.id: chip for chip in who}.values())
    order = {chip.id: i for i, chip in enumerate(chips)}
    work = _work(cls, np.array(dims), np.array(reads), np.array(writes))
    of = np.array([order[chip.id] for chip in who])
    return OperationSet(name, work, chips, of, np.array(seconds), setting)


def _neusight(name: str, names: ChipNames) -> OperationSet | None:
    cls = {"linear": "gemm", "bmm": "gemm", "elem": "elementwise", "ln": "norm"}.get(name, name)
    rows = []
    for r in read(f"operations/neusight_test_{name}"):
        chip, seconds = names.find(r["Device"]), float(r["Latency"]) * 1e-3
        if chip is None or seconds <= 0 or r["OPName"] == "pow":
            continue
        if cls == "gemm":
            # Efficiency falls with N as with an inner depth and with K as with an output width
            # that tiles of 128 must cover: in these tables N is the inner dimension.
            b, m, n, k = (float(r[x]) for x in ("B", "M", "K", "N"))
            if k > DEEPEST:
                continue
            io = (4 * b * (m * k + n * k), 4 * b * m * n)
            rows.append((chip, seconds, np.array([b, m, n, k]), *io))
        else:
            size = 4 * float(r["B"]) * float(r["H"])
            inputs = 2 if r["OPName"] in ("add", "mul", "div") else 1
            dims = np.array([0, float(r["B"]), float(r["H"]), 0])
            rows.append((chip, seconds, dims, size * inputs, size))
    return _make(name, cls, rows, Setting("fp32", cudnn=8)) if rows else None


def _deepbench(names: ChipNames) -> OperationSet | None:
    """Single precision: its half precision is of libraries long gone."""
    rows: list[tuple[Chip, float, Array, float, float]] = []
    for r in read("operations/deepbench_nv_train"):
        chip = names.find(r["gpu"])
        if r["kind"] != "Dense Matrix Multiplication" or not r["Time (msec)"]:
            continue
        if chip is None or "FP32" not in r["sheet"]:
            continue
        m, n, k = (float(r[x]) for x in "MNK")
        io = (4.0 * (m * k + n * k), 4.0 * m * n)
        rows.append((chip, float(r["Time (msec)"]) * 1e-3, np.array([1.0, m, n, k]), *io))
    return _make("gemm fp32", "gemm", rows, Setting("fp32", cudnn=7)) if rows else None


def all_sets(names: ChipNames) -> list[OperationSet]:
    """Every table of single operations that is there."""
    found = [_neusight(name, names) for name in ("linear", "bmm", "elem", "ln", "softmax")]
    return [s for s in (*found, _deepbench(names)) if s is not None]
