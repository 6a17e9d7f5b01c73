"""Seconds of one operation on one chip: the slower of arithmetic and memory traffic, smoothly.

All functions are elementwise over broadcast arrays: work [ops, 1] against chips [chips] gives
[ops, chips]; work [ops] against chips gathered per operation [ops] gives [ops] (used when fitting).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.chipmodel import ChipTable, Rates
from rigwright.predict.constants import Constants
from rigwright.predict.features import ARITHMETIC, CLASS, Work

Array = NDArray[np.float64]

CURRENT_CUDNN = 9
SPLIT_K_DEPTH = 2048.0  # inner products one thread block keeps when a GEMM is split along K
SHARPNESS = 2.0  # of the smooth maximum of arithmetic and traffic
# Output tiles (rows, columns) that GEMM libraries choose from (cuBLAS/CUTLASS kernel names).
TILES = ((256, 128), (128, 128), (128, 64), (64, 64), (128, 32), (32, 32))


@dataclass(frozen=True, slots=True)
class Setting:
    """How the step is run, as far as kernels depend on it.

    precision : of spec.run.  channels_last : layout nhwc.
    conv_tf32 : the framework lets convolutions use TF32 although fp32 was asked for.
    cudnn : major version of the kernel library, 0 = none (im2col and GEMM). Winograd came with 5.
    training : normalisation computes batch statistics.
    slow_groups : channels-last gradients of grouped convolutions before PyTorch 2.0.
    """

    precision: str
    channels_last: bool = False
    conv_tf32: bool = False
    cudnn: int = 9
    training: bool = True
    slow_groups: bool = False

    def maturity(self, c: Constants) -> float:
        """Time factor of convolution kernels over the present library's."""
        age = CURRENT_CUDNN - (self.cudnn or 5)
        return float(c.cudnn_aging**-age * (1.0 if self.cudnn else c.no_cudnn_time))


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds per execution: total, and its arithmetic and traffic parts before the maximum."""

    total: Array
    arithmetic: Array
    traffic: Array


def _column(values: NDArray[Any], chips_axis: bool) -> NDArray[Any]:
    return values[:, None] if chips_axis else values


def operation_seconds(
    w: Work, t: ChipTable, r: Rates, c: Constants, setting: Setting, *, chips_axis: bool = True
) -> Seconds:
    """GPU time of one execution of each operation, launch gap included. [s]

    chips_axis : True: [ops, chips]; False: ``t`` has one row per operation, result [ops].
    """
    shape = (len(w), len(t)) if chips_axis else (len(w),)
    traffic = _traffic(w, t, r, c, setting, chips_axis)
    arithmetic = np.zeros(shape)
    heavy = np.flatnonzero(w.cls < ARITHMETIC)
    if len(heavy):
        if chips_axis:
            arithmetic[heavy] = _arithmetic(w.where(heavy), t, r, c, setting, chips_axis)
        else:
            sub = t.take(heavy)
            rates = Rates(**{f: getattr(r, f)[heavy] for f in r.__slots__})
            arithmetic[heavy] = _arithmetic(w.where(heavy), sub, rates, c, setting, chips_axis)
    busy = np.where(arithmetic > 0, _smooth_max(arithmetic, traffic), traffic)
    floor = _column(w.kernels, chips_axis) * c.kernel_floor_us * 1e-6
    return Seconds(busy + floor, arithmetic, traffic)


def _smooth_max(a: Array, b: Array) -> Array:
    top = np.maximum(np.maximum(a, b), 1e-30)
    ratio = np.minimum(a, b) / top
    return top * (1.0 + ratio**SHARPNESS) ** (1.0 / SHARPNESS)


def _class_factors(c: Constants, setting: Setting) -> Array:
    """Traffic time of each class relative to ideal streaming."""
    table = np.ones(len(CLASS))
    if setting.training:
        last = c.norm_channels_last if setting.channels_last else 1.0
        batch_norm, batch_norm_backward = (
            c.batch_norm_traffic * last,
            c.batch_norm_backward_traffic * last,
        )
    else:
        batch_norm, batch_norm_backward = c.batch_norm_eval_traffic, 1.0
    for name, constant in (
        ("norm", c.row_traffic), ("norm_backward", c.norm_backward_traffic),
        ("batch_norm", batch_norm), ("batch_norm_backward", batch_norm_backward),
        ("softmax", c.row_traffic), ("pool", c.pool_traffic),
        ("pool_backward", c.pool_traffic), ("gather", c.gather_traffic),
        ("scatter", c.gather_traffic),
    ):  # fmt: skip
        table[CLASS[name]] = constant
    return table


def _traffic(
    w: Work, t: ChipTable, r: Rates, c: Constants, setting: Setting, chips_axis: bool
) -> Array:
    """Memory time: what misses the last-level cache at DRAM speed, the rest is hidden."""
    moved = w.read + w.write
    conv = (w.cls >= CLASS["conv"]) & (w.cls <= CLASS["conv_wgrad"])
    if not setting.channels_last and setting.precision in ("amp", "fp16", "bf16"):
        # Tensor-core kernels work on channels-last tensors; NCHW operands are transposed around.
        moved = moved * np.where(conv, 1.0 + c.nchw_transpose, 1.0)
    moved = _column(moved * _class_factors(c, setting)[w.cls], chips_axis)
    hit = 1.0 / (1.0 + moved / (c.l2_usable * t.l2))
    return moved * (1.0 - hit) / r.bandwidth


def _matrix_rate(w: Work, t: ChipTable, r: Rates, c: Constants, s: Setting, axis: bool) -> tuple[
    Array, Array
]:  # fmt: skip
    """Sustained matrix rate and whether tensor cores do it (0/1), broadcast to the result shape."""
    conv = _column((w.cls >= CLASS["conv"]) & (w.cls <= CLASS["conv_wgrad"]), axis)
    if s.precision in ("amp", "fp16", "bf16", "fp8", "int8"):
        tensor = r.bf16 if s.precision == "bf16" else r.tensor16
        rate = np.where(tensor > 0, tensor, r.half)
        used = (tensor > 0).astype(float)
        return np.broadcast_arrays(rate, used + 0.0 * conv)  # type: ignore[return-value]
    if s.precision == "fp64":
        return np.broadcast_arrays(r.simt64, 0.0 * conv * r.simt64)  # type: ignore[return-value]
    allowed = np.ones_like(conv) if s.precision == "tf32" else conv & np.bool_(s.conv_tf32)
    used = allowed * (r.tf32 > 0)
    return np.where(used, r.tf32, r.simt), used.astype(float)


def _class_efficiency(c: Constants) -> tuple[Array, Array]:
    """Fraction of the sustained rate reached by large operations: SIMT, tensor cores."""
    simt, tensor = np.ones(len(CLASS)), np.ones(len(CLASS))
    for name, a, b in (
        ("gemm", c.gemm_simt, c.gemm_tensor),
        ("recurrent", c.gemm_simt, c.gemm_tensor),
        ("conv", c.conv_simt, c.conv_tensor),
        ("conv_dgrad", c.conv_simt * c.conv_dgrad, c.conv_tensor * c.conv_dgrad),
        ("conv_wgrad", c.conv_wgrad_simt, c.conv_wgrad_tensor),
        ("attention", c.attention_efficiency, c.attention_efficiency),
        ("attention_backward", c.attention_efficiency, c.attention_efficiency),
        ("depthwise", c.depthwise_simt, c.depthwise_simt),
        ("depthwise_dgrad", c.depthwise_simt, c.depthwise_simt),
        ("depthwise_wgrad", c.depthwise_wgrad_simt, c.depthwise_wgrad_simt),
    ):
        simt[CLASS[name]], tensor[CLASS[name]] = a, b
    return simt, tensor


def _arithmetic(w: Work, t: ChipTable, r: Rates, c: Constants, s: Setting, axis: bool) -> Array:
    """Arithmetic time of the heavy classes. [s]"""
    rate, tensor = _matrix_rate(w, t, r, c, s, axis)
    simt_eff, tensor_eff = _class_efficiency(c)
    eff = np.where(tensor > 0, _column(tensor_eff[w.cls], axis), _column(simt_eff[w.cls], axis))
    saved = np.ones(len(w))
    if s.cudnn >= 5 and not s.channels_last:
        winograd = (w.stride1 > 0) & (w.channels >= 16) & (w.cls != CLASS["conv_wgrad"])
        saved = np.where(winograd, c.winograd_gain, 1.0)
    flop = np.where(tensor > 0, _column(w.flop, axis), _column(w.flop / saved, axis))
    seconds = flop / (rate * eff)
    tiled = (w.cls <= CLASS["conv_wgrad"]) | (w.cls == CLASS["recurrent"])
    if tiled.any():
        waste = _tile_waste(w, t, c, tensor, axis) * _library_factor(w, t, c, s, tensor, axis)
        seconds = seconds * np.where(_column(tiled, axis), waste, 1.0)
    return _light(w, r, c, seconds, s, axis)


def _library_factor(
    w: Work, t: ChipTable, c: Constants, s: Setting, tensor: Array, axis: bool
) -> Array:
    """What age and gaps of the kernel libraries cost: time over present, well-tuned kernels."""
    conv = (w.cls >= CLASS["conv"]) & (w.cls <= CLASS["conv_wgrad"])
    slow = (w.groups > 1) & conv & (w.cls != CLASS["conv"]) & np.bool_(s.slow_groups)
    known = np.where(conv, s.maturity(c), 1.0) * np.where(slow, c.channels_last_groups, 1.0)
    factor = _column(known, axis) / np.where(t.amd > 0, c.amd_kernels, 1.0)
    gemm = w.cls == CLASS["gemm"]
    odd = _column(gemm & (w.b > 1) & ((w.n % 8 > 0) | (w.k % 8 > 0)), axis)
    factor = factor * np.where(odd & (tensor > 0), c.unaligned_gemm, 1.0)
    if s.cudnn >= 8:
        narrow = (t.narrow_sm > 0) & (tensor == 0) & _column(gemm, axis)
        factor = factor / np.where(narrow, c.legacy_gemm, 1.0)
    return np.asarray(factor)


def _light(w: Work, r: Rates, c: Constants, seconds: Array, s: Setting, axis: bool) -> Array:
    """Depthwise convolutions run on the vector units whatever the precision."""
    depth = (w.cls >= CLASS["depthwise"]) & (w.cls <= CLASS["depthwise_wgrad"])
    if not depth.any():
        return seconds
    simt_eff, _ = _class_efficiency(c)
    vector = _column(w.flop, axis) / (r.simt * _column(simt_eff[w.cls], axis)) * s.maturity(c)
    return np.where(_column(depth, axis), vector, seconds)


def _tile_waste(w: Work, t: ChipTable, c: Constants, tensor: Array, axis: bool) -> Array:
    """Time over ideal from tiles that overhang, idle SMs in the last wave, and short K loops.

    The library's choice is the best of TILES; a grid smaller than the chip splits K when it can.
    """
    big, small = np.maximum(w.m, w.n), np.minimum(w.m, w.n)
    # Shared memory feeds every SM alike, so faster tensor cores need larger tiles and longer loops;
    # GEMM libraries have those (wide tiles, deep pipelines) more often than convolutions.
    speed = np.maximum(t.tensor16 / (t.sm * t.clock_hz * 512.0), 1.0)
    growth = np.where(w.cls == CLASS["gemm"], 0.5, 1.0) * c.tensor_pace_exponent
    pace = np.where(tensor > 0, speed ** _column(growth, axis), 1.0)
    half = np.where(tensor > 0, c.tile_half_tensor, c.tile_half_simt) * pace
    deep = _column(w.k, axis)
    loop = 1.0 + c.k_half * pace / deep
    pad = np.where(tensor > 0, np.ceil(deep / 8.0) * 8.0 / deep, 1.0)
    splits = np.maximum(deep / SPLIT_K_DEPTH, 1.0)
    reference = 1.0 + np.where(tensor > 0, c.tile_half_tensor, c.tile_half_simt) / 64.0
    best: Array | None = None
    for rows, columns in TILES:
        up = np.ceil(big / rows) * rows * np.ceil(small / columns) * columns / (big * small)
        blocks = _column(w.b * np.ceil(big / rows) * np.ceil(small / columns), axis)
        per_sm = blocks / t.sm
        spread = np.minimum(np.maximum(per_sm, 1e-9) * splits, np.maximum(per_sm, 1.0))
        wave = np.ceil(spread) / spread
        intensity = (1.0 + half * (rows + columns) / (rows * columns)) / reference
        waste = _column(up, axis) * wave * intensity
        best = waste if best is None else np.minimum(best, waste)
    assert best is not None
    return np.asarray(best * loop * pad)
