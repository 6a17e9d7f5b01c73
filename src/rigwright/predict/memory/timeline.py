"""Live bytes over the moments of a step: what is kept for backward, gradients so far, what passes.

A moment is one line of the operation list; a line of a repeated block gives two, its first and its
last repetition, between which everything is linear. Weights, optimizer state and context stand
aside: they do not change within a step.
"""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.memory.blocks import K, Segment, answered, segments
from rigwright.spec.operation import Array, OperationList

Rows = NDArray[np.intp]
_CONV = tuple(K[k] for k in ("conv", "conv_dgrad", "conv_wgrad"))
_CAST = K["cast"]
MATH = "attention_math"
_INPUT_GRADIENTS = (K["gemm"], K["conv_dgrad"])


@dataclass(frozen=True, slots=True)
class How:
    """What changes the timeline beside batch and length.

    low, full : bytes of activation elements.  training : a backward pass follows.
    checkpointing : blocks keep their input only and run again.  offloaded : not even that.
    nodes : and what single products of frozen weights read.
    graphs : forward passes whose kept tensors are alive together where none follows.
    scores : attention is no fused kernel; its scores are kept, after dropout too where ``dropped``.
    """

    low: float
    full: float
    training: bool = True
    checkpointing: bool = False
    offloaded: bool = False
    nodes: bool = False
    graphs: int = 0
    scores: bool = False
    dropped: bool = False


class Timeline(NamedTuple):
    """[m] moments in the order they run.

    row : line of the list.  kept, passing : bytes kept for backward, and of operands besides.
    gradients : share of the weights' gradients that exist.  conv : bytes into and out of a
    convolution with a filter.  size : the most that the line reads or writes.  last : in the last
    repetition of its block, as the forward counts.  forward : how many moments come before the
    backward pass.  blocks : recomputed repetitions.
    """

    row: Rows
    kept: Array
    gradients: Array
    passing: Array
    conv: Array
    size: Array
    last: NDArray[np.bool_]
    forward: int
    blocks: int


class _Lines(NamedTuple):
    """Bytes of every line, per execution. [n]  gradient : elements of weights, all executions."""

    saved: Array
    reads: Array
    writes: Array
    conv: Array
    gradient: Array


def _lines(ops: OperationList, batch: float, seq: float, how: How) -> _Lines:
    now = ops.at(batch, seq)
    w = np.array([how.low, how.full, 1.0])
    # Conversions exist under autocast alone.
    there = np.ones(len(ops.kind)) if how.low != how.full else (ops.kind != _CAST).astype(float)
    moving = now.traffic - ops.traffic[:, :, 0]  # without weights and their gradients
    d = now.dims
    grouped = d[:, 8] >= np.maximum(d[:, 1], 2)  # depthwise kernels need no workspace
    filters = np.isin(ops.kind, _CONV) & (d[:, 5] * d[:, 6] > 1) & ~grouped
    image = d[:, 0] * (d[:, 1] * d[:, 2] * d[:, 3] + d[:, 4] * d[:, 9] * d[:, 10])
    back = (ops.phase == 1) & (ops.kind != _CAST)
    saved = (now.saved @ w) * there
    saved += _scores(ops, d, how)
    return _Lines(
        saved=saved,
        reads=(moving[:, :3] @ w) * there,
        writes=(moving[:, 3:] @ w) * there,
        conv=np.where(filters, image * how.low, 0.0),
        gradient=ops.traffic[:, 3:5, 0].sum(axis=1) * back * ops.count,
    )


def _scores(ops: OperationList, d: Array, how: How) -> Array:
    """Scores that attention keeps where it is no fused kernel. [n] B

    Softmax keeps its result; dropout a mask, and what it leaves for the product with the values.
    Shapes that no fused kernel takes (more than four dimensions: windows) go the same way, with
    queries and keys scaled into new tensors (PyTorch's ``_scaled_dot_product_attention_math``).
    """
    attention = ops.kind == K["attention"]
    math = attention & np.array([name == MATH for name in ops.names], bool)[ops.name]
    each = how.full + how.low * (how.low != how.full)
    whole = d[:, :4].prod(axis=1)
    scaled = d[:, 0] * d[:, 1] * (d[:, 2] + d[:, 3]) * d[:, 4] * how.low
    out = np.where(math, whole * each + scaled, 0.0)
    if how.scores:
        each = how.full + how.low + 1.0 if how.dropped else each
        out = np.where(attention & ~math, whole * each, out)
    return np.asarray(out)


