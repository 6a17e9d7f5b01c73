"""One kernel on one chip: its time, what binds it, and a range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from rigwright.predict import constants as constants_table
from rigwright.predict.alone import single
from rigwright.predict.alone.single import Sizes, Times
from rigwright.predict.chipmodel import ChipTable, Rates, chip_table, sustained
from rigwright.predict.communication import all_reduce_seconds
from rigwright.predict.constants import Constants
from rigwright.predict.kernel.kerneltime import operation_seconds
from rigwright.predict.kernel.shapes import Setting, shapes_of
from rigwright.predict.kernel.work import CLASS, ELEMENT_BYTES, Work
from rigwright.predict.uncertainty import log_half_width
from rigwright.spec.parts import Chip
from rigwright.spec.software import Software

SIZES = {
    **single.SIZES,
    "all_reduce": ("bytes", "gpu_count"),
    "norm": ("rows", "cols"), "softmax": ("rows", "cols"), "elementwise": ("rows", "cols"),
}  # fmt: skip
"""Every operation and the sizes it needs."""
MAY_HAVE = {"gemm": ("batch",), "elementwise": ("inputs",)}
VECTOR = ("fp64", "fp32")  # what no tensor core multiplies


@dataclass(frozen=True, slots=True)
class Kernel:
    """Time of one execution, its 80 % range, what binds it, and shares that add up to 1. [s]"""

    seconds: float
    low_s: float
    high_s: float
    bound: str
    shares: dict[str, float]
    notes: tuple[str, ...]


def work_of(op: str, x: Sizes, precision: str) -> Work:
    """Streaming kernels and products on vector units as work of the step model; flat arrays."""
    size = ELEMENT_BYTES.get(precision, (2.0, 2.0))[0]
    one = np.ones(np.shape(next(iter(x.values()))) or 1)
    b, m, n, k = one, one, one, one
    flop, read, write = 0.0 * one, one, one
    if op == "gemm":
        b, m, n, k = (np.asarray(x.get(name, 1.0)) * one for name in ("batch", "m", "n", "k"))
        flop, read, write = 2.0 * b * m * n * k, size * b * k * (m + n), size * b * m * n
    else:
        m, n = (np.asarray(x[name]) * one for name in ("rows", "cols"))
        write = size * m * n
        read = write * x.get("inputs", 1.0)
    return Work(
        cls=np.full(len(one), CLASS[op]), count=one, b=b, m=m, n=n, k=k, flop=flop, read=read,
        write=write, saved=0.0 * one, window=0.0 * one, stride1=0.0 * one, groups=one,
        channels=0.0 * one, backward=0.0 * one, kernels=one, dispatches=one,
    )  # fmt: skip


def _vector(op: str, x: Sizes, precision: str, t: ChipTable, r: Rates, c: Constants) -> Times:
    shapes = shapes_of(work_of(op, x, precision), Setting(precision), chips_axis=False)
    got = operation_seconds(shapes, t, r, c)
    launch = shapes.kernels * (c.kernel_floor_us * 1e-6)
    return Times(got.total, got.arithmetic, got.traffic, launch)


def _exchange(x: Sizes, t: ChipTable, c: Constants) -> Times:
    link = "nvlink" if t.link[0] > 0 else "pcie"
    moved = all_reduce_seconds(float(x["bytes"]), int(x["gpu_count"]), link, t, c)
    start = np.full(1, constants_table.shipped("serving").all_reduce_us * 1e-6)
    return Times(moved + start, 0.0 * moved, 0.0 * moved, start)


def _timed(
    op: str, x: Sizes, precision: str, engine: str, chip: Chip, cap_w: float | None, c: Constants
) -> Times:
    t = chip_table([chip], cap_w)
    r = sustained(t, c)
    if op == "all_reduce":
        return _exchange(x, t, c)
    if op not in single.SIZES or (op == "gemm" and precision in VECTOR):
        return _vector(op, x, precision, t, r, c)
    return single.seconds(op, x, precision, engine, t, r, c)


def kernel(
    op: str, sizes: dict[str, float], precision: str, software: Software, chip: Chip,
    power_cap_w: float | None = None,
) -> Kernel:  # fmt: skip
    """One execution of ``op``, of SIZES, alone on an idle ``chip``."""
    c = constants_table.shipped()
    got = _timed(op, sizes, precision, software.engine, chip, power_cap_w, c)
    total, launch = float(np.ravel(got.total)[0]), float(np.ravel(got.launch)[0])
    width = log_half_width(0.0, 0.0, software.stated, c)
    arithmetic, traffic = (float(np.ravel(part)[0]) for part in (got.arithmetic, got.traffic))
    parts: dict[str, Any] = {"launch": launch}
    if op == "all_reduce":
        parts["network"] = total - launch
    else:
        whole = arithmetic + traffic or 1.0
        parts["arithmetic"] = (total - launch) * arithmetic / whole
        parts["memory traffic"] = (total - launch) * traffic / whole
    return Kernel(
        total, total * math.exp(-width), total * math.exp(width),
        max(parts, key=lambda word: parts[word]),
        {word: part / total for word, part in parts.items() if part > 0}, (),
    )  # fmt: skip
