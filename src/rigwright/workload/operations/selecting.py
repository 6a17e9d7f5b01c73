"""Operators whose result is as large as the values say: taken as if everything were selected.

That is the most work and memory they can cause; each use is noted as an assumption. Where no such
bound exists the operator stays as it is and cannot be traced.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Made = tuple[Any, str]
"""(result, what was assumed)."""


def _broadcast(*tensors: Tensor) -> int:
    size = 1
    for extent in torch.broadcast_shapes(*(t.shape for t in tensors)):
        size *= int(extent)
    return size


def _nonzero(func: Any, x: Tensor) -> Made:
    rows = x.new_empty((x.numel(), x.dim()), dtype=torch.long)
    return rows, "no element is zero where positions are asked for (an upper bound)"


def _masked_select(func: Any, x: Tensor, mask: Tensor) -> Made:
    return x.new_empty(_broadcast(x, mask)), "boolean masks select every element (an upper bound)"


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
    "nonzero": _nonzero, "masked_select": _masked_select, "index": _index, "_unique2": _unique,
    "bincount": _bincount,
}  # fmt: skip


def result(func: Any, name: str, args: Any, kwargs: Any) -> Made | None:
    """What ``func`` gives when all is selected; None for operators of known size."""
    make = MAKERS.get(name)
    return make(func, *args, **kwargs) if make else None
