"""Recurrent layers and cells as CUDA runs them: whole layers, and cells of two products."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from rigwright.workload.trace.shapesonly import Padded

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _cannot_compute(*args: Any) -> Any:
    raise NotImplementedError("shapes only")


def shaped_operator(
    name: str, schema: str, shapes: Callable[..., Any],
    gradient: Callable[..., Any] | None = None, saves: Callable[..., None] | None = None,
) -> None:  # fmt: skip
    """Make ``torch.ops.rigwright.NAME``, an operator of which only the shapes are known.

    shapes : of its results.  gradient, saves : as ``register_autograd`` takes them.
    """
    made = torch.library.custom_op(
        f"rigwright::{name}", _cannot_compute, mutates_args=(), schema=schema
    )
    made.register_fake(shapes)
    if gradient is not None:
        made.register_autograd(gradient, setup_context=saves)


# -- recurrent layers ----------------------------------------------------------------------
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


shaped_operator(
    "rnn",
    "(Tensor x, Tensor h, Tensor c, Tensor[] weights, int[] dims, bool batch_first) "
    "-> (Tensor, Tensor, Tensor, Tensor)",
    _rnn_shapes, _rnn_gradient, _rnn_saves,
)  # fmt: skip
shaped_operator(
    "rnn_backward",
    "(Tensor grad, Tensor x, Tensor out, Tensor reserve, Tensor h, Tensor c, "
    "Tensor[] weights, int[] dims, bool batch_first) -> Tensor[]",
    _rnn_gradient_shapes,
)


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
def _cell_saves(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.bias = inputs[3] is not None
    ctx.save_for_backward(inputs[2], output[1], output[2])


def _cell_gradient(ctx: Any, grad: Tensor, grad_state: Tensor, _kept: Any) -> Any:
    gates, state = torch.ops.rigwright.rnn_cell_backward(grad, grad_state, *ctx.saved_tensors)
    bias = gates.sum(0) if ctx.bias else None
    return gates, gates, state, bias, bias


shaped_operator(
    "rnn_cell",
    "(Tensor igates, Tensor hgates, Tensor state, Tensor? b, Tensor? c) -> "
    "(Tensor, Tensor, Tensor)",
    lambda igates, hgates, state, b, c: tuple(map(torch.empty_like, (state, state, igates))),
    _cell_gradient, _cell_saves,
)  # fmt: skip
shaped_operator(
    "rnn_cell_backward",
    "(Tensor grad, Tensor grad_state, Tensor state, Tensor new, Tensor kept) -> (Tensor, Tensor)",
    lambda grad, grad_state, state, new, kept: (torch.empty_like(kept), torch.empty_like(state)),
)


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


FORWARDS: dict[Any, Callable[..., Any]] = {
    torch.nn.LSTM: _recurrent, torch.nn.GRU: _recurrent, torch.nn.RNN: _recurrent,
    torch.nn.LSTMCell: _cell_forward, torch.nn.GRUCell: _cell_forward,
}  # fmt: skip
"""Layer -> its ``forward`` while tracing."""
