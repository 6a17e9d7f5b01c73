"""Where a model's repeated blocks lie in its operation list, and which forward line each backward
line answers."""

import functools
import itertools
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rigwright.spec.operation import KINDS, OperationList

K = {kind: i for i, kind in enumerate(KINDS)}
_FORWARD_OF = {  # a backward kind -> the forward kind with the same dims
    "conv": "conv", "conv_dgrad": "conv", "conv_wgrad": "conv", "attention": "attention",
    "attention_backward": "attention", "norm": "norm", "norm_backward": "norm",
    "softmax": "softmax", "softmax_backward": "softmax", "pool": "pool", "pool_backward": "pool",
    "rnn": "rnn", "rnn_backward": "rnn", "gemm": "gemm",
}  # fmt: skip
_ANCHORS = {K[back]: K[forward] for back, forward in _FORWARD_OF.items()}
LEAST_ROWS = 6
"""Fewer lines than this are no block worth recomputing."""
_HEAVY = tuple(K[k] for k in ("gemm", "conv", "attention"))


@dataclass(frozen=True, slots=True)
class Segment:
    """Forward lines [start, end) that run ``times`` times; a block may be recomputed."""

    start: int
    end: int
    times: int = 1
    block: bool = False


def written(ops: OperationList) -> bool:
    """The list was written from a decoder's dimensions: lines of a block stand once."""
    return "kv_bytes_per_token" in ops.meta


@functools.lru_cache(maxsize=64)
def segments(ops: OperationList) -> tuple[Segment, ...]:
    """The forward lines in order, cut into blocks and what lies between them.

    Written lists repeat a block by its lines' count; traced ones show every repetition.
    """
    rows = np.flatnonzero(ops.phase == 0)
    if written(ops):
        return _counted(ops.count[rows], int(ops.meta["layers"]))
    return _repeated(ops, rows)


def _counted(count: NDArray[np.int32], layers: int) -> tuple[Segment, ...]:
    edges = np.flatnonzero(np.diff(count)) + 1
    bounds = [0, *edges.tolist(), len(count)]
    found = []
    for start, end in itertools.pairwise(bounds):
        times = int(count[start])
        # One layer leaves no trace in the counts: then the longest run of lines is the block.
        block = times > 1 or (layers == 1 and end - start == max(np.diff(bounds)))
        found.append(Segment(start, end, times, block))
    return tuple(found)


def _signatures(ops: OperationList, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """One number per line, equal for lines that do the same."""
    n = len(rows)
    wide = np.concatenate(
        [
            np.stack([ops.kind, ops.name, ops.count], axis=1)[rows],
            ops.dims[rows].reshape(n, -1),
            ops.traffic[rows].reshape(n, -1),
        ],
        axis=1,
    )
    return np.unique(wide, axis=0, return_inverse=True)[1].reshape(-1)


def _repeated(ops: OperationList, rows: NDArray[np.intp]) -> tuple[Segment, ...]:
    """Blocks found as the shortest runs of lines that follow themselves."""
    line, n = _signatures(ops, rows), len(rows)
    heavy = np.isin(ops.kind[rows], _HEAVY)
    taken = np.zeros(n, bool)
    blocks: list[Segment] = []
    for period in range(LEAST_ROWS, n // 2 + 1):
        same = (line[:-period] == line[period:]) & ~taken[:-period] & ~taken[period:]
        edges = np.flatnonzero(np.diff(np.r_[False, same, False].astype(np.int8)))
        for start, end in edges.reshape(-1, 2):
            times = (end - start) // period + 1
            if times < 2 or not heavy[start : start + period].any():
                continue
            for i in range(times):
                first = int(start) + i * period
                blocks.append(Segment(first, first + period, block=True))
                taken[first : first + period] = True
    return _filled(sorted(blocks, key=lambda b: b.start), n)


def _filled(blocks: list[Segment], n: int) -> tuple[Segment, ...]:
    found, at = [], 0
    for block in blocks:
        if block.start > at:
            found.append(Segment(at, block.start))
        found.append(block)
        at = block.end
    if at < n:
        found.append(Segment(at, n))
    return tuple(found)


@functools.lru_cache(maxsize=64)
def answered(ops: OperationList) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """For each backward line: position of the forward line it answers, and whether that is sure.

    Backward runs in reverse. Lines with dimensions (products, convolutions, normalisation ...) name
    their forward line; the others run between two of those. Position = number of forward lines
    while everything is still kept.
    """
    forward, backward = (np.flatnonzero(ops.phase == phase) for phase in (0, 1))
    places: dict[tuple[int, object], list[int]] = {}
    for position, row in enumerate(forward):
        places.setdefault(_key(ops, int(row)), []).append(position)
    at = len(forward)
    where, sure = np.full(len(backward), at), np.zeros(len(backward), bool)
    for i, row in enumerate(backward):
        known = places.get(_key(ops, int(row))) if int(ops.kind[row]) in _ANCHORS else None
        before = bisect_right(known, at) if known else 0
        if known and before:
            at, sure[i] = known[before - 1], True
        where[i] = at
    return where, sure


def _key(ops: OperationList, row: int) -> tuple[int, object]:
    kind = _ANCHORS.get(int(ops.kind[row]), -1)
    dims = ops.dims[row]
    if kind == K["gemm"]:  # the gradients' products permute rows, columns and inner dimension
        return kind, round(float(np.prod(dims[:4])), 1)
    return kind, tuple(np.round(dims, 3).tolist())
