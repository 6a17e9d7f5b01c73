"""From an operation list to chip-independent work: matrix dimensions, bytes, launches.

Everything here depends on the model, batch, precision and layout, never on a chip.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from rigwright.spec.operation import KINDS, OperationList

Array = NDArray[np.float64]

CLASSES = (
    "gemm",
    "conv",
    "conv_dgrad",
    "conv_wgrad",
    "depthwise",
    "depthwise_dgrad",
    "depthwise_wgrad",
    "attention",
    "attention_backward",
    "recurrent",
    "norm",
    "norm_backward",
    "batch_norm",
    "batch_norm_backward",
    "softmax",
    "elementwise",
    "reduction",
    "pool",
    "pool_backward",
    "gather",
    "scatter",
    "copy",
    "cast",
    "optimizer",
    "other",
)
CLASS = {name: i for i, name in enumerate(CLASSES)}
ARITHMETIC = CLASS["recurrent"] + 1  # classes below this do matrix arithmetic
SAME = {  # kinds that cost like another class
    "softmax_backward": "softmax",
    "fill": "elementwise",
    "rnn": "recurrent",
    "rnn_backward": "recurrent",
}
SHARES = {  # cost class -> the word a prediction reports
    "gemm": "matrix multiply",
    "conv": "convolution",
    "conv_dgrad": "convolution",
    "conv_wgrad": "convolution",
    "depthwise": "convolution",
    "depthwise_dgrad": "convolution",
    "depthwise_wgrad": "convolution",
    "attention": "attention",
    "attention_backward": "attention",
    "softmax": "attention",
    "recurrent": "recurrent",
    "norm": "normalisation",
    "batch_norm": "normalisation",
    "batch_norm_backward": "normalisation",
    "norm_backward": "normalisation",
    "optimizer": "optimizer",
}
ELEMENT_BYTES = {  # precision -> bytes of (low, full) elements
    "fp64": (8.0, 8.0),
    "fp32": (4.0, 4.0),
    "tf32": (4.0, 4.0),
    "amp": (2.0, 4.0),
    "fp16": (2.0, 2.0),
    "bf16": (2.0, 2.0),
    "fp8": (2.0, 2.0),
    "int8": (2.0, 2.0),
}
_KIND_CLASS = np.array([CLASS[SAME.get(k, k)] for k in KINDS])


@dataclass(frozen=True, slots=True)
class Work:
    """One row per distinct operation of a step.

    cls : index into CLASSES.  count : executions per step.
    b, m, n, k : matrix multiply that the operation is (convolutions as implicit GEMM).
    flop : arithmetic of one execution, without padding.
    read, write : bytes of one execution.  saved : bytes kept for backward.
    stride1 : 3x3 stride-1 ungrouped convolution (Winograd applies).
    groups, channels : of a convolution (else 1, 0).  backward : runs in the backward phase.
    kernels : GPU launches of one execution.  dispatches : host calls of one execution.
    """

    cls: NDArray[np.intp]
    count: Array
    b: Array
    m: Array
    n: Array
    k: Array
    flop: Array
    read: Array
    write: Array
    saved: Array
    stride1: Array
    groups: Array
    channels: Array
    backward: Array
    kernels: Array
    dispatches: Array

    def __len__(self) -> int:
        return len(self.cls)

    def where(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> Work:
        """Chosen rows."""
        return Work(**{f.name: getattr(self, f.name)[keep] for f in fields(Work)})

    def merged(self) -> Work:
        """Equal rows once, counts added."""
        names = [f.name for f in fields(Work) if f.name != "count"]
        table = np.column_stack([getattr(self, name) for name in names])
        # One random projection tells rows apart faster than comparing all columns.
        key = table @ np.random.default_rng(0).normal(size=len(names))
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        count = np.bincount(inverse.ravel(), weights=self.count, minlength=len(first))
        return replace(self.where(first), count=np.asarray(count, float))


def concatenate(parts: list[Work]) -> Work:
    """Rows of all parts, in order."""
    return Work(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Work)}
    )


def _training_only(ops: OperationList) -> NDArray[np.bool_]:
    """Lines of a traced training step that an evaluation does not run.

    Dropout and its random numbers; batch norm's counter, an addition that moves no floating data.
    """
    dropout = np.array(["dropout" in name or "bernoulli" in name for name in ops.names])
    floating = ops.traffic[:, (0, 1, 3, 4)].sum(axis=(1, 2))
    counter = np.array([name in ("add_", "add") for name in ops.names])[ops.name] & (floating == 0)
    return np.asarray(dropout[ops.name] | counter)


def work_of(
    ops: OperationList,
    batch: float,
    seq: float,
    precision: str,
    phases: tuple[int, ...] = (0, 1, 2),
    *,
    fused_attention: bool = True,
) -> Work:
    """Work of the chosen phases (indices into PHASES), in execution order.

    batch : items on one GPU.  seq : tokens (1 where the model has none).
    """
    at = ops.at(batch, seq)
    keep = np.isin(ops.phase, phases)
    if precision != "amp":
        keep &= ops.kind != KINDS.index("cast")
    if phases == (0,):
        keep &= ~_training_only(ops)
    low, full = ELEMENT_BYTES[precision]
    unit = np.array([low, full, 1.0])
    # Casts of weights come first: between an operation and its consumer they would hide that
    # the two are neighbours, which fusion needs.
    of_weight = (ops.kind == KINDS.index("cast")) & (ops.traffic[:, :, 1:].sum(axis=(1, 2)) == 0)
    order = np.argsort(~of_weight, kind="stable")
    chosen = order[keep[order]]
    kind, d = ops.kind[chosen], at.dims[chosen]
    traffic, saved = at.traffic[chosen], at.saved[chosen]
    cls = _KIND_CLASS[kind].astype(np.intp)
    n = len(cls)
    one, zero = np.ones(n), np.zeros(n)
    work = Work(
        cls=cls,
        count=ops.count[chosen].astype(float),
        b=one.copy(), m=one.copy(), n=one.copy(), k=one.copy(),
        flop=zero.copy(),
        read=traffic[:, :3] @ unit,
        write=traffic[:, 3:] @ unit,
        saved=saved @ unit,
        stride1=zero.copy(), groups=one.copy(), channels=zero.copy(),
        backward=(ops.phase[chosen] == 1).astype(float),
        kernels=one.copy(), dispatches=one.copy(),
    )  # fmt: skip
    # Batch statistics span the whole tensor; layer, group and rms norms work row by row.
    batch_norm = np.array(["batch_norm" in name for name in ops.names])[ops.name[chosen]]
    rows = batch_norm & ((cls == CLASS["norm"]) | (cls == CLASS["norm_backward"]))
    cls[rows] += CLASS["batch_norm"] - CLASS["norm"]
    _matmuls(work, d, cls)
    _convolutions(work, d, cls)
    _attention(work, d, cls)
    recurrent = cls == CLASS["recurrent"]
    attention = (cls == CLASS["attention"]) | (cls == CLASS["attention_backward"])
    parts = []
    if recurrent.any():
        backward = kind == KINDS.index("rnn_backward")
        parts.append(_recurrent(work.where(recurrent), d[recurrent], backward[recurrent]))
    if attention.any() and not fused_attention:
        parts.append(_math_attention(work.where(attention), low))
        recurrent = recurrent | attention
    return concatenate([work.where(~recurrent), *parts]) if parts else work


def _matmuls(w: Work, d: Array, cls: NDArray[np.intp]) -> None:
    rows = cls == CLASS["gemm"]
    w.b[rows], w.m[rows], w.n[rows], w.k[rows] = d[rows, :4].T
    w.flop[rows] = 2.0 * d[rows, :4].prod(axis=1)


def _convolutions(w: Work, d: Array, cls: NDArray[np.intp]) -> None:
    """Implicit GEMM of the three convolution kinds; depthwise become their own classes."""
    rows = (cls >= CLASS["conv"]) & (cls <= CLASS["conv_wgrad"])
    if not rows.any():
        return
    n, c_in, h, wd, c_out, r, s, stride, groups, p, q, dilation = d[rows].T
    groups = np.maximum(groups, 1.0)
    window, gin, gout, out = r * s, c_in / groups, c_out / groups, n * p * q
    kind = cls[rows]
    forward, dgrad = kind == CLASS["conv"], kind == CLASS["conv_dgrad"]
    w.b[rows] = groups
    w.m[rows] = np.where(forward, out, np.where(dgrad, n * h * wd, gout))
    w.n[rows] = np.where(forward, gout, np.where(dgrad, gin, gin * window))
    # A strided convolution's input gradient does only the products that exist.
    used = np.where(dgrad, window * p * q / np.maximum(h * wd, 1.0), window)
    w.k[rows] = np.where(forward, gin * window, np.where(dgrad, gout * used, out))
    w.flop[rows] = 2.0 * out * c_out * gin * window
    w.groups[rows], w.channels[rows] = groups, np.minimum(gin, gout)
    w.stride1[rows] = (window == 9) & (r == s) & (stride == 1) & (groups == 1) & (dilation <= 1)
    depthwise = (gin <= 1) & (groups > 1)
    moved = np.flatnonzero(rows)[depthwise]
    cls[moved] += CLASS["depthwise"] - CLASS["conv"]


def _attention(w: Work, d: Array, cls: NDArray[np.intp]) -> None:
    rows = (cls == CLASS["attention"]) | (cls == CLASS["attention_backward"])
    if not rows.any():
        return
    batch, heads, q_len, kv_len, head_dim, causal = d[rows, :6].T
    products = np.where(cls[rows] == CLASS["attention"], 2.0, 5.0)  # backward recomputes scores
    w.b[rows], w.m[rows], w.n[rows], w.k[rows] = batch * heads, q_len, kv_len, head_dim
    w.flop[rows] = 2.0 * products * batch * heads * q_len * kv_len * head_dim / (1.0 + causal)


def _math_attention(w: Work, low: float) -> Work:
    """Attention as products and a softmax over stored scores, as before fused kernels.

    Forward: scores, scale, softmax, product. Backward: four products, softmax and scale gradients.
    """
    one, zero = np.ones(len(w)), np.zeros(len(w))
    forward = w.cls == CLASS["attention"]
    scores, head = w.b * w.m * w.n * low, w.b * (w.m + w.n) * w.k * low
    products = replace(
        w, cls=np.full(len(w), CLASS["gemm"]), count=w.count * np.where(forward, 2.0, 4.0),
        flop=2.0 * w.b * w.m * w.n * w.k, read=0.5 * head + 0.5 * scores,
        write=0.5 * scores + 0.25 * head, saved=zero,
    )  # fmt: skip
    streams = replace(
        w, cls=np.full(len(w), CLASS["elementwise"]), b=one, m=one, n=one, k=one, flop=zero,
        read=scores, write=scores, saved=zero,
    )  # fmt: skip
    soft = replace(
        streams, cls=np.full(len(w), CLASS["softmax"]), read=scores * np.where(forward, 1.0, 2.0)
    )
    return concatenate([products, streams, soft])


def _recurrent(w: Work, d: Array, backward: NDArray[np.bool_]) -> Work:
    """A recurrent layer is one large product over all steps and a small one per step."""
    steps, batch, wide, hidden, layers, directions, gates = d[:, :7].T
    twice = np.where(backward, 2.0, 1.0)
    runs = w.count * np.maximum(layers, 1) * np.maximum(directions, 1) * twice
    inner = np.where(layers > 1, (wide + (layers - 1) * hidden * directions) / layers, wide)
    one = np.ones(len(w))
    share = np.maximum(runs, 1.0)
    large = replace(
        w, count=runs, b=one, m=steps * batch, n=gates * hidden, k=inner,
        flop=2 * steps * batch * gates * hidden * inner,
        read=w.read * w.count / share, write=w.write * w.count / share,
        kernels=2 * one, dispatches=one / share,
    )  # fmt: skip
    small = replace(
        large, count=runs * steps, m=batch, k=hidden, flop=2 * batch * gates * hidden * hidden,
        read=0 * one, write=0 * one, saved=0 * one, kernels=one, dispatches=0 * one,
    )  # fmt: skip
    return concatenate([large, small])