class _Kept(NamedTuple):
    """What segments keep. [forward lines] or [segments]

    times : executions of a line where it is no block's.  inside : kept by one repetition up to and
    with a line.  each : what one repetition leaves behind.  before : kept when a segment begins.
    """

    inside: Array
    each: Array
    before: Array
    total: float


def _kept(parts: tuple[Segment, ...], saved: Array, counts: Array, inputs: Array) -> _Kept:
    """inputs : kept by one repetition instead where the segment is recomputed, else not a number.
    [segments]"""
    inside, each = np.zeros(len(saved)), np.zeros(len(parts))
    before = np.zeros(len(parts))
    base = 0.0
    for i, part in enumerate(parts):
        rows = slice(part.start, part.end)
        # Equal neighbours of a traced list are merged: all their executions are kept.
        own = saved[rows] * (counts[rows] / part.times)
        inside[rows] = np.cumsum(own)
        each[i] = own.sum() if math.isnan(inputs[i]) else inputs[i]
        before[i] = base
        base += part.times * each[i]
    return _Kept(inside, each, before, base)


def _pieces(n: int) -> tuple[Segment, ...]:
    """The square root's worth of equal pieces (Chen et al. 2016, arXiv:1604.06174)."""
    edges = np.linspace(0, n, max(round(math.sqrt(n)), 1) + 1).astype(int).tolist()
    pairs = itertools.pairwise(edges)
    return tuple(Segment(a, b, block=True) for a, b in pairs if b > a)


def _inputs(
    ops: OperationList, parts: tuple[Segment, ...], writes: Array, stream: float, how: How
) -> Array:
    """What a recomputed repetition of each segment keeps; not a number where it is not. [B]"""
    found = np.full(len(parts), np.nan)
    for i, part in enumerate(parts):
        if how.checkpointing and part.block:
            size = stream or float(writes[part.end - 1])
            found[i] = 0.0 if how.offloaded else size
    return found


def _on_nodes(ops: OperationList, rows: Rows, parts: tuple[Segment, ...], reads: Array) -> Array:
    """What products of one repetition read; neighbours that only casts part read the same. [B]"""
    at = np.flatnonzero(ops.kind[rows] != _CAST)
    product = ops.kind[rows[at]] == K["gemm"]
    own = at[product & ~np.r_[False, product[:-1]] & (ops.dims[rows[at], 0] == 1)]  # no experts
    size = np.bincount(own, (reads * ops.count[rows])[own], len(rows))
    return np.array([size[part.start : part.end].sum() / part.times for part in parts])


def timeline(ops: OperationList, batch: float, seq: float, how: How) -> Timeline:
    """The moments of a step of ``batch`` items on one GPU."""
    x = _lines(ops, batch, seq, how)
    rows = np.flatnonzero(ops.phase == 0)
    parts = segments(ops)
    if how.checkpointing and not any(part.block for part in parts):
        parts = _pieces(len(rows))
    stream = ops.meta.get("hidden", 0.0) * batch * seq * how.full
    saved = x.saved[rows] * (how.training or how.graphs > 0)
    inputs = _inputs(ops, parts, x.writes[rows], stream, how)
    if how.nodes:
        inputs += _on_nodes(ops, rows, parts, x.reads[rows])
    kept = _kept(parts, saved, ops.count[rows].astype(float), inputs)
    forward = _forward(x, rows, parts, kept, inputs, max(how.graphs - 1, 0) * kept.total)
    moments = [forward]
    if how.training:
        moments.append(_backward(ops, x, parts, kept, inputs))
    row, alive, made, passing, conv, size, last = (
        np.concatenate(column) for column in zip(*moments, strict=True)
    )
    blocks = sum(part.times for part in parts if part.block)
    return Timeline(row, alive, made, passing, conv, size, last, len(rows), blocks)


Moments = tuple[Rows, Array, Array, Array, Array, Array, NDArray[np.bool_]]


