"""The lines one part of a decoder executes, as transformers runs it eagerly under CUDA autocast.

Each function appends an operator with its gradients to a tape. What autocast does: the residual
stream and normalisations stay in 32 bit (full), matrix products read and write 16 bit (low),
casting their weights once and their input for every consumer. Sizes are per token.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rigwright.workload.decoder.tape import (
    FIXED,
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
    tape.play("layer_norm", dims={"rows": (Dim(1, power), Dim(width))}, x=x, w=w, stats=stats)
    tape.tensors += 1 + bias


def rms_norm(
    tape: Tape, width: int, *, rows: float = 1.0, given: int = FULL, power: Power = TOKENS,
    trained: bool = True, fused: bool = False,
) -> None:  # fmt: skip
    """The six small kernels of transformers' RMSNorm; statistics in float32 always.

    fused : one kernel, which keeps its input and a statistic.
    """
    n = rows * width
    one, w, read = single(rows, power), full(width, WEIGHTS), Size(given, n, power)
    if fused:
        dims = {"rows": (Dim(rows, power), Dim(width))}
        tape.play("fused_rms_norm", dims=dims, given=read, x=full(n, power), w=w, stats=one)
    else:
        word, wide = "trained" if trained else "frozen", single(n, power)
        tape.play("rms_norm", word, given=read, x=full(n, power), w=w, wide=wide, one=one)
    tape.tensors += 1


def rotary(tape: Tape, width: int) -> None:
    """x * cos + rotate_half(x) * sin; the tables are shared by all layers."""
    tape.play("rotary", x=low(width), y=full(width), half=low(width / 2))


def dropout(tape: Tape, width: float, cls: int, power: Power = TOKENS) -> None:
    """Zeroes elements; keeps a mask of one byte each."""
    tape.play("dropout", x=Size(cls, width, power), mask=Size(FIXED, width, power))


def attention(
    tape: Tape, heads: int, query: int, keys: int, values: int, *, given: int, window: int = 0,
    repeats: bool = False,
) -> None:  # fmt: skip
    """Fused causal attention over widths of all query heads, keys and values (= output) heads.

    window : tokens each query sees when the sequence is longer than that, 0 = all.
    repeats : keys and values are copied for every query head first.
    """
    output = low(values * (query / keys))
    k, v = low(keys), low(values)
    if repeats and query > keys:
        tape.play("repeat_kv", k=k, v=v, each=low(query + output.amount), both=low(keys + values))
        keys, k, v = query, low(query), output
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
    tape.play(
        "attention", "full" if given == FULL else "", dims={"heads": dims}, q=low(query), k=k, v=v,
        q32=full(query), k32=full(keys), out=output, lse=single(heads),
    )  # fmt: skip


def math_attention(
    tape: Tape, heads: int, query: int, keys: int, values: int, *, given: int, dropped: bool
) -> None:
    """Attention as two products around a stored softmax, as before fused kernels."""
    q, v = low(query), low(values * (query / keys))
    scores, wide = low(heads, SCORES), full(heads, SCORES)
    batch, s = Dim(heads, SEQUENCES), Dim(1, LENGTH)
    d, e = Dim(query / heads), Dim(v.amount / heads)
    dims = {"ssd": (batch, s, s, d), "sds": (batch, s, d, s), "ses": (batch, s, e, s),
            "sse": (batch, s, s, e), "rows": (Dim(heads, TOKENS), s)}  # fmt: skip
    tape.play(
        "scores", "full" if given == FULL else "", dims=dims, q=q, k=q, q32=full(query),
        k32=full(keys), scores=scores, wide=wide, kept=low(keys),
    )  # fmt: skip
    if dropped:
        dropout(tape, heads, FULL, SCORES)
    tape.play(
        "mixing", "dropped" if dropped else "whole", dims=dims, wide=wide, scores=scores, v=v,
        kept=low(values),
    )  # fmt: skip


def gated(tape: Tape, name: str, width: float) -> None:
    """Activation of the gate times the other half, in one kernel that keeps both inputs."""
    tape.play("gated", called=name, x=low(width))


def activation(tape: Tape, name: str, width: float) -> None:
    """The non-linearity of an MLP; ``gelu_new`` is transformers' own eight kernels."""
    kind = {"swish": "silu"}.get(name, name if name in ("silu", "relu", "gelu_new") else "gelu")
    part = kind if kind in ("relu", "gelu_new") else "activation"
    tape.play(part, called=kind, x=low(width), y=full(width))


def residual(tape: Tape, width: int) -> None:
    """Adds a branch (low) to the stream (full)."""
    tape.play("residual", x=full(width), branch=low(width))


def fork(tape: Tape, width: int) -> None:
    """Where a branch leaves the stream: their gradients are added."""
    tape.add([], [pointwise("add", [full(2 * width)], full(width))])


def embedding(tape: Tape, rows: int, width: int, *, trained: bool = True) -> None:
    """Row look-up; the gradient fills the whole table."""
    tape.play(
        "embedding", "trained" if trained else "", x=full(width), index=Size(FIXED, 8, TOKENS),
        table=full(rows * width, WEIGHTS),
    )  # fmt: skip
    tape.tensors += 1


def cross_entropy(tape: Tape, vocab: int, how: str, *, held: bool = False) -> None:
    """Loss over all tokens.

    how : of ``spec.software.LOSSES``: upcast (float32 in every precision), low (the logits'
    precision; logits and their logarithm stay), fused (one kernel, whose gradient takes the place
    of the logits), chunked (the gradient is made for one part at a time), linear (output layer and
    loss for one part of the tokens at a time, in float32).
    held : whoever called the model holds the logits, of a fused loss a float32 copy.
    """
    x, one, part = low(vocab), single(1), vocab / LOSS_PARTS
    rows = {"rows": (Dim(1, TOKENS), Dim(vocab))}
    word = "held" if held else ""
    if how == "low":
        tape.play("narrow_cross_entropy", dims=rows, x=x, one=one, part=low(part))
    elif how in ("fused", "chunked"):
        gradient = low(part) if how == "chunked" else one
        held_ = word if how == "fused" else ""
        tape.play("fused_cross_entropy", held_, x=x, one=one, gradient=gradient, copy=single(vocab))
    elif how == "linear":
        tape.play("linear_cross_entropy", wide=single(part), one=one)
    else:
        tape.play(
            "cross_entropy", word, dims=rows, logits=x, wide=single(vocab), one=one,
            loss=single(1, WEIGHTS),
        )  # fmt: skip
