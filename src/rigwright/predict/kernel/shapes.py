"""What the time of a run's operations depends on besides chip and constants, worked out once.

GEMM libraries cover the result with tiles: how much each tile size overhangs and how many blocks
it makes is a matter of the shapes alone. Arrays come as columns [ops, 1] to meet chips [chips], or
flat [ops] where every operation has its own chip (when calibration).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.kernel.work import ARITHMETIC, CLASS, Work
from rigwright.spec.operation import Array

Mask = NDArray[np.bool_]

SPLIT_K_DEPTH = 2048.0  # inner products one thread block keeps when a GEMM is split along K
# Output tiles (rows, columns) that GEMM libraries choose from (cuBLAS/CUTLASS kernel names).
TILES = ((256, 128), (128, 128), (128, 64), (64, 64), (128, 32), (32, 32))
# Narrowest result tile of batched fp32 products: Volta and Turing libraries have one of 64 columns.
BATCHED_COLUMNS, BATCHED_COLUMNS_VOLTA = 128.0, 64.0
# Grouped channels-last gradients that had kernels before PyTorch 2.0: these widths, in groups of
# eight (ResNeXt); RegNetX's widths of 24 to 168 and its 3, 7 or 18 groups run tens of times slower,
# the more so the wider they are, up to 64.
GROUP_WIDTHS, GROUP_BLOCK = (4, 8, 16, 32), 8
# cuBLAS 11 (of cuDNN 8 and CUDA 11) was the first whose tensor-core products take rows that are no
# multiples of 16 bytes (NVIDIA, Matrix Multiplication Background User's Guide).
ANY_ROWS_CUDNN = 8
PERSISTENT_COLUMNS = 1024.0  # rows up to here stay in registers (PyTorch's softmax kernels)
# Blocks of row kernels that an SM of 2048 threads runs at once, and how often they read a row again
# (PyTorch: layer_norm 128 threads, mean and result; wide softmax 512, maximum, sum and result).
NORM_BLOCKS, NORM_AGAIN, SOFTMAX_BLOCKS, SOFTMAX_AGAIN = 16, 1, 4, 2


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


@dataclass(frozen=True, slots=True)
class Shapes:
    """Distinct operations of a run, ready to be costed. Masks and sizes [ops(, 1)].

    heavy : rows that do matrix arithmetic; arrays named below are of these rows alone.
    cls : class of heavy rows.  covered : tile area over result area; blocks : tiles. [tiles, heavy]
    edge : (rows + columns) / (rows x columns) of each tile. [tiles]
    tiled : laid out in tiles (not attention, not depthwise).  allowed : may use tensor cores.
    splits : parts it can be split into.  saves : Winograd applies.
    wide, wide_volta : overhang of batched fp32 products.
    odd_groups : channels-last grouped convolutions whose width is no power of two.
    turned : bytes of convolution operands.  pointwise : 1x1 convolutions.
    launches : kernels.  convolves : depthwise ones too.  Of all rows: again : bytes that row
    kernels read again; flight : bytes of the rows one SM has in work meanwhile.
    """

    work: Work
    setting: Setting
    count: Array
    moved: Array
    kernels: Array
    again: Array
    flight: Array
    heavy: NDArray[np.intp]
    cls: NDArray[np.intp]
    flop: Array
    covered: Array
    blocks: Array
    edge: Array
    tiled: Mask
    allowed: Mask
    vector: Mask
    splits: Array
    pad: Array
    saves: Mask
    wide: Array
    wide_volta: Array
    conv: Mask
    slow: Array
    odd_groups: Mask
    turned: Array
    pointwise: Mask
    launches: Array
    convolves: Mask


def shapes_of(w: Work, s: Setting, *, chips_axis: bool = True) -> Shapes:
    """Shapes of ``w``; chips_axis: columns to meet chips, else flat."""

    def column(values: Any) -> Any:
        return values[..., None] if chips_axis else values

    heavy = np.flatnonzero(w.cls < ARITHMETIC)
    h = w.where(heavy)
    conv = (h.cls >= CLASS["conv"]) & (h.cls <= CLASS["conv_wgrad"])
    gemm = h.cls == CLASS["gemm"]
    batched = gemm & (h.b > 1)
    vector = (h.cls >= CLASS["depthwise"]) & (h.cls <= CLASS["depthwise_wgrad"])
    covered, blocks = _tiling(h)
    norm = w.cls == CLASS["norm"]
    wide = (w.cls == CLASS["softmax"]) & (w.n > PERSISTENT_COLUMNS)
    half = s.precision in ("amp", "fp16", "bf16", "fp8", "int8")
    tf32 = s.precision == "tf32"
    allowed = np.full(len(h), half or tf32) | (conv & s.conv_tf32 & (s.precision == "fp32"))
    odd = gemm & ((h.n % 8 > 0) | (h.k % 8 > 0))
    # cuDNN has Winograd for single and half precision (algorithm tables of its documentation).
    winograd = s.cudnn >= 5 and not s.channels_last and s.precision != "fp64"
    saves = (h.stride1 > 0) & (h.channels >= 16) & (h.cls != CLASS["conv_wgrad"]) & winograd
    values: dict[str, Any] = {
        "count": w.count, "moved": w.read + w.write, "kernels": w.kernels,
        "again": w.read * (NORM_AGAIN * norm + SOFTMAX_AGAIN * wide),
        "flight": (w.read + w.write) / w.m * np.where(norm, NORM_BLOCKS, SOFTMAX_BLOCKS),
        "flop": h.flop, "covered": covered, "blocks": blocks, "tiled": conv | gemm | (
            h.cls == CLASS["recurrent"]),
        "allowed": allowed & ~vector & ~(odd & (s.cudnn < ANY_ROWS_CUDNN)), "vector": vector,
        "splits": np.maximum(h.k / SPLIT_K_DEPTH, 1.0), "pad": np.ceil(h.k / 8.0) * 8.0 / h.k,
        "saves": saves, "wide": np.where(batched, _overhang(h.n, BATCHED_COLUMNS), 0.0),
        "wide_volta": np.where(batched, _overhang(h.n, BATCHED_COLUMNS_VOLTA), 0.0),
         "conv": conv, "pointwise": conv & (h.window == 1),
        "launches": h.kernels, "convolves": (h.cls >= CLASS["conv"])
        & (h.cls <= CLASS["depthwise_wgrad"]),
        "slow": _slow_groups(h) * s.slow_groups,
        "odd_groups": (h.cls == CLASS["conv"]) & (h.groups > 1) & s.channels_last
        & (np.exp2(np.round(np.log2(np.maximum(h.channels, 1.0)))) != h.channels),
        "turned": (h.read + h.write) * conv * (half and not s.channels_last),
    }  # fmt: skip
    edge = np.array([(r + c) / (r * c) for r, c in TILES])
    return Shapes(
        work=w, setting=s, heavy=heavy, cls=h.cls, edge=edge[(...,) + (None,) * (1 + chips_axis)],
        **{name: column(v) for name, v in values.items()},
    )  # fmt: skip


def _slow_groups(h: Work) -> Array:
    """Weight of ``channels_last_groups``: 1 at a width of 32, 0 where there was a kernel."""
    served = np.isin(h.channels, GROUP_WIDTHS) & (h.groups % GROUP_BLOCK == 0)
    slow = (h.groups > 1) & (h.cls == CLASS["conv_dgrad"]) & ~served
    return np.asarray(slow * (np.clip(h.channels, 1.0, 64.0) / 32.0) ** 0.7)


def _overhang(size: Array, tile: float) -> Array:
    return np.asarray(np.ceil(size / tile) * tile / size)


def _tiling(h: Work) -> tuple[Array, Array]:
    """(area covered over area of the result, thread blocks) of each tile size. [tiles, ops]"""
    big, small = np.maximum(h.m, h.n), np.minimum(h.m, h.n)
    rows, columns = np.array(TILES, float).T[..., None]
    up, across = np.ceil(big / rows), np.ceil(small / columns)
    return up * rows * across * columns / (big * small), h.b * up * across
