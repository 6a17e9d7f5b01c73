"""Decoders: from a Hugging Face ``config.json`` or a well-known name to operations, without torch.

The list is written from the dimensions alone (``decoderlines``); the lines of one block stand once,
with the number of layers as their count. Left out as small: position biases (ALiBi), soft caps,
attention sinks, and that some families rotate only a part of each head.
"""

from __future__ import annotations

from dataclasses import dataclass

from rigwright.spec.errors import InputError
from rigwright.spec.operation import OperationList
from rigwright.spec.run import MODES
from rigwright.workload import decoderlines as lines
from rigwright.workload.decoderconfig import DecoderConfig
from rigwright.workload.decodercost import DecodeCost, decode_cost
from rigwright.workload.decoderlines import SINGLE, Experts
from rigwright.workload.decodernames import find, names, read_config
from rigwright.workload.decodertape import (
    FULL,
    LOW,
    SEQUENCES,
    TOKENS,
    About,
    Dim,
    Line,
    Tape,
    full,
    low,
    operation_list,
    pointwise,
    reduction,
    saved_share,
)

__all__ = [
    "DecodeCost",
    "DecoderConfig",
    "active_parameters",
    "adapter_parameters",
    "decode_cost",
    "find",
    "names",
    "operations",
    "read_config",
    "total_parameters",
]

TRAINING = ("train", "forward_backward")
DROPOUT = ("gpt2", "gpt_bigcode", "opt")
"""Families that train with dropout unless told otherwise (their configuration's default 0.1)."""
ADAPTER_RANK = 16
TYPICAL_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class _How:
    """What the lines depend on beside the model."""

    training: bool
    dropout: bool
    fused: bool
    tokens: float | None
    window: int


def total_parameters(config: DecoderConfig) -> int:
    """All weights."""
    return config.parameters


def active_parameters(config: DecoderConfig) -> int:
    """Weights that one token uses; all of them in a dense model."""
    return config.active_parameters


def adapter_parameters(config: DecoderConfig, rank: int = ADAPTER_RANK) -> int:
    """Trainable weights of LoRA on every projection; routed experts stay as they are."""
    sides = sum(rows + columns for _, rows, columns in config.attention_matrices)
    width = config.intermediate if config.experts == 1 else config.shared_intermediate
    mlp = (3 if config.gated else 2) * (config.hidden + width) if width else 0
    first = (3 if config.gated else 2) * (config.hidden + config.intermediate)
    dense = config.dense_layers if config.experts > 1 else 0
    return rank * (config.layers * sides + (config.layers - dense) * mlp + dense * first)


def operations(
    config: DecoderConfig,
    mode: str = "train",
    *,
    batch: int | None = None,
    seq_len: int | None = None,
    dropout: bool | None = None,
    fused_attention: bool = True,
) -> OperationList:
    """Operations of one step, symbolic in sequences (batch) and tokens of each (seq).

    mode : of spec.run. Training adds loss and dropout; prefill and decode make logits of the last
    token only; decode is otherwise the prefill of one token (its cache: ``decode_cost``).
    batch, seq_len : where known, experts that no token chooses are not read, and sliding windows
    shorter than seq_len cut attention; else all experts are read and attention is whole.
    dropout : None = as the family trains. Raises InputError for an unknown mode.
    """
    if mode not in MODES:
        raise InputError("run", "mode", mode, ", ".join(MODES))
    training = mode in TRAINING
    how = _How(
        training=training,
        dropout=training and (config.family in DROPOUT if dropout is None else dropout),
        fused=fused_attention,
        tokens=float(batch * seq_len) if batch and seq_len else None,
        window=config.sliding_window if seq_len and seq_len > config.sliding_window > 0 else 0,
    )
    blocks = _blocks(config, how)
    ends = SEQUENCES if mode in ("prefill", "decode") else TOKENS
    parts = [_embedding(config, how), *blocks, _head(config, how, ends)]
    length = min(config.max_positions, TYPICAL_LENGTH)
    meta = {
        "layers": float(config.layers),
        "hidden": float(config.hidden),
        "block_saved_share": saved_share(parts, blocks, 1.0, float(seq_len or length)),
        "embedding_parameters": float(config.embedding_parameters + config.head_parameters),
        "adapter_parameters": float(adapter_parameters(config)),
        "active_parameters": float(config.active_parameters),
        "kv_bytes_per_token": 2.0 * config.kv_elements_per_token,
    }
    about = About(model=config.name, parameters=config.parameters, seq_len=length, meta=meta)
    return operation_list(parts, about)


