"""One kernel alone on an idle chip: its time from its shape and the chip's data sheet.

A product covers its result with tiles, whole waves of them at a time; attention adds what the
vector units do for each score; experts are products of their own; what streams moves memory. Times
are elementwise over rows of sizes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rigwright.predict import constants as constants_table
from rigwright.predict.chipmodel import ChipTable, Rates, clock_under, single, sustained
from rigwright.predict.communication import lone_exchange
from rigwright.predict.constants import Constants
from rigwright.predict.kernel.kerneltime import Seconds, launch_seconds, operation_seconds
from rigwright.predict.kernel.shapes import Setting, shapes_of
from rigwright.predict.kernel.work import CLASS, ELEMENT_BYTES, Work
from rigwright.predict.memory import weight_bytes
from rigwright.predict.step import busy_seconds, log_half_width
from rigwright.spec.operation import Array
from rigwright.spec.parts import Chip
from rigwright.spec.software import Software
from rigwright.spec.tables.table import kept, keyed

Sizes = Mapping[str, Any]

TABLE = Path(__file__).parent / "data" / "kernels.csv"
# Output tiles (rows, columns) of CUTLASS's and Triton's products; the low ones are for few rows.
TILES = (
    (256, 128), (128, 256), (128, 128), (128, 64), (64, 256), (64, 128), (64, 64),
    (32, 128), (32, 64), (16, 128), (16, 64),
)  # fmt: skip
SPLITS, LEAST_DEPTH = (1, 2, 4, 8, 16), 512  # parts of the inner dimension, and the least of one
# FlashAttention's blocks of queries and keys (Dao-AILab/flash-attention, forward, 128 wide heads).
QUERIES, KEYS = 128, 64
# Clocks of an SM for one score: exponential (CUDA C++ Programming Guide, throughput of native
# arithmetic), and scale, maximum, sum and conversion on 128 lanes.
SCORE_CLOCKS = 1 / 16 + 4 / 128
_ATTENTION = ("batch", "seq_len", "heads", "kv_heads", "head_dim")
SIZES: dict[str, tuple[str, ...]] = {
    "gemm": ("m", "n", "k"), "attention_prefill": _ATTENTION, "attention_decode": _ATTENTION,
    "moe": ("tokens", "hidden", "inter", "experts", "topk"), "all_reduce": ("bytes", "gpu_count"),
    "norm": ("rows", "cols"), "softmax": ("rows", "cols"), "elementwise": ("rows", "cols"),
}  # fmt: skip
"""Every operation and the sizes it needs."""
MAY_HAVE = {"gemm": ("batch",), "elementwise": ("inputs",)}


@dataclass(frozen=True, slots=True)
class Family:
    """How a program runs an operation: kernels it launches, and how many steps they are from the
    vendor's library (1: written for the program, 2: generated).

    turns_queries : attention turns and copies queries first.  widest : group of query heads that
    read their keys together.
    """

    engine: str
    op: str
    kernels: float
    steps: float
    turns_queries: bool
    widest: float


_families = kept(keyed, Family, TABLE, "engine", "op")


class _Case(NamedTuple):
    """One chip and format. weight, activation : bytes.  rate : of products. [FLOP/s]

    exposed : share of starts and ends that nothing hides.
    """

    weight: float
    activation: float
    rate: Array
    family: Family
    exposed: Array
    t: ChipTable
    r: Rates
    c: Constants


def _case(op: str, precision: str, engine: str, t: ChipTable, r: Rates, c: Constants) -> _Case:
    """Formats that a chip has no units for are unpacked to 16 bit."""
    family = _families().get((engine, op)) or _families()["any", op]
    half = np.where(t.tensor16 > 0, np.maximum(r.tensor16, r.bf16), r.half)
    eight = np.maximum(r.fp8, r.int8 if precision == "int8" else 0.0)
    weight = 8.0 if precision == "fp64" else weight_bytes(precision)
    if precision == "fp64":
        size, rate = 8.0, r.simt64
    elif precision in ("fp32", "tf32"):
        size, rate = 4.0, np.where((precision == "tf32") & (t.tf32 > 0), r.tf32, r.simt)
    elif weight == 1.0 and (eight > 0).all():
        size, rate = 1.0, eight
    elif precision in ("nvfp4", "mxfp4") and (t.fp4 > 0).all():
        eighth = (t.fp8 > 0).all()  # a data sheet may name the rate in 4 bit and not that in 8
        wider, printed = (r.fp8, t.fp8) if eighth else (half, np.maximum(t.tensor16, t.bf16))
        size, rate = weight, wider * t.fp4 / np.maximum(printed, 1.0)
    else:
        # Weights unpacked in registers cannot feed products that read shared memory alone: such
        # kernels keep the older instructions (mma.sync), a step behind where there are newer.
        size, rate = 2.0, half * np.where(weight < 2, c.plain_kernels**t.asynchronous, 1.0)
    # Loads that run on their own begin before the kernel and the tile in front are done (CUDA C++
    # Programming Guide: programmatic dependent launch and tensor memory access, Hopper on).
    exposed = np.where(t.asynchronous > 0, 0.5, 1.0)
    return _Case(weight, size, rate * c.product_share, family, exposed, t, r, c)


def _over(one: Array, other: Array) -> Array:
    """Both at once: the longer, smoothly."""
    return np.asarray(np.cbrt(one**3 + other**3))


def _product(a: _Case, shape: tuple[Any, Any, Any, Any]) -> Seconds:
    """``b`` products of m x k by k x n with their best tile and split."""
    b, m, n, k = shape
    ideal = 2.0 * b * m * n * k / a.rate / a.c.plain_kernels**a.family.steps
    moved = b * (a.activation * m * k + a.weight * k * n + 2.0 * m * n)
    plain = moved / a.r.bandwidth + 0.0 * ideal
    best = [np.full(plain.shape, np.inf), ideal, plain]
    for rows, columns in TILES:
        up, across = np.ceil(m / rows), np.ceil(n / columns)
        for parts in SPLITS:
            waves = np.ceil(b * up * across * parts / a.t.sm)
            paced = ideal * rows * columns / (b * m * n * parts) * waves * a.t.sm
            traffic = plain + 8.0 * m * n * parts * b * (parts > 1) / a.r.bandwidth
            took = _over(paced, traffic) + waves * a.c.tile_us * 1e-6 * a.exposed
            better = (took < best[0]) & ((parts == 1) | (k >= parts * LEAST_DEPTH))
            found = zip((took, paced, traffic), best, strict=True)
            best = [np.where(better, new, old) for new, old in found]
    return Seconds(*best)


def _prefill(a: _Case, x: Sizes) -> Seconds:
    b, s, h, kv, d = (x[name] for name in _ATTENTION)
    rows, columns = np.ceil(s / QUERIES) * QUERIES, np.ceil(s / KEYS) * KEYS
    scores = b * h * rows * np.minimum((columns + QUERIES) / 2.0, columns)
    products, beside = 4.0 * d / a.rate, SCORE_CLOCKS / (a.t.sm * a.t.clock_hz)
    # Products that run asynchronously leave the vector units free (FlashAttention 3,
    # arXiv:2407.08608); else one waits for the other.
    each = np.where(a.t.asynchronous > 0, np.hypot(products, beside), products + beside)
    blocks = b * h * rows / QUERIES / a.t.sm
    whole = np.where(blocks < 2, np.ceil(blocks) / blocks, 1.0)
    paced = scores * each * whole / a.c.plain_kernels**a.family.steps
    copied = a.family.turns_queries * h + 2.0 * kv  # keys and values go into the cache first
    traffic = 4.0 * b * s * d * (h + kv + copied) / a.r.bandwidth
    # A block loads its queries first and writes its result last, beside nothing of its own.
    edges = blocks / a.t.engines * a.c.tile_us * 1e-6
    return Seconds(paced + traffic + edges, paced, traffic)


def _decode(a: _Case, x: Sizes) -> Seconds:
    b, s, h, kv, d = (x[name] for name in _ATTENTION)
    held = np.maximum(s, KEYS) * kv * min(a.weight, 2.0)
    traffic = (2.0 * b * d * held + 4.0 * b * h * d) / a.r.bandwidth
    # Queries of a group fill the 16 rows of a matrix instruction.
    paced = 64.0 * b * kv * s * d * np.ceil(h / kv / 16.0) / a.rate
    # Wider groups than its kernel takes are read by each head on its own, from cache at twice
    # the pace of memory.
    traffic = traffic * np.where(h > a.family.widest * kv, (h / kv + 1.0) / 2.0, 1.0)
    blocks = b * kv / (a.t.sm * a.t.engines)
    return Seconds(_over(paced, traffic) + blocks * a.c.tile_us * 1e-6, paced, traffic)


def _moe(a: _Case, x: Sizes) -> Seconds:
    tokens, hidden, inter, experts, topk = (x[name] for name in SIZES["moe"])
    routed = tokens * topk
    used = experts * (1.0 - (1.0 - 1.0 / np.maximum(experts, 1.0 + 1e-9)) ** routed)
    up = _product(a, (used, routed / used, 2.0 * inter, hidden))
    down = _product(a, (used, routed / used, hidden, inter))
    around = 4.0 * (routed * (hidden + inter) + tokens * hidden) / a.r.bandwidth
    sums = [p + q for p, q in zip(up[:3], down[:3], strict=True)]
    return Seconds(sums[0] + around, sums[1], sums[2] + around)


_OF = {"attention_prefill": _prefill, "attention_decode": _decode, "moe": _moe}


def seconds(
    op: str, x: Sizes, precision: str, engine: str, t: ChipTable, r: Rates, c: Constants
) -> Seconds:
    """One execution of ``op`` on matrix units, its start included. [s]"""
    a = _case(op, precision, engine, t, r, c)
    x = {name: np.asarray(value, float) for name, value in x.items()}
    got = _OF[op](a, x) if op in _OF else _product(a, (x.get("batch", 1.0), x["m"], x["n"], x["k"]))
    kernels = a.family.kernels
    if op == "gemm" and precision == "fp8" and a.activation == 1.0:
        # Layers are handed 16 bit and turn them to 8 first: read 2, write 1.
        narrowed = 3.0 * x.get("batch", 1.0) * x["m"] * x["k"] / r.bandwidth
        got = Seconds(got.total + narrowed, got.arithmetic, got.traffic + narrowed)
        kernels += 1.0
    start = kernels * c.start_us * 1e-6 * a.exposed
    total = busy_seconds(got.total + start, kernels * t.dispatch)
    return Seconds(total, got.arithmetic, got.traffic, total - got.total)


def _streamed(op: str, x: Sizes, precision: str, t: ChipTable, r: Rates, c: Constants) -> Seconds:
    """What no tensor core multiplies, as work of the step model."""
    size, one, none = ELEMENT_BYTES.get(precision, (2.0, 2.0))[0], np.ones(1), np.zeros(1)
    b, k, flop = one * x.get("batch", 1.0), one * x.get("k", 1.0), none
    m, n = (one * x[name] for name in (("m", "n") if op == "gemm" else ("rows", "cols")))
    write = size * b * m * n
    read = write * x.get("inputs", 1.0)
    if op == "gemm":
        flop, read = 2.0 * b * m * n * k, size * b * k * (m + n)
    work = Work(
        cls=np.full(1, CLASS[op]), count=one, b=b, m=m, n=n, k=k, flop=flop, read=read, write=write,
        saved=none, window=none, stride1=none, groups=one, channels=none, backward=none,
        kernels=one, dispatches=one,
    )  # fmt: skip
    shapes = shapes_of(work, Setting(precision), chips_axis=False)
    return operation_seconds(shapes, t, r, c)._replace(launch=launch_seconds(shapes, c))


class Kernel(NamedTuple):
    """Time of one execution, its 80 % range, what binds it, and shares that add up to 1."""

    step_ms: float
    low_ms: float
    high_ms: float
    bound: str
    shares: dict[str, float]


def _timed(
    op: str, x: Mapping[str, float], precision: str, engine: str, t: ChipTable, r: Rates,
    c: Constants,
) -> Seconds:  # fmt: skip
    if op == "all_reduce":
        link = "nvlink" if t.link[0] else "pcie"
        wire, starts = lone_exchange(x["bytes"], int(x["gpu_count"]), link, t, c)
        start = starts * constants_table.shipped("serving").all_reduce_us * 1e-6
        return Seconds(np.array([wire + start]), np.zeros(1), np.zeros(1), start)
    if op not in _OF and (op != "gemm" or precision in ("fp32", "fp64")):
        return _streamed(op, x, precision, t, r, c)
    return seconds(op, x, precision, engine, t, r, c)


def kernel(
    op: str, x: Mapping[str, float], precision: str, software: Software, chip: Chip,
    power_cap_w: float | None = None,
) -> Kernel:  # fmt: skip
    """One execution of ``op``, of SIZES, alone on an idle ``chip``."""
    c, t = constants_table.shipped(), single(chip)
    r = sustained(t, c)
    got = _timed(op, x, precision, software.engine, t, r, c)
    for _ in range(3 if power_cap_w else 0):  # a slower card moves and draws less
        traffic = float(np.ravel(got.traffic / got.total * r.bandwidth)[0])
        clock = clock_under(chip, power_cap_w, traffic, c)
        slowed = replace(t, clock_hz=t.clock_hz * clock)
        got = _timed(op, x, precision, software.engine, slowed, r.slowed(clock), c)
    total, arithmetic, traffic, launch = (float(np.ravel(part)[0]) for part in got)
    spread = (total - launch) / (arithmetic + traffic or 1.0)
    parts = {
        "arithmetic": arithmetic * spread, "memory traffic": traffic * spread, "launch": launch,
        "network": spread if op == "all_reduce" else 0.0,
    }  # fmt: skip
    width = math.exp(log_half_width(0.0, 0.0, software.stated, float(t.vague[0]), c))
    shares = {word: part / total for word, part in parts.items() if part > 0}
    bound = max(parts, key=lambda word: parts[word])
    ms = total * 1e3
    return Kernel(ms, ms / width, ms * width, bound, shares)
