"""Seconds of one operation on one chip: the slower of arithmetic and memory traffic, smoothly.

All functions are elementwise over broadcast arrays: shapes [ops, 1] against chips [chips] give
[ops, chips]; flat shapes [ops] against chips gathered per operation [ops] give [ops] (calibration).
"""

from typing import NamedTuple

import numpy as np

from rigwright.predict.chipmodel import ChipTable, Rates
from rigwright.predict.constants import Constants
from rigwright.predict.kernel.shapes import Shapes
from rigwright.predict.kernel.work import CLASS
from rigwright.spec.operation import Array

CURRENT_CUDNN = 9


class Seconds(NamedTuple):
    """Of one execution: all of it, its parts before they overlap, and its start where told. [s]"""

    total: Array
    arithmetic: Array
    traffic: Array
    launch: Array | float = 0.0


def operation_seconds(s: Shapes, t: ChipTable, r: Rates, c: Constants) -> Seconds:
    """GPU time of one execution of each operation, launch gap included. [s]"""
    moved = s.moved * _traffic_factors(c, s) + s.again * _row_missed(s, t)
    traffic = moved * _missed(moved, t) / r.bandwidth
    total = traffic + launch_seconds(s, c)
    arithmetic = np.zeros(total.shape)
    if len(s.heavy):
        if s.count.ndim == 1:  # one chip per operation
            t, r = t.take(s.heavy), r.take(s.heavy)
        paced, around = _heavy(s, t, r, c)
        beside = traffic[s.heavy]
        alone = np.hypot(paced, beside) + around
        total[s.heavy] += alone - beside + _ramp(s, alone, c)
        traffic[s.heavy] = beside + around
        arithmetic[s.heavy] = paced
    return Seconds(total, arithmetic, traffic)


def launch_seconds(s: Shapes, c: Constants) -> Array:
    """Fixed time of each operation's kernels. [s]"""
    return s.kernels * (c.kernel_floor_us * 1e-6)


def _ramp(s: Shapes, alone: Array, c: Constants) -> Array:
    """Seconds that matrix kernels take beyond their steady pace: filling the chip, reducing split
    parts, transforming filters. A kernel shorter than that has not so much to fill."""
    ramp = 1e-6 * np.where(s.convolves, c.convolution_ramp_us, c.product_ramp_us)
    each = alone / np.maximum(s.launches, 1.0)
    return np.asarray(s.launches * each * ramp / (each + ramp))


def _traffic_factors(c: Constants, s: Shapes) -> Array:
    """Traffic time of each operation relative to ideal streaming."""
    table = np.ones(len(CLASS))
    last, training = c.norm_channels_last if s.setting.channels_last else 1.0, s.setting.training
    batch_norm = c.batch_norm_traffic * last if training else 1.0
    batch_norm_backward = c.batch_norm_backward_traffic * last if training else 1.0
    for name, constant in (
        ("norm_backward", c.norm_backward_traffic),
        ("batch_norm", batch_norm), ("batch_norm_backward", batch_norm_backward),
        ("pool", c.pool_traffic),
        ("pool_backward", c.pool_traffic), ("gather", c.gather_traffic),
        ("scatter", c.gather_traffic),
    ):  # fmt: skip
        table[CLASS[name]] = constant
    return np.asarray(table[s.work.cls].reshape(s.count.shape))


def _row_missed(s: Shapes, t: ChipTable) -> Array:
    """Share of a row's second reading that memory serves: the rows in work have to stay cached.

    They leave the cache one after the other, so almost all of them once they are too many.
    """
    held = t.l2 / np.maximum(s.flight * t.sm, 1.0)
    return np.asarray(1.0 / (1.0 + np.minimum(held, 1e3) ** 6))


def _missed(moved: Array, t: ChipTable) -> Array:
    """Share of ``moved`` bytes that the last-level cache does not hold."""
    return moved * moved / (moved * moved + t.l2 * t.l2)