def _norm(
    tape: Tape, c: DecoderConfig, width: int, *, given: int = FULL, power: tuple[int, int] = TOKENS
) -> None:
    if c.norm == "rms":
        lines.rms_norm(tape, width, given=given, power=power)
    else:
        lines.layer_norm(tape, width, c.norm_bias, power=power)


def _embedding(c: DecoderConfig, how: _How) -> Tape:
    tape = Tape()
    lines.embedding(tape, c.vocab, c.words)
    if c.words != c.hidden:
        lines.linear(tape, c.words, c.hidden)
    if c.learned_positions:
        lines.embedding(tape, c.learned_positions, c.hidden)
        tape.add([pointwise("add", [full(2 * c.hidden)], full(c.hidden))])
    if c.embedding_norm:
        _norm(tape, c, c.hidden)
    if how.dropout:
        lines.dropout(tape, c.hidden, FULL)
    return tape


def _head(c: DecoderConfig, how: _How, power: tuple[int, int]) -> Tape:
    tape = Tape()
    if c.final_norm:
        _norm(tape, c, c.hidden, power=power)
    if c.words != c.hidden:
        lines.linear(tape, c.hidden, c.words, power=power)
    lines.linear(tape, c.words, c.vocab, bias=c.head_bias, power=power)
    if c.tied:  # gradients of both uses are added
        tape.tensors -= 1
        table = full(c.vocab * c.words, (0, 0))
        tape.add([], [pointwise("add", [table, table], table)])
    if how.training:
        lines.cross_entropy(tape, c.vocab)
    return tape


def _blocks(c: DecoderConfig, how: _How) -> list[Tape]:
    """One tape per distinct kind of layer: dense or mixture, whole or windowed attention."""
    dense = c.dense_layers if c.experts > 1 else c.layers
    near = c.sliding_layers if how.window else 0
    near_dense = round(near * dense / c.layers)
    kinds = (
        (False, 0, dense - near_dense),
        (False, how.window, near_dense),
        (True, 0, c.layers - dense - (near - near_dense)),
        (True, how.window, near - near_dense),
    )
    return [_block(c, how, mixture, window, n) for mixture, window, n in kinds if n]


def _block(c: DecoderConfig, how: _How, mixture: bool, window: int, count: int) -> Tape:
    tape = Tape(count=count)
    lines.fork(tape, c.hidden)
    _norm(tape, c, c.hidden)
    _attention(tape, c, how, window)
    if c.norms == 4:
        _norm(tape, c, c.hidden, given=LOW)
    if how.dropout:
        lines.dropout(tape, c.hidden, LOW)
    if not c.parallel:
        lines.residual(tape, c.hidden)
        lines.fork(tape, c.hidden)
    if c.norms > 1:
        _norm(tape, c, c.hidden)
    shared = c.parallel and c.norms == 1
    if mixture:
        _mixture(tape, c, how)
    else:
        _mlp(tape, c, c.intermediate, keeps=not shared)
    if c.norms == 4:
        _norm(tape, c, c.hidden, given=LOW)
    if how.dropout:
        lines.dropout(tape, c.hidden, LOW)
    if c.parallel:
        lines.residual(tape, c.hidden)
    lines.residual(tape, c.hidden)
    return tape


