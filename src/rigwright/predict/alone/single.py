"""Seconds of one kernel alone on an idle chip, from its shape and the chip's data sheet.

A product covers its result with tiles, whole waves of them at a time; attention adds what the
vector units do for each score; experts are products of their own; what streams reads and writes
memory. All functions are elementwise over rows, each with its own chip.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.chipmodel import ChipTable, Rates
from rigwright.predict.constants import Constants
from rigwright.predict.engines import USUAL
from rigwright.predict.memory import weight_bytes
from rigwright.spec.tables.table import table

Array = NDArray[np.float64]
Sizes = Mapping[str, Any]

TABLE = Path(__file__).parents[1] / "data" / "kernels.csv"
# Output tiles (rows, columns) of CUTLASS's and Triton's products; the narrow ones are for few rows.
TILES = (
    (256, 128), (128, 256), (128, 128), (128, 64), (64, 256), (64, 128), (64, 64),
    (32, 128), (32, 64), (16, 128), (16, 64),
)  # fmt: skip
SPLITS = (1, 2, 4, 8, 16)  # parts of the inner dimension that blocks share
LEAST_DEPTH = 512  # of one such part
# FlashAttention's blocks of queries and keys (Dao-AILab/flash-attention, forward, 128 wide heads).
QUERIES, KEYS = 128, 64
# Exponentials per clock and SM (CUDA C++ Programming Guide, throughput of native arithmetic), and
# the scale, maximum, sum and conversion of each score on 128 lanes.
SCORE_CLOCKS = 1 / 16 + 4 / 128


@dataclass(frozen=True, slots=True)
class Family:
    """How a program runs an operation: kernels it launches, and how far they are from the vendor's
    library (0: that itself, 1: hand-written for it, 2: generated).

    writes_cache : attention turns and copies queries, keys and values first.
    """

    engine: str
    op: str
    kernels: float
    steps: float
    writes_cache: bool


@functools.cache
def families() -> Mapping[tuple[str, str], Family]:
    """By engine and operation; engine ``any`` serves the others."""
    return {(row.engine, row.op): row for row in table(Family, TABLE)}


def family(engine: str, op: str) -> Family:
    """How ``engine`` runs ``op``."""
    found = families()
    return found.get((engine or USUAL, op)) or found["any", op]


@dataclass(frozen=True, slots=True)
class Times:
    """Of one kernel: total, and its parts before they overlap. [s]"""

    total: Array
    arithmetic: Array
    traffic: Array
    launch: Array


@dataclass(frozen=True, slots=True)
class _Format:
    """Of a precision: bytes of a weight, of an activation, and rate of products on each chip."""

    weight: float
    activation: float
    rate: Array
    unpacked: Array


def _format(precision: str, t: ChipTable, r: Rates) -> _Format:
    """Rates are those that the power limit leaves; formats a chip has no units for are unpacked."""
    none = 0.0 * t.sm
    half = np.where(t.tensor16 > 0, np.maximum(r.tensor16, r.bf16), r.half)
    if precision in ("fp8", "int8"):
        eight = np.maximum(r.fp8, r.int8 if precision == "int8" else 0.0)
        has = eight > 0
        rate = np.where(has, eight, half)
        return _Format(1.0, 1.0 if has.all() else 2.0, rate, _synchronous(t) * ~has)
    if precision == "fp32":
        return _Format(4.0, 4.0, r.simt, none)
    if precision == "tf32":
        return _Format(4.0, 4.0, np.where(t.tf32 > 0, r.tf32, r.simt), none)
    if precision in ("fp16", "bf16", "amp"):
        return _Format(2.0, 2.0, half, none)
    # 4-bit units run twice the 8-bit rate (NVIDIA Blackwell architecture white paper).
    if precision in ("nvfp4", "mxfp4") and t.four_bit.all():
        return _Format(weight_bytes("mxfp4"), weight_bytes("mxfp4"), 2.0 * r.fp8, none)
    return _Format(weight_bytes(precision), 2.0, half, _synchronous(t))


def _synchronous(t: ChipTable) -> Array:
    """Weights that are unpacked in registers cannot feed products that read shared memory alone:
    such kernels keep the older instructions (mma.sync), a step behind where there are newer."""
    return t.asynchronous


def _over(one: Array, other: Array) -> Array:
    """Both at once: the longer, smoothly."""
    return np.asarray(np.cbrt(one**3 + other**3))


def _product(
    shape: tuple[Any, Any, Any, Any], size: tuple[float, float], rate: Array,
    t: ChipTable, r: Rates, c: Constants,
) -> Times:  # fmt: skip
    """``b`` products of m x k by k x n with their best tile. size : bytes of (weight, activation).

    launch : what the waves take beyond their steady pace.
    """
    b, m, n, k = (np.asarray(x, float) for x in shape)
    ideal = 2.0 * b * m * n * k / rate
    moved = b * (size[1] * m * k + size[0] * k * n + 2.0 * m * n)
    traffic = moved / r.bandwidth
    best = [np.full(np.broadcast(ideal, traffic).shape, np.inf), ideal, traffic]
    for rows, columns in TILES:
        up, across = np.ceil(m / rows), np.ceil(n / columns)
        for parts in SPLITS:
            spread = b * up * across * parts / t.sm
            waves = np.ceil(spread)
            paced = ideal * up * rows * across * columns / (m * n) * waves / spread
            split = 8.0 * m * n * parts * b * (parts > 1) / r.bandwidth
            took = _over(paced, traffic) + split + waves * c.tile_us * 1e-6
            took = np.where((parts == 1) | (k >= parts * LEAST_DEPTH), took, np.inf)
            better = took < best[0]
            best[0] = np.where(better, took, best[0])
            best[1] = np.where(better, paced, best[1])
            best[2] = np.where(better, traffic + split, best[2])
    return Times(best[0], best[1], best[2], np.zeros(best[0].shape))


def _gemm(x: Sizes, f: _Format, fam: Family, t: ChipTable, r: Rates, c: Constants) -> Times:
    rate = f.rate * c.product_share * c.plain_kernels ** (fam.steps + f.unpacked)
    shape = (x.get("batch", 1.0), x["m"], x["n"], x["k"])
    return _product(shape, (f.weight, f.activation), rate, t, r, c)


def _attention_prefill(
    x: Sizes, f: _Format, fam: Family, t: ChipTable, r: Rates, c: Constants
) -> Times:
    b, s, h, kv, d = (np.asarray(x[name], float) for name in SIZES["attention_prefill"])
    rows, columns = np.ceil(s / QUERIES) * QUERIES, np.ceil(s / KEYS) * KEYS
    scores = b * h * rows * np.minimum((columns + QUERIES) / 2.0, columns)
    products = 4.0 * d / (f.rate * c.product_share)
    beside = SCORE_CLOCKS / (t.sm * t.clock_hz)
    # Products that run asynchronously leave the vector units free (FlashAttention 3,
    # arXiv:2407.08608); else one waits for the other.
    each = np.where(t.asynchronous > 0, np.hypot(products, beside), products + beside)
    blocks = b * h * rows / QUERIES / t.sm
    whole = np.where(blocks < 2, np.ceil(blocks) / blocks, 1.0)
    paced = scores * each * whole / c.plain_kernels**fam.steps
    moved = 4.0 * b * s * d * (h + kv) + fam.writes_cache * 4.0 * b * s * d * (h + 2.0 * kv)
    traffic = moved / r.bandwidth
    # A block loads its queries first and writes its result last, beside nothing of its own.
    return Times(paced + traffic + blocks * c.tile_us * 1e-6, paced, traffic, 0.0 * paced)


def _attention_decode(
    x: Sizes, f: _Format, fam: Family, t: ChipTable, r: Rates, c: Constants
) -> Times:
    b, s, h, kv, d = (np.asarray(x[name], float) for name in SIZES["attention_prefill"])
    held = x.get("kv_bytes", min(f.weight, 2.0))
    moved = 2.0 * b * np.maximum(s, KEYS) * kv * d * held + 4.0 * b * h * d
    traffic = moved / r.bandwidth
    # Queries of a group fill the 16 rows of a matrix instruction.
    paced = 4.0 * b * kv * s * d * np.ceil(h / kv / 16.0) * 16.0 / (f.rate * c.product_share)
    took = _over(paced, traffic) + b * kv / t.sm * c.tile_us * 1e-6
    return Times(took, paced, traffic, 0.0 * took)


def _moe(x: Sizes, f: _Format, fam: Family, t: ChipTable, r: Rates, c: Constants) -> Times:
    tokens, hidden, inter, experts, topk = (np.asarray(x[name], float) for name in SIZES["moe"])
    routed = tokens * topk
    used = experts * (1.0 - (1.0 - 1.0 / experts) ** routed)
    rate = f.rate * c.product_share * c.plain_kernels ** (fam.steps + f.unpacked)
    size = (f.weight, f.activation)
    gates = np.where(x.get("gated", True), 2.0, 1.0)
    up = _product((used, routed / used, gates * inter, hidden), size, rate, t, r, c)
    down = _product((used, routed / used, hidden, inter), size, rate, t, r, c)
    around = 2.0 * (routed * (2.0 * hidden + 2.0 * inter) + 2.0 * tokens * hidden) / r.bandwidth
    return Times(
        up.total + down.total + around, up.arithmetic + down.arithmetic,
        up.traffic + down.traffic + around, 0.0 * around,
    )  # fmt: skip


SIZES: dict[str, tuple[str, ...]] = {
    "gemm": ("m", "n", "k"),
    "attention_prefill": ("batch", "seq_len", "heads", "kv_heads", "head_dim"),
    "attention_decode": ("batch", "seq_len", "heads", "kv_heads", "head_dim"),
    "moe": ("tokens", "hidden", "inter", "experts", "topk"),
}
"""Operations on matrix units and the sizes each needs."""
_OF = {
    "gemm": _gemm, "attention_prefill": _attention_prefill, "attention_decode": _attention_decode,
    "moe": _moe,
}  # fmt: skip


def seconds(
    op: str, sizes: Sizes, precision: str, engine: str, t: ChipTable, r: Rates, c: Constants
) -> Times:
    """One execution of ``op`` on each row's chip, launches included. [s]"""
    fam = family(engine, op)
    got = _OF[op](sizes, _format(precision, t, r), fam, t, r, c)
    start = fam.kernels * c.start_us * 1e-6
    launch = start * got.total / (got.total + start)
    return Times(got.total + launch, got.arithmetic, got.traffic, launch)
