"""The lines one part of a decoder executes, as transformers runs it eagerly under CUDA autocast.

Each function appends an operator with its gradients to a tape. What autocast does: the residual
stream and normalisations stay in 32 bit (full), matrix products read and write 16 bit (low),
casting their weights once and their input for every consumer. Sizes are per token.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rigwright.workload.decoder.tape import (
    FULL,
    LENGTH,
    LOW,
    SCORES,
    SEQUENCES,
    TOKENS,
    WEIGHTS,
    Dim,
    Line,
    Power,
    Size,
    Tape,
    cast,
    full,
    low,
    pointwise,
    reduction,
    single,
)


class Experts(NamedTuple):
    """rows : rows of a product per token.  read : weights read.  stored : weights held."""

    rows: float = 1.0
    read: float = 1.0
    stored: int = 1


SINGLE = Experts()


class Keeping(NamedTuple):
    """What a product does for the backward pass.

    first : nobody else keeps its input yet.  trained : the weights get gradients.
    learns : they or an adapter beside them need the input.  beside : what an adapter keeps itself.
    """

    first: bool = True
    trained: bool = True
    learns: bool = True
    beside: tuple[Size, ...] = ()


TRAINED = Keeping()
LOSS_PARTS = 8
"""Parts of a loss that is worked on in pieces (torchtune's default ``num_output_chunks``)."""


def _gemm(
    b: float, m: Dim, n: Dim, k: Dim, reads: list[Size], write: Size, kept: Sequence[Size] = ()
) -> Line:
    return Line("gemm", "mm", tuple(reads), (write,), tuple(kept), (Dim(b), m, n, k))


def linear(
    tape: Tape,
    inputs: int,
    outputs: int,
    *,
    bias: bool = False,
    given: int = FULL,
    keeping: Keeping = TRAINED,
    power: Power = TOKENS,
    experts: Experts = SINGLE,
) -> None:
    """A matrix product with weights; with experts, one grouped product of all of them.

    given : class of the input.
    """
    keeps, trained, learns, beside = keeping
    rows, read, stored = experts
    w, x, y = read * inputs * outputs, rows * inputs, rows * outputs
    held = full(stored * inputs * outputs + bias * outputs * stored, WEIGHTS)
    m, n, k = Dim(rows / read, power), Dim(outputs), Dim(inputs)
    grad, weight = low(y, power), low(w, WEIGHTS)
    forward, backward = [cast(held, LOW)], []
    if given == FULL:
        # Autocast casts again for every consumer.
        copy = (low(x, power),) if learns and not keeps else ()
        forward.append(cast(full(x, power), LOW, copy))
    kept = [low(x, power)] if keeps and learns else []
    forward.append(_gemm(read, m, n, k, [low(x, power), weight], grad, [*kept, *beside]))
    backward.append(_gemm(read, m, k, n, [grad, weight], low(x, power)))
    if trained:
        backward.append(_gemm(read, n, k, m, [grad, low(x, power)], weight))
    if bias and trained:
        backward.append(reduction("sum", grad, low(outputs * stored, WEIGHTS)))
    if given == FULL:
        backward.append(cast(low(x, power), FULL))
    if not keeps and given == FULL:  # several consumers: their gradients are added
        backward.append(pointwise("add", [full(2 * x, power)], full(x, power)))
    if trained:
        backward.append(cast(Size(LOW, held.amount, WEIGHTS), FULL))
    tape.add(forward, backward)
    tape.tensors += 1 + bias


def layer_norm(tape: Tape, width: int, bias: bool, *, power: Power = TOKENS) -> None:
    """One fused kernel that keeps its input and two statistics per row."""
    x, w, stats = full(width, power), full(width * (1 + bias), WEIGHTS), single(2, power)
    dims = (Dim(1, power), Dim(width))
    tape.add(
        [Line("norm", "native_layer_norm", (x, w), (x, stats), (x, stats), dims)],
        [Line("norm_backward", "native_layer_norm_backward", (x, x, w, stats), (x, w), (), dims)],
    )
    tape.tensors += 1 + bias


def rms_norm(
    tape: Tape, width: int, *, rows: float = 1.0, given: int = FULL, power: Power = TOKENS,
    trained: bool = True, fused: bool = False,
) -> None:  # fmt: skip
    """The six small kernels of transformers' RMSNorm; statistics in float32 always.

    fused : one kernel, which keeps its input and a statistic.
    """
    n = rows * width
    if fused:
        _fused_rms_norm(tape, Size(given, n, power), full(n, power), width, rows)
        return
    x, wide, one = full(n, power), single(n, power), single(rows, power)
    w = full(width, WEIGHTS)
    tape.add(
        [
            pointwise("pow", [Size(given, n, power)], wide, [wide]),
            reduction("mean", wide, one),
            pointwise("add", [one], one),
            pointwise("rsqrt", [one], one, [one]),
            pointwise("mul", [wide, one], x),
            pointwise("mul", [x, w], x, [x] if trained else []),
        ],
        [
            pointwise("mul", [x, w], x),
            *([pointwise("mul", [x, x], x), reduction("sum", x, w)] if trained else []),
            pointwise("mul", [wide, wide], wide),
            pointwise("mul", [wide, one], wide),
            reduction("sum", wide, one),
            pointwise("pow", [one], one),
            pointwise("mul", [one, one], one),
            pointwise("mul", [one], one),
            pointwise("div", [one], wide),
            pointwise("pow", [wide], wide),
            pointwise("mul", [wide], wide),
            pointwise("mul", [wide, wide], wide),
            pointwise("add", [wide, wide], Size(given, n, power)),
        ],
    )
    tape.tensors += 1


def _fused_rms_norm(tape: Tape, given: Size, x: Size, width: int, rows: float) -> None:
    stats, w = single(rows, x.power), full(width, WEIGHTS)
    dims = (Dim(rows, x.power), Dim(width))
    name = "rms_norm"
    tape.add(
        [Line("norm", name, (given, w), (x, stats), (given, stats), dims)],
        [Line("norm_backward", name + "_backward", (x, given, w, stats), (given, w), (), dims)],
    )
    tape.tensors += 1


def rotary(tape: Tape, width: int) -> None:
    """x * cos + rotate_half(x) * sin; the tables are shared by all layers."""
    x, y, half = low(width), full(width), low(width / 2)
    tape.add(
        [
            pointwise("mul", [x], y),
            pointwise("neg", [half], half),
            Line("copy", "cat", (x,), (x,)),
            pointwise("mul", [x], y),
            pointwise("add", [y, y], y),
        ],
        [
            pointwise("mul", [y], y),
            Line("copy", "slice_backward", (y,), (y,)),
            pointwise("neg", [half], half),
            pointwise("mul", [y], y),
            pointwise("add", [y, y], x),
        ],
    )


def dropout(tape: Tape, width: float, cls: int, power: Power = TOKENS) -> None:
    """Zeroes elements; keeps a mask of one byte each."""
    x, mask = Size(cls, width, power), Size(2, width, power)
    tape.add(
        [Line("elementwise", "native_dropout", (x,), (x, mask), (mask,))],
        [pointwise("native_dropout_backward", [x, mask], x)],
    )


def attention(
    tape: Tape, heads: int, query: int, keys: int, values: int, *, given: int, window: int = 0,
    repeats: bool = False,
) -> None:  # fmt: skip
    """Fused causal attention over widths of all query heads, keys and values (= output) heads.

    window : tokens each query sees when the sequence is longer than that, 0 = all.
    repeats : keys and values are copied for every query head first.
    """
    output = low(values * heads_over(query, keys))
    q, k, v = low(query), low(keys), low(values)
    if repeats and query > keys:
        each = low(query + output.amount)
        tape.add(
            [Line("copy", "expand", (k, v), (each,))],
            [Line("reduction", "sum", (each,), (low(keys + values),))],
        )
        keys, k, v = query, low(query), output
    lse = single(heads)
    seen = Dim(window) if window else Dim(1, LENGTH)
    # q.k and p.v differ in width only with latent attention; the mean gives their sum.
    width = (query + output.amount) / 2 / heads
    dims = (
        Dim(1, SEQUENCES),
        Dim(heads),
        Dim(1, LENGTH),
        seen,
        Dim(width),
        Dim(0 if window else 1),
    )
    forward, backward = [], []
    if given == FULL:
        forward = [cast(full(query), LOW), cast(full(keys), LOW)]
        backward = [cast(q, FULL), cast(k, FULL)]
    kept = (q, k, v, output, lse)
    name = "scaled_dot_product_attention"
    forward.append(Line("attention", name, (q, k, v), (output, lse), kept, dims))
    backward.insert(
        0, Line("attention_backward", name + "_backward", (output, *kept), (q, k, v), (), dims)
    )
    tape.add(forward, backward)


def heads_over(query: int, keys: int) -> float:
    """How many query heads share one key head (by width)."""
    return query / keys


def math_attention(
    tape: Tape, heads: int, query: int, keys: int, values: int, *, given: int, dropped: bool
) -> None:
    """Attention as two products around a stored softmax, as before fused kernels."""
    q, k, v = low(query), low(query), low(values * heads_over(query, keys))
    scores, wide = low(heads, SCORES), full(heads, SCORES)
    s, d, e = Dim(1, LENGTH), Dim(query / heads), Dim(v.amount / heads)
    rows = (Dim(heads, TOKENS), Dim(1, LENGTH))

    def bmm(m: Dim, n: Dim, k: Dim, reads: list[Size], write: Size, kept: list[Size]) -> Line:
        batch = Dim(heads, SEQUENCES)
        return Line("gemm", "bmm", tuple(reads), (write,), tuple(kept), (batch, m, n, k))

    forward, backward = [], []
    if given == FULL:
        forward = [cast(full(query), LOW), cast(full(keys), LOW)]
        backward = [cast(q, FULL), cast(k, FULL)]
    forward += [
        bmm(s, s, d, [q, k], scores, [low(query), low(keys)]),
        pointwise("div", [scores], scores),
        pointwise("add", [scores], scores),
        cast(scores, FULL),
        Line("softmax", "_softmax", (wide,), (wide,), (wide,), rows),
    ]
    backward[:0] = [
        Line("softmax_backward", "_softmax_backward_data", (wide, wide), (wide,), (), rows),
        cast(wide, LOW),
        pointwise("div", [scores], scores),
        bmm(s, d, s, [scores, k], q, []),
        bmm(s, d, s, [scores, q], k, []),
    ]
    tape.add(forward, backward)
    if dropped:
        dropout(tape, heads, FULL, SCORES)
    tape.add(
        [
            cast(wide, LOW, () if dropped else (scores,)),
            bmm(s, e, s, [scores, v], v, [low(values), *([scores] if dropped else [])]),
            Line("copy", "contiguous", (v,), (v,), (v,)),
        ],
        [
            bmm(s, s, e, [v, v], scores, []),
            bmm(s, e, s, [scores, v], v, []),
            cast(scores, FULL),
        ],
    )


def gated(tape: Tape, name: str, width: float) -> None:
    """Activation of the gate times the other half, in one kernel that keeps both inputs."""
    x = low(width)
    tape.add(
        [pointwise(f"{name}_mul", [x, x], x, [x, x])],
        [Line("elementwise", f"{name}_mul_backward", (x, x, x), (x, x))],
    )


def activation(tape: Tape, name: str, width: float) -> None:
    """The non-linearity of an MLP; ``gelu_new`` is transformers' own eight kernels."""
    x = low(width)
    if name != "gelu_new":
        kind = "relu" if name == "relu" else "silu" if name in ("silu", "swish") else "gelu"
        backward = "threshold_backward" if kind == "relu" else f"{kind}_backward"
        # relu's result, which the next product keeps anyway, is all it needs
        tape.add(
            [pointwise(kind, [x], x, [] if kind == "relu" else [x])],
            [pointwise(backward, [x, x], x)],
        )
        return
    y = full(width)
    tape.add(
        [
            cast(x, FULL),
            pointwise("pow", [y], y, [y]),
            pointwise("mul", [y], y),
            pointwise("add", [x, y], y),
            pointwise("mul", [y], y),
            pointwise("tanh", [y], y, [y]),
            pointwise("add", [y], y, [y]),
            pointwise("mul", [x], x, [x]),
            pointwise("mul", [x, y], y),
        ],
        [
            pointwise("mul", [y, y], x),
            pointwise("mul", [y, x], y),
            pointwise("mul", [x], x),
            pointwise("tanh_backward", [y, y], y),
            pointwise("mul", [y], y),
            pointwise("mul", [y], y),
            pointwise("pow", [y], y),
            pointwise("mul", [y, y], y),
            cast(y, LOW),
            pointwise("add", [x, y, x], x),
        ],
    )


def residual(tape: Tape, width: int) -> None:
    """Adds a branch (low) to the stream (full)."""
    tape.add(
        [pointwise("add", [full(width), low(width)], full(width))],
        [cast(full(width), LOW)],
    )


def fork(tape: Tape, width: int) -> None:
    """Where a branch leaves the stream: their gradients are added."""
    tape.add([], [pointwise("add", [full(2 * width)], full(width))])


def embedding(tape: Tape, rows: int, width: int, *, trained: bool = True) -> None:
    """Row look-up; the gradient fills the whole table."""
    index = Size(2, 8, TOKENS)
    gradient = Line(
        "scatter", "embedding_dense_backward",
        (full(width), index), (full(rows * width, WEIGHTS),),
    )  # fmt: skip
    tape.add(
        [Line("gather", "embedding", (full(width), index), (full(width),), (index,))],
        [gradient] if trained else [],
    )
    tape.tensors += 1


def cross_entropy(tape: Tape, vocab: int, *, held: bool = False) -> None:
    """Loss over all tokens; logits are float32 in every precision.

    held : whoever called the model holds the logits.
    """
    logits, wide, one = low(vocab), single(vocab), single(1)
    dims = (Dim(1, TOKENS), Dim(vocab))
    if held:
        tape.add([Line("copy", "logits", (), (), (low(vocab),))])
    tape.add(
        [
            pointwise("_to_copy", [logits], wide),
            Line("softmax", "_log_softmax", (wide,), (wide,), (wide,), dims),
            reduction("nll_loss_forward", one, single(1, WEIGHTS)),
        ],
        [
            Line("fill", "nll_loss_backward", (one,), (wide,)),
            Line("softmax_backward", "_log_softmax_backward_data", (wide, wide), (wide,), (), dims),
            pointwise("_to_copy", [wide], logits),
        ],
    )


def narrow_cross_entropy(tape: Tape, vocab: int) -> None:
    """Loss in the precision of the logits; logits and their logarithm stay."""
    x, one, dims = low(vocab), single(1), (Dim(1, TOKENS), Dim(vocab))
    part = low(vocab / LOSS_PARTS)  # gradients live for one part at a time
    tape.add(
        [Line("softmax", "_log_softmax", (part,), (part,), (x, x), dims)],
        [Line("softmax_backward", "_log_softmax_backward_data", (part, one), (part,), (), dims)],
    )


def fused_cross_entropy(tape: Tape, vocab: int, *, parts: int = 0, held: bool = False) -> None:
    """One kernel; the gradient takes the place of the logits.

    parts : the gradient is made for one of so many parts at a time instead.  held : whoever called
    the model holds a float32 copy of the logits.
    """
    if held:
        tape.add([Line("copy", "logits", (), (), (single(vocab),))])
    x, one = low(vocab), single(1)
    gradient = low(vocab / parts) if parts else one
    tape.add(
        [Line("reduction", "cross_entropy", (x,), (one,), (x, one))],
        [pointwise("cross_entropy_backward", [one], gradient)],
    )


def linear_cross_entropy(tape: Tape, vocab: int) -> None:
    """The output layer and the loss for one part of the tokens at a time, in float32."""
    wide, one = single(vocab / LOSS_PARTS), single(1)
    tape.add(
        [Line("softmax", "linear_cross_entropy", (wide,), (wide,), (), ())],
        [pointwise("linear_cross_entropy_backward", [one], one)],
    )
