"""Arithmetic of each operation of a list, from its dimensions alone."""

import numpy as np

from rigwright.spec.operation import KINDS, Array, ConcreteOperations

_ATTENTION_PRODUCTS = {"attention": 2.0, "attention_backward": 5.0}
"""Backward computes the scores once more, as fused kernels do (arXiv:2205.14135 section 3.1)."""


def flop(at: ConcreteOperations) -> Array:
    """Multiplies and adds of one execution of each line; 0 for streaming operations. [FLOP] [n]"""
    kind, dims, out = at.source.kind, at.dims, np.zeros(len(at.dims))
    rows = kind == KINDS.index("gemm")
    out[rows] = 2.0 * dims[rows, :4].prod(axis=1)
    rows = np.isin(kind, [KINDS.index(name) for name in ("conv", "conv_dgrad", "conv_wgrad")])
    n, c_in, _, _, c_out, r, s, _, groups, p, q, _ = dims[rows].T
    out[rows] = 2.0 * n * p * q * c_out * c_in / np.maximum(groups, 1.0) * r * s
    for name, products in _ATTENTION_PRODUCTS.items():
        rows = kind == KINDS.index(name)
        half = 1.0 + dims[rows, 5]  # causal: only keys before the query
        out[rows] = 2.0 * products * dims[rows, :5].prod(axis=1) / half
    for name, times in (("rnn", 1.0), ("rnn_backward", 2.0)):
        rows = kind == KINDS.index(name)
        steps, batch, wide, hidden, layers, directions, gates = dims[rows, :7].T
        inner = wide + (layers - 1) * hidden * directions + layers * hidden
        out[rows] = times * 2.0 * steps * batch * gates * hidden * directions * inner
    return out
