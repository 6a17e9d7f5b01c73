"""From an operation list to chip-independent work, in the manner a framework executes it.

Everything here depends on the model, batch, precision and software, never on a chip.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.kernel import rewrites
from rigwright.predict.kernel.work import CLASS, ELEMENT_BYTES, KIND_CLASS, Work, concatenate
from rigwright.spec.operation import KINDS, Array, OperationList

_CAST = KINDS.index("cast")


class Manner(NamedTuple):
    """How software executes a list.

    fused_attention : attention is one kernel.
    compiled : streaming operators joined into kernels, where the list tells which.
    fast_norm : layer and group norm stay in 16 bit under autocast (timm's --fast-norm).
    unrolled : convolutions image by image through im2col and GEMM, as without a kernel library.
    """

    fused_attention: bool = True
    compiled: bool = False
    fast_norm: bool = False
    unrolled: bool = False


def work_of(
    ops: OperationList, batch: float, seq: float, precision: str,
    phases: tuple[int, ...] = (0, 1, 2), manner: Manner | None = None,
) -> Work:  # fmt: skip
    """Work of the chosen phases (indices into PHASES), in execution order.

    batch : items on one GPU.  seq : tokens (1 where the model has none).
    """
    manner = manner or Manner()
    at = ops.at(batch, seq)
    moved, joined = at.traffic, np.zeros(len(ops.kind), bool)
    if manner.compiled and at.fused is not None and ops.joined is not None:
        moved, joined = at.fused, ops.joined
    keep = np.isin(ops.phase, phases)
    if manner.fast_norm and precision == "amp" and not manner.compiled and phases == (0,):
        moved = rewrites.fast_norms(ops, moved, keep)
    if precision != "amp":
        # A cast that shares a compiled kernel carries what that kernel reads or writes.
        alone = (moved == at.traffic).all(axis=1) & ~joined
        keep &= (ops.kind != _CAST) | ~alone
    if phases == (0,):
        keep &= ~rewrites.training_only(ops)
    # Casts of weights come first: between an operation and its consumer they would hide that
    # the two are neighbours, which fusion needs.
    of_weight = (ops.kind == _CAST) & (ops.traffic[:, :, 1:].sum(axis=(1, 2)) == 0)
    order = np.argsort(~of_weight, kind="stable")
    chosen = order[keep[order]]
    work = _rows(ops, chosen, (moved[chosen], at.saved[chosen]), precision, joined[chosen])
    d = at.dims[chosen]
    by_row = (work.cls == CLASS["softmax"]) | (work.cls == CLASS["norm"])
    work.m[by_row], work.n[by_row] = np.maximum(d[by_row, :2], 1.0).T
    products = work.cls == CLASS["gemm"]
    work.b[products], work.m[products], work.n[products], work.k[products] = d[products, :4].T
    work.flop[products] = 2.0 * d[products, :4].prod(axis=1)
    _convolutions(work, d, work.cls)
    _attention(work, d, work.cls)
    return _rewritten(ops, chosen, work, d, manner, ELEMENT_BYTES[precision], 1 in phases)


def _rows(
    ops: OperationList, chosen: NDArray[np.intp], moved: tuple[Array, Array], precision: str,
    joined: NDArray[np.bool_],
) -> Work:  # fmt: skip
    """Work of the lines ``chosen`` as memory traffic. moved: elements (traffic, kept)."""
    traffic, saved = moved
    cls = KIND_CLASS[ops.kind[chosen]].astype(np.intp)
    # Batch statistics span the whole tensor; layer, group and rms norms work row by row.
    batch_norm = np.array(["batch_norm" in name for name in ops.names])[ops.name[chosen]]
    rows = batch_norm & ((cls == CLASS["norm"]) | (cls == CLASS["norm_backward"]))
    cls[rows] += CLASS["batch_norm"] - CLASS["norm"]
    unit = np.array([*ELEMENT_BYTES[precision], 1.0])
    one, zero, own = np.ones(len(cls)), np.zeros(len(cls)), np.where(joined, 0.0, 1.0)
    return Work(
        cls=cls,
        count=ops.count[chosen].astype(float),
        b=one.copy(), m=one.copy(), n=one.copy(), k=one.copy(),
        flop=zero.copy(),
        read=traffic[:, :3] @ unit,
        write=traffic[:, 3:] @ unit,
        saved=saved @ unit,
        window=zero.copy(), stride1=zero.copy(), groups=one.copy(), channels=zero.copy(),
        backward=(ops.phase[chosen] == 1).astype(float),
        kernels=own, dispatches=own.copy(),
    )  # fmt: skip


def _rewritten(
    ops: OperationList, chosen: NDArray[np.intp], work: Work, d: Array, manner: Manner,
    element_bytes: tuple[float, float], training: bool,
) -> Work:  # fmt: skip
    """Work with recurrence, unfused attention and missing kernel libraries taken apart."""
    cls, parts = work.cls, []
    recurrence = cls == CLASS["recurrent"]
    attention = (cls == CLASS["attention"]) | (cls == CLASS["attention_backward"])
    if manner.fused_attention:
        attention &= np.array([name.endswith("_math") for name in ops.names])[ops.name[chosen]]
    convolution = (cls >= CLASS["conv"]) & (cls <= CLASS["depthwise_wgrad"]) & manner.unrolled
    if convolution.any():
        parts.append(rewrites.unrolled(work.where(convolution), d[convolution], element_bytes[1]))
    if recurrence.any():
        backward = ops.kind[chosen] == KINDS.index("rnn_backward")
        parts.append(
            rewrites.recurrent(work.where(recurrence), d[recurrence], backward[recurrence])
        )
    if attention.any():
        rows = work.where(attention)
        parts.append(
            rewrites.math_attention(rows, element_bytes, text=ops.is_text, training=training)
        )
    gone = recurrence | attention | convolution
    return concatenate([work.where(~gone), *parts]) if parts else work


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
    w.window[rows] = window
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
