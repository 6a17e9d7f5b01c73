"""Dimensions of an operator, by kind, from its arguments and results (see spec.operation.KINDS)."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor


def convolution(
    x: Any, w: Any, y: Any, stride: Any, dilation: Any, groups: int, transposed: bool
) -> tuple[int, ...]:
    """n, c_in, h, w, c_out, r, s, stride, groups, p, q, dilation; a transposed one is its dgrad."""
    if transposed:
        x, y = y, x

    def plane(t: Any) -> tuple[int, int]:
        sizes = list(t.shape[2:])
        return (int(np.prod(sizes[:-1], dtype=int)), int(sizes[-1])) if sizes else (1, 1)

    (h, wd), (r, s), (p, q) = plane(x), plane(w), plane(y)
    return (
        x.shape[0], x.shape[1], h, wd, y.shape[1], r, s,
        max(stride), groups, p, q, max(dilation),
    )  # fmt: skip


def _gemm_dims(args: Any, outputs: Any) -> tuple[int, ...]:
    a, b = [t for t in args if isinstance(t, torch.Tensor)][-2:]
    if a.dim() == 2:
        return (1, a.shape[0], b.shape[1], a.shape[1])
    return (a.shape[0], a.shape[1], b.shape[2], a.shape[2])


def _first_two(args: Any, outputs: Any) -> tuple[int, ...]:
    """Products with scales or group offsets behind their two matrices.

    Grouped: rows of all groups together, or, for the weights' gradient, the sum over all rows.
    """
    a, b = [t for t in args if isinstance(t, torch.Tensor)][:2]
    return (1, a.shape[-2], b.shape[-1], a.shape[-1])


def _attention_dims(args: Any, outputs: Any) -> tuple[int, ...]:
    q, k = args[1:3] if len(args) > 6 else args[:2]
    causal = int(args[7] if len(args) > 6 else args[4])
    batch = int(np.prod(q.shape[:-3], dtype=int))
    return (batch, q.shape[-3], q.shape[-2], k.shape[-2], q.shape[-1], causal)


def _rnn_dims(args: Any, outputs: Any) -> tuple[int, ...]:
    backward = len(args) > 6
    x, (hidden, layers, directions, gates) = args[1 if backward else 0], args[-2]
    steps, batch = x.shape[:2]
    if args[-1]:  # batch first
        steps, batch = batch, steps
    return (steps, batch, x.shape[2], hidden, layers, directions, gates)


def _row_dims(args: Any, outputs: Any) -> tuple[int, ...]:
    x = args[0]
    return (max(x.numel() // max(x.shape[-1], 1), 1), x.shape[-1])


DIMS: dict[str, Callable[[Any, Any], tuple[int, ...]]] = {
    "conv": lambda a, o: convolution(a[0], a[1], o[0], a[3], a[5], a[8], bool(a[6])),
    "gemm": _gemm_dims, "attention": _attention_dims, "attention_backward": _attention_dims,
    "rnn": _rnn_dims, "rnn_backward": _rnn_dims, "norm": _row_dims, "norm_backward": _row_dims,
    "softmax": _row_dims, "softmax_backward": _row_dims,
}  # fmt: skip
BY_NAME: dict[str, Callable[[Any, Any], tuple[int, ...]]] = dict.fromkeys(
    ("grouped_mm", "_grouped_mm", "_scaled_mm", "_int_mm"), _first_two
)
"""Operators whose arguments are not in their kind's usual order."""


# -- operators whose result is as large as the values say: as if all were selected ---------
Made = tuple[Any, str]
"""(result, what was assumed)."""


def _nonzero(func: Any, x: Tensor) -> Made:
    rows = x.new_empty((x.numel(), x.dim()), dtype=torch.long)
    return rows, "no element is zero where positions are asked for (an upper bound)"


def _index(func: Any, x: Tensor, indices: Any) -> Made | None:
    """Boolean masks become the positions of all their elements."""
    if not any(i is not None and i.dtype in (torch.bool, torch.uint8) for i in indices):
        return None
    whole: list[Tensor | None] = []
    for index in indices:
        if index is None or index.dtype not in (torch.bool, torch.uint8):
            whole.append(index)
        else:
            whole += [index.new_empty(index.numel(), dtype=torch.long) for _ in index.shape]
    return func(x, whole), "boolean masks select every element (an upper bound)"


def _unique(func: Any, x: Tensor, *_: Any, **__: Any) -> Made:
    n = x.numel()
    long = x.new_empty(n, dtype=torch.long)
    return (x.new_empty(n), long.view(x.shape), long.clone()), "all values are distinct"


def _bincount(func: Any, x: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Any:
    if not minlength:
        return None
    dtype = torch.long if weights is None else weights.dtype
    return x.new_empty(minlength, dtype=dtype), "bincount finds no more than minlength values"


MAKERS: dict[str, Callable[..., Made | None]] = {
    "nonzero": _nonzero, "masked_select": lambda func, x, mask: (
        x.new_empty(math.prod(map(int, torch.broadcast_shapes(x.shape, mask.shape)))),
        "boolean masks select every element (an upper bound)",
    ), "index": _index, "_unique2": _unique,
    "bincount": _bincount,
}  # fmt: skip


def all_selected(func: Any, name: str, args: Any, kwargs: Any) -> Made | None:
    """What ``func`` gives when all is selected; None for operators of known size."""
    make = MAKERS.get(name)
    return make(func, *args, **kwargs) if make else None
