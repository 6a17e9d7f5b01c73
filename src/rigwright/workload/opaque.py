"""Fused operators of CUDA that the traced CPU would take apart: attention, dropout, recurrence.

While ``opaque_operators`` is active they are recorded as one operator each, however long the
sequence is, whatever mask or dropout they have. Shapes only: they cannot compute.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from rigwright.workload.shapesonly import Padded

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}
NAMES = frozenset(
    {
        "attention",
        "attention_backward",
        "rnn",
        "rnn_backward",
        "rnn_cell",
        "rnn_cell_backward",
        "grouped_mm",
    }
)


def _shapes_only(*args: Any) -> Any:
    raise NotImplementedError("shapes only")


# -- attention -----------------------------------------------------------------------------
_attention = torch.library.custom_op(
    "rigwright::attention",
    _shapes_only,
    mutates_args=(),
    schema="(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal) -> (Tensor, Tensor)",
)
_attention_backward = torch.library.custom_op(
    "rigwright::attention_backward",
    _shapes_only,
    mutates_args=(),
    schema="(Tensor grad, Tensor q, Tensor k, Tensor v, Tensor out, Tensor lse, Tensor? mask, "
    "bool causal, bool mask_gradient) -> Tensor[]",
)


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


_attention.register_fake(_attention_shapes)
_attention_backward.register_fake(_attention_gradient_shapes)
_attention.register_autograd(_attention_gradient, setup_context=_attention_saves)


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


# -- recurrent layers ----------------------------------------------------------------------
_rnn = torch.library.custom_op(
    "rigwright::rnn",
    _shapes_only,
    mutates_args=(),
    schema="(Tensor x, Tensor h, Tensor c, Tensor[] weights, int[] dims, bool batch_first) "
    "-> (Tensor, Tensor, Tensor, Tensor)",
)
_rnn_backward = torch.library.custom_op(
    "rigwright::rnn_backward",
    _shapes_only,
    mutates_args=(),
    schema="(Tensor grad, Tensor x, Tensor out, Tensor reserve, Tensor h, Tensor c, "
    "Tensor[] weights, int[] dims, bool batch_first) -> Tensor[]",
)


def _steps_and_batch(x: Tensor, batch_first: bool) -> tuple[int, int]:
    return (x.shape[1], x.shape[0]) if batch_first else (x.shape[0], x.shape[1])


def _rnn_shapes(
    x: Tensor, h: Tensor, c: Tensor, weights: list[Tensor], dims: list[int], batch_first: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """dims : hidden, layers, directions, gates. Reserve: gate values and states of each step."""
    hidden, layers, directions, gates = dims
    steps, batch = _steps_and_batch(x, batch_first)
    kept = x.new_empty(layers * directions, steps, batch, (gates + 1) * hidden)
    out = x.new_empty(*x.shape[:2], directions * hidden)
    return out, torch.empty_like(h), torch.empty_like(c), kept


def _rnn_gradient_shapes(grad: Tensor, *given: Any) -> list[Tensor]:
    x, _out, _reserve, h, c, weights, _dims, _batch_first = given
    return [torch.empty_like(t) for t in (x, h, c, *weights)]


def _rnn_saves(ctx: Any, inputs: Any, output: Any) -> None:
    x, h, c, weights, ctx.dims, ctx.batch_first = inputs
    ctx.save_for_backward(x, output[0], output[3], h, c, *weights)


def _rnn_gradient(ctx: Any, grad: Tensor, *_states: Any) -> Any:
    x, out, reserve, h, c, *weights = ctx.saved_tensors
    got = torch.ops.rigwright.rnn_backward(
        grad, x, out, reserve, h, c, weights, ctx.dims, ctx.batch_first
    )
    return (*got[:3], list(got[3:]), None, None)


_rnn.register_fake(_rnn_shapes)
_rnn_backward.register_fake(_rnn_gradient_shapes)
_rnn.register_autograd(_rnn_gradient, setup_context=_rnn_saves)


def _recurrent(self: Any, given: Any, state: Any = None) -> Any:
    """``forward`` of torch.nn.LSTM, GRU and RNN; packed batches are padded ones here."""
    if isinstance(given, Padded):
        out, state = _recurrent(self, given.data, state)
        return Padded(out, given.batch_first), state
    directions = 2 if self.bidirectional else 1
    batch = _steps_and_batch(given, self.batch_first)[1]
    if state is None:
        zeros = given.new_zeros(self.num_layers * directions, batch, self.hidden_size)
        state = (zeros, zeros) if self.mode == "LSTM" else zeros
    h, c = state if self.mode == "LSTM" else (state, state)
    weights = [getattr(self, name) for names in self._all_weights for name in names]
    dims = [self.hidden_size, self.num_layers, directions, GATES[self.mode]]
    out, h, c, _ = torch.ops.rigwright.rnn(given, h, c, weights, dims, self.batch_first)
    return out, ((h, c) if self.mode == "LSTM" else h)


# -- cells of recurrent layers that user code loops over --------------------------------------
_cell = torch.library.custom_op(
    "rigwright::rnn_cell",
    _shapes_only,
    mutates_args=(),
    schema="(Tensor igates, Tensor hgates, Tensor state, Tensor? b, Tensor? c) -> "
    "(Tensor, Tensor, Tensor)",
)
_cell_backward = torch.library.custom_op(
    "rigwright::rnn_cell_backward",
    _shapes_only,
    mutates_args=(),
    schema="(Tensor grad, Tensor grad_state, Tensor state, Tensor new, Tensor kept) -> "
    "(Tensor, Tensor)",
)


def _cell_shapes(
    igates: Tensor, hgates: Tensor, state: Tensor, b: Tensor | None, c: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    return torch.empty_like(state), torch.empty_like(state), torch.empty_like(igates)


def _cell_saves(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.bias = inputs[3] is not None
    ctx.save_for_backward(inputs[2], output[1], output[2])


def _cell_gradient(ctx: Any, grad: Tensor, grad_state: Tensor, _kept: Any) -> Any:
    gates, state = torch.ops.rigwright.rnn_cell_backward(grad, grad_state, *ctx.saved_tensors)
    bias = gates.sum(0) if ctx.bias else None
    return gates, gates, state, bias, bias


_cell.register_fake(_cell_shapes)
_cell_backward.register_fake(
    lambda grad, grad_state, state, new, kept: (torch.empty_like(kept), torch.empty_like(state))
)
_cell.register_autograd(_cell_gradient, setup_context=_cell_saves)


def _cell_forward(self: Any, given: Tensor, state: Any = None) -> Any:
    """``forward`` of torch.nn.LSTMCell and GRUCell: two products and one kernel, as on a GPU."""
    long = isinstance(self, torch.nn.LSTMCell)
    if given.dim() == 1:
        raise NotImplementedError("recurrent cells without a batch")
    if state is None:
        zeros = given.new_zeros(given.shape[0], self.hidden_size)
        state = (zeros, zeros) if long else zeros
    h, c = state if long else (state, state)
    gates = [
        torch.nn.functional.linear(x, w) for x, w in ((given, self.weight_ih), (h, self.weight_hh))
    ]
    h, c, _ = torch.ops.rigwright.rnn_cell(*gates, c, self.bias_ih, self.bias_hh)
    return (h, c) if long else h


# -- products of groups of rows (mixtures of experts) ------------------------------------------
_grouped = torch.library.custom_op(
    "rigwright::grouped_mm",
    _shapes_only,
    mutates_args=(),
    schema="(Tensor a, Tensor b, Tensor? offs) -> Tensor",
)


def _grouped_shapes(a: Tensor, b: Tensor, offs: Tensor | None) -> Tensor:
    if a.dim() == 2 and b.dim() == 2:  # one product per group, summed over its rows
        assert offs is not None
        return a.new_empty(offs.shape[0], a.shape[0], b.shape[1])
    return a.new_empty(*a.shape[:-1], b.shape[-1])


def _grouped_gradient(ctx: Any, grad: Tensor) -> Any:
    a, b, offs = ctx.saved_tensors
    grad_a = torch.ops.rigwright.grouped_mm(grad, b.transpose(-2, -1), offs)
    grad_b = torch.ops.rigwright.grouped_mm(a.transpose(-2, -1), grad, offs)
    return grad_a, grad_b, None


_grouped.register_fake(_grouped_shapes)
_grouped.register_autograd(
    _grouped_gradient, setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs)
)


def _grouped_mm(
    input: Tensor, mat2: Tensor, *, offs: Tensor | None = None, bias: Tensor | None = None,
    out_dtype: Any = None,
) -> Tensor:  # fmt: skip
    """``torch.nn.functional.grouped_mm``, whose CPU kernel takes 16 bit alone."""
    out: Tensor = torch.ops.rigwright.grouped_mm(input, mat2, offs)
    return out if bias is None else out + bias


_REPLACED = {"scaled_dot_product_attention": _scaled_dot_product, "dropout": _dropout}
_PUBLIC = {name: getattr(torch.nn.functional, name) for name in _REPLACED}
_BY_NAME = {"scaled_dot_product_attention": _scaled_dot_product, "grouped_mm": _grouped_mm,
            "_grouped_mm": _grouped_mm}  # fmt: skip


class _Whole(TorchFunctionMode):  # type: ignore[misc]
    """Calls that user code imported by name, or that have no other handle."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        whole = _BY_NAME.get(getattr(func, "__name__", ""))
        return (whole or func)(*args, **(kwargs or {}))


@contextlib.contextmanager
def opaque_operators() -> Iterator[None]:
    """Attention, dropout and recurrent layers are recorded whole inside this block."""
    layers = dict.fromkeys((torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN), _recurrent)
    layers |= dict.fromkeys((torch.nn.LSTMCell, torch.nn.GRUCell), _cell_forward)
    before = [(layer, layer.forward) for layer in layers]
    for layer, forward in layers.items():
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
