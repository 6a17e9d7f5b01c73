"""Operations as frameworks other than today's PyTorch execute them, or as inference does."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.kernel.work import CLASS, CLASSES, Work, concatenate
from rigwright.spec.operation import KINDS, Array, OperationList

OVERWRITING = frozenset({"silu_", "hardswish_", "mish_", "gelu_", "hardsigmoid_", "elu_", "celu_"})
"""In-place activations whose gradient needs what they overwrite (derivatives.yaml: ``self``)."""


def training_only(ops: OperationList) -> NDArray[np.bool_]:
    """Lines of a traced training step that an evaluation does not run.

    Dropout and its random numbers; batch norm's counter, an addition that moves no floating data;
    the copy that autograd makes of what an activation is about to overwrite.
    """
    activation = np.array([name in OVERWRITING for name in ops.names])[ops.name]
    clone = np.array([name == "clone" for name in ops.names])[ops.name]
    copied = np.zeros(len(clone), bool)
    copied[:-1] = clone[:-1] & activation[1:]
    dropout = np.array(["dropout" in name or "bernoulli" in name for name in ops.names])
    floating = ops.traffic[:, (0, 1, 3, 4)].sum(axis=(1, 2))
    counter = np.array([name in ("add_", "add") for name in ops.names])[ops.name] & (floating == 0)
    return np.asarray(dropout[ops.name] | counter | copied)


def fast_norms(ops: OperationList, traffic: Array, keep: NDArray[np.bool_]) -> Array:
    """Forward traffic when layer and group norm take and give 16 bit; casts go from ``keep``.

    Around a norm whose input was 16 bit no cast remains, and what follows up to the cast back to
    16 bit (activations) stays narrow; a 32-bit input is cast before the norm in place of after.
    """
    low, full, narrow = (0, 3), (1, 4), traffic.copy()
    cast = ops.kind == KINDS.index("cast")
    norms = [i for i, name in enumerate(ops.names) if name in ("native_layer_norm",
                                                               "native_group_norm")]  # fmt: skip
    for i in np.flatnonzero(np.isin(ops.name, norms) & (ops.phase == 0)):
        size = traffic[i, 4]
        narrow[i, low] += narrow[i, full]
        narrow[i, full] = 0.0
        if not (i and cast[i - 1] and np.isclose(traffic[i - 1, 4], size, rtol=0.02)):
            continue
        keep[i - 1] = False
        for j in range(int(i) + 1, min(int(i) + 6, len(keep))):
            if cast[j] and np.isclose(traffic[j, 1], size, rtol=0.02):
                keep[j] = False
                break
            if ops.kind[j] == KINDS.index("elementwise") and narrow[j, 4] and not narrow[j, 0]:
                narrow[j, low] += narrow[j, full]
                narrow[j, full] = 0.0
    return narrow


def unrolled(w: Work, d: Array, element_bytes: float) -> Work:
    """Each image's patches are written out and multiplied (Torch7's SpatialConvolutionMM)."""
    images, c_in, _h, _w, c_out, r, s, _stride, groups, p, q, _ = d.T
    groups, pixels = np.maximum(groups, 1.0), p * q
    patch, gout = c_in / groups * r * s, c_out / groups
    role = (w.cls - CLASS["conv"]) % 3  # forward, input gradient, weight gradient
    columns = c_in * r * s * pixels * element_bytes
    products = replace(
        w, cls=np.full(len(w), CLASS["gemm"]), count=w.count * images, b=groups,
        m=np.where(role == 2, gout, pixels), n=np.where(role == 0, gout, patch),
        k=np.choose(role, [patch, gout, pixels]), flop=w.flop / images,
        read=w.read / images + np.where(role == 1, 0.0, columns),
        write=w.write / images + np.where(role == 1, columns, 0.0),
        groups=np.ones(len(w)), kernels=groups, window=np.zeros(len(w)), stride1=np.zeros(len(w)),
        dispatches=1.0 / images,  # the loop over images runs inside the library
    )  # fmt: skip
    copies = replace(
        products, cls=np.full(len(w), CLASS["copy"]), flop=np.zeros(len(w)),
        read=np.where(role == 1, columns, w.read / images),
        write=np.where(role == 1, w.write / images, columns), kernels=np.ones(len(w)),
        dispatches=np.zeros(len(w)),
    )  # fmt: skip
    return concatenate([products, copies])


def math_attention(
    w: Work, element_bytes: tuple[float, float], *, text: bool, training: bool
) -> Work:
    """Attention as products and passes over stored scores, as before fused kernels.

    Scores, scale, softmax (32 bit under autocast), product; backward: four products and the
    gradients of softmax and scale. Text models also add a mask and, in training, drop scores.
    """
    low, full = element_bytes
    one, zero = np.ones(len(w)), np.zeros(len(w))
    forward = w.cls == CLASS["attention"]
    count, heads = w.b * w.m * w.n, w.b * (w.m + w.n) * w.k * low
    scores = count * low
    products = replace(
        w, cls=np.full(len(w), CLASS["gemm"]), count=w.count * np.where(forward, 2.0, 4.0),
        flop=2.0 * w.b * w.m * w.n * w.k, read=0.5 * heads + 0.5 * scores,
        write=0.5 * scores + 0.25 * heads, saved=zero,
    )  # fmt: skip
    passes = 1.0 + (text * forward) + float(text and training)
    streams = replace(
        w, cls=np.full(len(w), CLASS["elementwise"]), count=w.count * passes, b=one, m=one, n=one,
        k=one, flop=zero, read=scores, write=scores, saved=zero,
    )  # fmt: skip
    soft = replace(
        streams, cls=np.full(len(w), CLASS["softmax"]), count=w.count, m=w.b * w.m, n=w.n,
        read=count * np.where(forward, low, 2.0 * full), write=count * np.where(forward, full, low),
    )  # fmt: skip
    parts = [products, streams, soft]
    if full > low:  # back to 16 bit for the product with the values, and its gradient
        parts.append(replace(streams, cls=np.full(len(w), CLASS["cast"]), count=w.count,
                             read=count * full))  # fmt: skip
    return concatenate(parts)


def recurrent(w: Work, d: Array, backward: NDArray[np.bool_]) -> Work:
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


# -- what a compiler saves: neighbours that stream the same tensor become one kernel -------
_STREAMS = frozenset({
    "norm", "norm_backward", "batch_norm", "batch_norm_backward", "softmax", "elementwise",
    "reduction", "copy", "cast",
})  # fmt: skip
_FUSIBLE = np.array([name in _STREAMS for name in CLASSES])


def fuse(w: Work) -> Work:
    """Work (in execution order) after fusing neighbouring streaming operations.

    Between two fusible neighbours the tensor in the middle is neither written nor read again
    (written still when the backward pass keeps it); the second launch disappears.
    """
    if len(w) < 2:
        return w
    able = _FUSIBLE[w.cls]
    pair = able[:-1] & able[1:] & (w.backward[:-1] == w.backward[1:])
    middle = np.where(pair, np.minimum(w.write[:-1], w.read[1:]), 0.0)
    kept = np.minimum(np.maximum(w.saved[:-1], w.saved[1:]), middle)
    read, write = w.read.copy(), w.write.copy()
    read[1:] -= middle
    write[:-1] -= middle - kept
    launches = 1.0 - np.concatenate([[0.0], pair.astype(float)])
    return replace(
        w, read=read, write=write, kernels=w.kernels * launches, dispatches=w.dispatches * launches
    )
