"""Fused operators of CUDA that the traced CPU would take apart: attention, dropout, experts.

Recurrent layers are in ``opaquernn``.

While ``opaque_operators`` is active they are recorded as one operator each, however long the
sequence is, whatever mask or dropout they have. Shapes only: they cannot compute.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from rigwright.workload.trace.opaquernn import FORWARDS, shaped_operator


# -- attention -----------------------------------------------------------------------------
def _attention_shapes(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool
) -> tuple[Tensor, Tensor]:
    # Laid out so that (batch, tokens, heads * width) is a view, as fused kernels return it.
    *lead, heads, tokens, _width = q.shape
    out = q.new_empty(*lead, tokens, heads, v.shape[-1]).transpose(-3, -2)
    return out, q.new_empty(*lead, heads, tokens)


def _attention_gradient_shapes(grad: Tensor, *given: Any) -> list[Tensor]:
    q, k, v, _out, _lse, mask, _causal, mask_gradient = given
    wanted = [q, k, v] + ([mask] if mask_gradient else [])
    return [torch.empty_like(t) for t in wanted]


def _attention_saves(ctx: Any, inputs: Any, output: Any) -> None:
    q, k, v, mask, ctx.causal = inputs
    ctx.save_for_backward(q, k, v, mask, *output)


def _attention_gradient(ctx: Any, grad: Tensor, _lse: Tensor | None) -> Any:
    q, k, v, mask, out, lse = ctx.saved_tensors
    wanted = bool(ctx.needs_input_grad[3])
    got = torch.ops.rigwright.attention_backward(grad, q, k, v, out, lse, mask, ctx.causal, wanted)
    return (*got[:3], got[3] if wanted else None, None)


shaped_operator(
    "attention",
    "(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal) -> (Tensor, Tensor)",
    _attention_shapes, _attention_gradient, _attention_saves,
)  # fmt: skip
shaped_operator(
    "attention_backward",
    "(Tensor grad, Tensor q, Tensor k, Tensor v, Tensor out, Tensor lse, Tensor? mask, "
    "bool causal, bool mask_gradient) -> Tensor[]",
    _attention_gradient_shapes,
)


def _scaled_dot_product(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None,
    dropout_p: float = 0.0, is_causal: bool = False, scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """``torch.nn.functional.scaled_dot_product_attention``; dropout happens inside the kernel."""
    width = [max(a, b) for a, b in zip(query.shape[:-3], key.shape[:-3], strict=False)]
    if query.dim() == 4 and (query.shape[0] != width[0] or key.shape[0] != width[0]):
        query, key, value = (t.expand(width[0], -1, -1, -1) for t in (query, key, value))
    out: Tensor = torch.ops.rigwright.attention(query, key, value, attn_mask, is_causal)[0]
    return out


def _dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """``torch.nn.functional.dropout`` as one operator that keeps a mask of one byte an element."""
    out: Tensor = torch.native_dropout(input, p, training)[0] if training and p else input
    return out


# -- products of groups of rows (mixtures of experts) ------------------------------------------
def _grouped_shapes(a: Tensor, b: Tensor, offs: Tensor | None) -> Tensor:
    if a.dim() == 2 and b.dim() == 2:  # one product per group, summed over its rows
        assert offs is not None
        return a.new_empty(offs.shape[0], a.shape[0], b.shape[1])
    return a.new_empty(*a.shape[:-1], b.shape[-1])


def _grouped_gradient(ctx: Any, grad: Tensor) -> Any:
    a, b, offs = ctx.saved_tensors
    product = torch.ops.rigwright.grouped_mm
    grad_a = product(grad, b.transpose(-2, -1), offs)
    grad_b = product(a.transpose(-2, -1), grad, offs)
    return grad_a, grad_b, None


shaped_operator(
    "grouped_mm", "(Tensor a, Tensor b, Tensor? offs) -> Tensor", _grouped_shapes,
    _grouped_gradient, lambda ctx, inputs, output: ctx.save_for_backward(*inputs),
)  # fmt: skip


def _grouped_mm(
    input: Tensor, mat2: Tensor, *, offs: Tensor | None = None, bias: Tensor | None = None,
    out_dtype: Any = None,
) -> Tensor:  # fmt: skip
    """``torch.nn.functional.grouped_mm``, whose CPU kernel takes 16 bit alone."""
    out: Tensor = torch.ops.rigwright.grouped_mm(input, mat2, offs)
    return out if bias is None else out + bias


_REPLACED = {"scaled_dot_product_attention": _scaled_dot_product, "dropout": _dropout}
_PUBLIC = {name: getattr(torch.nn.functional, name) for name in _REPLACED}
_BY_NAME: dict[str, Any] = {
    "scaled_dot_product_attention": _scaled_dot_product,
    "grouped_mm": _grouped_mm,
    "_grouped_mm": _grouped_mm,
}


class _Whole(TorchFunctionMode):  # type: ignore[misc]
    """Calls that user code imported by name, or that have no other handle."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        whole = _BY_NAME.get(getattr(func, "__name__", ""))
        return (func if whole is None else whole)(*args, **(kwargs or {}))


@contextlib.contextmanager
def opaque_operators() -> Iterator[None]:
    """Attention, dropout and recurrent layers are recorded whole inside this block."""
    before = [(layer, layer.forward) for layer in FORWARDS]
    for layer, forward in FORWARDS.items():
        layer.forward = forward
    for name, function in _REPLACED.items():  # torch's own layers do not reach the mode
        setattr(torch.nn.functional, name, function)
    try:
        with _Whole():
            yield
    finally:
        for name, function in _PUBLIC.items():
            setattr(torch.nn.functional, name, function)
        for layer, forward in before:
            layer.forward = forward