def _matrix_rate(s: Shapes, r: Rates) -> tuple[Array, Array]:
    """Sustained matrix rate and whether tensor cores do it (0/1)."""
    precision = s.setting.precision
    if precision == "fp64":
        return np.where(s.vector, r.simt, r.simt64), np.zeros(r.simt.shape)
    if precision in ("fp32", "tf32"):
        used = s.allowed & (r.tf32 > 0)
        return np.where(used, r.tf32, np.where(s.vector, r.simt, r.products)), used.astype(float)
    tensor = r.bf16 if precision == "bf16" else r.tensor16
    used = s.allowed & (tensor > 0)
    return np.where(used, tensor, np.where(s.vector, r.simt, r.half)), used.astype(float)


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


def _heavy(s: Shapes, t: ChipTable, r: Rates, c: Constants) -> tuple[Array, Array]:
    """Of rows that do matrix arithmetic: its seconds, and seconds of turning operands around."""
    rate, tensor = _matrix_rate(s, r)
    simt, cores = (e[s.cls].reshape(s.flop.shape) for e in _class_efficiency(c))
    # Winograd's products are done by vector units.
    vector = r.simt if s.setting.precision in ("fp32", "tf32") else rate
    saving = np.where(s.saves, np.maximum(c.winograd_gain * vector, rate), rate)
    speed = np.where(tensor > 0, rate * cores, saving * simt)
    if s.setting.precision == "fp64":  # depthwise ones have no more units than the others
        speed = np.where(s.vector, np.minimum(speed, r.simt64), speed)
    speed = speed * c.untuned_kernels ** (1.0 - t.tuned)
    waste = _tile_waste(s, t, c, tensor) * _library_factor(s, c)
    seconds = s.flop / speed * np.where(s.tiled, waste, np.where(s.vector, _maturity(s, c), 1.0))
    turned = s.turned * np.where(s.pointwise, c.nchw_transpose_1x1, c.nchw_transpose)
    # Tensor-core convolutions work on channels-last tensors; NCHW operands are turned around.
    return seconds, turned * _missed(turned + 1.0, t) / r.bandwidth * tensor


def _maturity(s: Shapes, c: Constants) -> float:
    """Time factor of convolution kernels over the present library's."""
    return float(c.cudnn_aging ** (s.setting.cudnn - CURRENT_CUDNN))


def _library_factor(s: Shapes, c: Constants) -> Array:
    """What age and gaps of the kernel libraries cost: time over present, well-tuned kernels."""
    known = np.where(s.conv, _maturity(s, c), 1.0) * (1.0 + s.slow * (c.channels_last_groups - 1.0))
    # Two generations of cuDNN were slow at odd widths, the older one twice over.
    odd = c.odd_groups ** (1.0 if s.setting.cudnn >= CURRENT_CUDNN else 2.0)
    known = known * np.where(s.odd_groups, odd, 1.0)
    return np.asarray(known)


def _tile_waste(s: Shapes, t: ChipTable, c: Constants, tensor: Array) -> Array:
    """Time over ideal from tiles that overhang, idle SMs in the last wave, and small tiles.

    The library's choice is the best tile; deep products split along K to fill the last wave.
    """
    # Shared memory feeds every SM alike, so faster tensor cores need larger tiles in proportion;
    # GEMM libraries have those more often than convolutions.
    speed = np.maximum(t.tensor16 / (t.sm * t.clock_hz * 512.0 * t.operands), 1.0)
    pace = np.where(tensor > 0, np.where(s.conv, speed, np.sqrt(speed)), 1.0)
    least = np.where(tensor > 0, c.tile_half_tensor, c.tile_half_simt)
    spread = s.blocks * (s.splits / t.sm)
    wave = np.ceil(spread) / spread
    intensity = 1.0 + s.edge * (least * pace)
    best = np.min(s.covered * wave * intensity, axis=0) / (1.0 + least / 64.0)
    volta = (t.before_volta == 0) & (t.ampere_or_later == 0)
    wide = np.where(tensor > 0, 0.0, np.where(volta, s.wide_volta, s.wide))
    pad = np.where(tensor > 0, s.pad, 1.0)
    return np.asarray(np.maximum(best, wide) * pad)