def _attention(tape: Tape, c: DecoderConfig, how: _How, window: int) -> None:
    query, keys, values = c.query_width, c.kv_width, c.kv_width
    if c.kv_rank:
        query, keys, values = _latent(tape, c)
    else:
        for i, (_, rows, columns) in enumerate(c.attention_matrices[:-1]):
            lines.linear(tape, rows, columns, bias=c.qkv_bias, keeps=i == 0)
    given = FULL if c.rotary or c.qk_norm != "none" else LOW
    if c.fused_qkv:
        qkv = low(query + keys + values)
        # Rotated queries and keys are new tensors; the values keep the whole product alive.
        kept = (low(query + keys),) if c.rotary else ()
        split = Line("copy", "cat", (qkv,), (qkv,))
        tape.add([], [split])
        first = tape.forward[-1]
        tape.forward[-1] = first._replace(saved=(*first.saved, *kept))
    if c.qk_norm == "head":
        lines.rms_norm(tape, c.head_dim, rows=c.heads, given=LOW)
        lines.rms_norm(tape, c.head_dim, rows=c.kv_heads, given=LOW)
    elif c.qk_norm == "full":
        lines.rms_norm(tape, query, given=LOW)
        lines.rms_norm(tape, keys, given=LOW)
    if c.rotary:
        lines.rotary(tape, c.heads * c.rope_dim if c.kv_rank else query)
        lines.rotary(tape, c.rope_dim if c.kv_rank else keys)
    if how.fused:
        lines.attention(tape, c.heads, query, keys, values, given=given, window=window)
    else:
        lines.math_attention(tape, c.heads, query, keys, values, given=given, dropped=how.dropout)
    lines.linear(tape, c.value_width, c.hidden, bias=c.out_bias, given=LOW, keeps=False)


def _latent(tape: Tape, c: DecoderConfig) -> tuple[int, int, int]:
    """Multi-head latent attention: down, norm, up; keys carry one rotary part for all heads."""
    for i, (name, rows, columns) in enumerate(c.attention_matrices[:-1]):
        up = name.endswith("_up")
        if up:
            lines.rms_norm(tape, rows, given=LOW)
        lines.linear(tape, rows, columns, keeps=up or i == 0)
    keys = low(c.query_width)
    tape.add([Line("copy", "cat", (keys,), (keys,))], [Line("copy", "cat", (keys,), (keys,))])
    return c.query_width, c.query_width, c.value_width


def _mlp(
    tape: Tape, c: DecoderConfig, width: int, *, keeps: bool = True, experts: Experts = SINGLE
) -> None:
    """An MLP; with experts, all of them as grouped products."""
    bias, inner = c.mlp_bias, experts.rows * width
    lines.linear(tape, c.hidden, width, bias=bias, keeps=keeps, experts=experts)
    if c.gated:
        lines.linear(tape, c.hidden, width, bias=bias, keeps=False, experts=experts)
    lines.activation(tape, c.activation, inner)
    if c.gated:
        x = low(inner)
        tape.add(
            [pointwise("mul", [x, x], x, [x, x])],
            [pointwise("mul", [x, x], x), pointwise("mul", [x, x], x)],
        )
    given = FULL if c.activation == "gelu_new" and not c.gated else LOW
    lines.linear(tape, width, c.hidden, bias=bias, given=given, experts=experts)


def _mixture(tape: Tape, c: DecoderConfig, how: _How) -> None:
    """Router, rows gathered by expert, grouped products, weighted rows added back.

    Tokens are taken to choose experts evenly. Where the number of tokens is not known, all experts
    are read: right once tokens * experts_per_token far exceeds experts.
    """
    k, h = c.experts_per_token, c.hidden
    touched = c.experts if how.tokens is None else c.experts_touched(how.tokens)
    wide, narrow, score = full(k * h), low(k * h), full(c.experts)
    dims = (Dim(1, TOKENS), Dim(c.experts))
    lines.linear(tape, h, c.experts, bias=c.router_bias)
    tape.add(
        [
            Line("softmax", "_softmax", (score,), (score,), (score,), dims),
            reduction("topk", score, full(2 * k)),
            Line("gather", "index", (wide,), (wide,)),
        ],
        [
            Line("scatter", "index_put", (wide,), (full(h),)),
            Line("softmax_backward", "_softmax_backward_data", (score, score), (score,), (), dims),
        ],
    )
    chosen = Experts(float(k), touched, c.experts)
    _mlp(tape, c, c.expert_intermediate, experts=chosen)
    tape.add(
        [
            pointwise("mul", [narrow, full(k)], narrow, [narrow]),
            Line("scatter", "index_add", (narrow,), (full(h),)),
        ],
        [
            Line("gather", "index", (narrow,), (narrow,)),
            pointwise("mul", [narrow, full(k)], narrow),
        ],
    )
    if c.shared_intermediate:
        _mlp(tape, c, c.shared_intermediate, keeps=False)
        if c.shared_gate:
            lines.linear(tape, h, 1, keeps=False)
        lines.residual(tape, h)