def _forward(
    x: _Lines, rows: Rows, parts: tuple[Segment, ...], kept: _Kept, inputs: Array, older: float
) -> Moments:
    """Each line in the last repetition of its segment: the most is kept then."""
    alive, own = np.zeros(len(rows)), np.zeros(len(rows))
    for i, part in enumerate(parts):
        where = slice(part.start, part.end)
        if math.isnan(inputs[i]):
            alive[where] = kept.before[i] + (part.times - 1) * kept.each[i] + kept.inside[where]
            own[where] = x.saved[rows[where]]
        else:
            alive[where] = kept.before[i] + part.times * kept.each[i]
    passing = np.maximum(x.reads[rows] + x.writes[rows] - own, 0.0)
    nothing, last = np.zeros(len(rows)), np.ones(len(rows), bool)
    size = np.maximum(x.writes, x.saved)[rows]
    return rows, alive + older, nothing, passing, x.conv[rows], size, last


def _backward(
    ops: OperationList, x: _Lines, parts: tuple[Segment, ...], kept: _Kept, inputs: Array
) -> Moments:
    """Each line in the last and in the first repetition of its segment."""
    rows = np.flatnonzero(ops.phase == 1)
    position, sure = answered(ops)
    starts = np.array([part.start for part in parts])
    times = np.array([part.times for part in parts], float)
    at_end = position >= len(kept.inside)
    place = np.minimum(position, len(kept.inside) - 1)
    part = np.searchsorted(starts, place, side="right") - 1
    again = ~np.isnan(inputs[part])
    rest = np.where(again, kept.each[part], 0.0)  # the input of the block that runs again
    own = np.where(at_end, 0.0, kept.inside[place])
    late = kept.before[part] + (times[part] - 1) * kept.each[part] + own + rest
    early = kept.before[part] + own + rest
    late, early = (np.where(at_end, kept.total, value) for value in (late, early))
    made_late, made_early = _gradients(x.gradient[rows], part, times)
    passing = _passing(ops, x, rows, place, sure)
    twice = (times[part] > 1) & ~at_end
    both = np.r_[np.arange(len(rows)), np.flatnonzero(twice)]
    is_last = np.r_[np.ones(len(rows), bool), np.zeros(int(twice.sum()), bool)]
    alive = np.r_[late, early[twice]]
    made = np.r_[made_late, made_early[twice]]
    # What a line reads besides its gradient was kept; of several inputs the gradient is one.
    size = np.maximum(x.writes[rows], np.minimum(x.reads[rows], passing))[both]
    return rows[both], alive, made, passing[both], x.conv[rows][both], size, is_last


def _gradients(made: Array, part: Rows, times: Array) -> tuple[Array, Array]:
    """Share of the weights' gradients that exist after each line of the (last, first) repetition.

    made : elements of all repetitions of each line.
    """
    total = float(made.sum()) or 1.0
    each = made / times[part]
    within, before = np.zeros(len(made)), np.zeros(len(made))
    done = 0.0
    for segment in dict.fromkeys(part.tolist()):  # in the order the backward pass meets them
        rows = part == segment
        within[rows] = np.cumsum(each[rows])
        before[rows] = done
        done += float(made[rows].sum())
    sums = {s: float(each[part == s].sum()) for s in set(part.tolist())}
    more = np.array([(times[s] - 1) * sums[s] for s in part.tolist()])
    return (before + within) / total, (before + more + within) / total


def _passing(
    ops: OperationList, x: _Lines, rows: Rows, place: Rows, sure: NDArray[np.bool_]
) -> Array:
    """Operands of backward lines that nobody keeps: gradients in and out.

    Lines that answer a known forward line also read what that one kept, which is counted already;
    the others are elementwise, and half of what they read is.
    """
    forward = np.flatnonzero(ops.phase == 0)
    reads, writes = x.reads[rows], x.writes[rows]
    known = np.maximum(reads - x.saved[forward[place]], 0.0)
    incoming = np.where(sure, known, reads / 2)
    products = np.isin(ops.kind[rows], _INPUT_GRADIENTS) & (writes > 0)
    return np.asarray(np.where(products, reads, incoming) + writes)
