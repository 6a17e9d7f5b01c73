"""Decoders: from a Hugging Face ``config.json`` or a well-known name to operations, without torch.

The list is written from the dimensions alone (``decoderlines``); the lines of one block stand once,
with the number of layers as their count. Left out as small: position biases (ALiBi), soft caps,
attention sinks, and that some families rotate only a part of each head.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from rigwright.spec.errors import InputError
from rigwright.spec.operation import OperationList
from rigwright.spec.run import MODES
from rigwright.workload.decoder import lines
from rigwright.workload.decoder.config import DecoderConfig
from rigwright.workload.decoder.lines import SINGLE, Experts, Keeping
from rigwright.workload.decoder.style import ADAPTED, PLAIN, Style
from rigwright.workload.decoder.tape import (
    FIXED,
    FULL,
    LOW,
    SEQUENCES,
    TOKENS,
    About,
    Dim,
    Line,
    Size,
    Tape,
    full,
    low,
    operation_list,
    pointwise,
    reduction,
    saved_share,
    single,
)

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
    style: Style = PLAIN

    @property
    def trained(self) -> bool:
        """Weights get gradients."""
        return not self.style.frozen


def total_parameters(config: DecoderConfig) -> int:
    """All weights."""
    return config.parameters


def active_parameters(config: DecoderConfig) -> int:
    """Weights that one token uses; all of them in a dense model."""
    return config.active_parameters


def adapter_parameters(
    config: DecoderConfig, rank: int = ADAPTER_RANK, targets: tuple[str, ...] = ADAPTED["all"]
) -> int:
    """Trainable weights of LoRA on the named projections; routed experts stay as they are."""
    sides = sum(
        rows + columns
        for name, rows, columns in config.attention_matrices
        if _word(name) in targets
    )
    products = sum(word in targets for word in ("gate", "up", "down")) - (
        not config.gated and "gate" in targets
    )
    width = config.intermediate if config.experts == 1 else config.shared_intermediate
    mlp = products * (config.hidden + width) if width else 0
    first = products * (config.hidden + config.intermediate)
    dense = config.dense_layers if config.experts > 1 else 0
    return rank * (config.layers * sides + (config.layers - dense) * mlp + dense * first)


def _word(name: str) -> str:
    """The projection that one matrix of latent attention belongs to: query_down is of query."""
    word = name.split("_")[0]
    return "value" if word == "kv" else word


def operations(
    config: DecoderConfig,
    mode: str = "train",
    *,
    batch: int | None = None,
    seq_len: int | None = None,
    dropout: bool | None = None,
    fused_attention: bool = True,
    style: Style = PLAIN,
) -> OperationList:
    """Operations of one step, symbolic in sequences (batch) and tokens of each (seq).

    mode : of spec.run. Training adds loss and dropout; prefill and decode make logits of the last
    token only; decode is otherwise the prefill of one token (its cache: ``decode_step``).
    batch, seq_len : where known, experts that no token chooses are not read, and sliding windows
    shorter than seq_len cut attention; else all experts are read and attention is whole.
    dropout : None = as the family trains.  style : how the framework writes it. Raises InputError
    for an unknown mode.
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
        style=style,
    )
    if style.fused_qkv and not config.kv_rank:
        config = replace(config, fused_qkv=True)
    if style.plain_gelu and config.activation == "gelu_new":
        config = replace(config, activation="gelu")
    blocks = _blocks(config, how)
    ends = SEQUENCES if mode in ("prefill", "decode") else TOKENS
    parts = [_embedding(config, how), *blocks, _head(config, how, ends)]
    length = min(config.max_positions, TYPICAL_LENGTH)
    meta = {
        "layers": float(config.layers),
        "hidden": float(config.hidden),
        "block_saved_share": saved_share(parts, blocks, 1.0, float(seq_len or length)),
        "embedding_parameters": float(config.embedding_parameters + config.head_parameters),
        "largest_end": float(max(config.embedding_parameters, config.head_parameters)),
        "adapter_parameters": float(
            adapter_parameters(config, style.rank, style.adapters)
            if style.adapters
            else adapter_parameters(config)
        ),
        "active_parameters": float(config.active_parameters),
        "kv_bytes_per_token": 2.0 * config.kv_elements_per_token,
    }
    about = About(model=config.name, parameters=config.parameters, seq_len=length, meta=meta)
    return operation_list(parts, about)


def _norm(
    tape: Tape, c: DecoderConfig, how: _How, width: int, *,
    given: int = FULL, power: tuple[int, int] = TOKENS, rows: float = 1.0,
) -> None:  # fmt: skip
    if c.norm == "rms" or rows != 1.0:
        lines.rms_norm(
            tape, width, rows=rows, given=given, power=power, trained=how.trained,
            fused=how.style.fused_norm,
        )  # fmt: skip
    else:
        lines.layer_norm(tape, width, c.norm_bias, power=power)


def _keeping(how: _How, name: str, inputs: int, outputs: int = 0, *, first: bool = True) -> Keeping:
    """What a projection keeps; frozen ones keep their input only for an adapter beside them."""
    style = how.style
    adapted = _word(name) in style.adapters
    beside: tuple[Size, ...] = ()
    if adapted:
        wide = style.wide_copies
        beside = (single(inputs), single(style.rank)) if wide else (low(style.rank),)
        # The base keeps the input as it was, the adapter what dropout left of it.
        beside += (low(inputs),) if style.adapter_dropout and style.keeps_inputs and first else ()
        beside += (Size(FIXED, inputs, TOKENS),) if style.adapter_dropout and first else ()
        beside += (low(outputs),) if style.adapter_output else ()
    learns = how.trained or style.keeps_inputs or (adapted and not style.wide_copies)
    learns = learns and (style.keeps_product or name != "down")
    return Keeping(first, how.trained, learns, beside)


def _embedding(c: DecoderConfig, how: _How) -> Tape:
    tape = Tape()
    lines.embedding(tape, c.vocab, c.words, trained=how.trained)
    if c.words != c.hidden:
        lines.linear(tape, c.words, c.hidden, keeping=_keeping(how, "words", c.words))
    if c.learned_positions:
        lines.embedding(tape, c.learned_positions, c.hidden, trained=how.trained)
        tape.add([pointwise("add", [full(2 * c.hidden)], full(c.hidden))])
    if c.embedding_norm:
        _norm(tape, c, how, c.hidden)
    if how.dropout:
        lines.dropout(tape, c.hidden, FULL)
    return tape


def _head(c: DecoderConfig, how: _How, power: tuple[int, int]) -> Tape:
    tape = Tape()
    if c.final_norm:
        _norm(tape, c, how, c.hidden, power=power)
    if c.words != c.hidden:
        keeping = _keeping(how, "words", c.hidden)
        lines.linear(tape, c.hidden, c.words, keeping=keeping, power=power)
    vocab = c.vocab if how.style.loss != "linear" else math.ceil(c.vocab / lines.LOSS_PARTS)
    keeping = _keeping(how, "head", c.words)
    lines.linear(tape, c.words, vocab, bias=c.head_bias, keeping=keeping, power=power)
    if c.tied and how.trained:  # gradients of both uses are added
        tape.tensors -= 1
        table = full(c.vocab * c.words, (0, 0))
        tape.add([], [pointwise("add", [table, table], table)])
    if how.training:
        _loss(tape, c, how.style)
    return tape


def _loss(tape: Tape, c: DecoderConfig, style: Style) -> None:
    if style.loss == "low":
        lines.narrow_cross_entropy(tape, c.vocab)
    elif style.loss == "fused":
        lines.fused_cross_entropy(tape, c.vocab, held=style.keeps_logits)
    elif style.loss == "chunked":
        lines.fused_cross_entropy(tape, c.vocab, parts=lines.LOSS_PARTS)
    elif style.loss == "linear":
        lines.linear_cross_entropy(tape, c.vocab)
    else:
        lines.cross_entropy(tape, c.vocab, held=style.keeps_logits)


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
    _norm(tape, c, how, c.hidden)
    _attention(tape, c, how, window)
    if c.norms == 4:
        _norm(tape, c, how, c.hidden, given=LOW)
    if how.dropout:
        lines.dropout(tape, c.hidden, LOW)
    if not c.parallel:
        lines.residual(tape, c.hidden)
        lines.fork(tape, c.hidden)
    if c.norms > 1:
        _norm(tape, c, how, c.hidden)
    shared = c.parallel and c.norms == 1
    if mixture:
        _mixture(tape, c, how)
    else:
        _mlp(tape, c, how, c.intermediate, keeps=not shared)
    if c.norms == 4:
        _norm(tape, c, how, c.hidden, given=LOW)
    if how.dropout:
        lines.dropout(tape, c.hidden, LOW)
    if c.parallel:
        lines.residual(tape, c.hidden)
    lines.residual(tape, c.hidden)
    return tape


def _attention(tape: Tape, c: DecoderConfig, how: _How, window: int) -> None:
    query, keys, values = c.query_width, c.kv_width, c.kv_width
    if c.kv_rank:
        query, keys, values = _latent(tape, c, how)
    else:
        for i, (name, rows, columns) in enumerate(c.attention_matrices[:-1]):
            keeping = _keeping(how, name, rows, columns, first=i == 0)
            lines.linear(tape, rows, columns, bias=c.qkv_bias, keeping=keeping)
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
        _norm(tape, c, how, c.head_dim, rows=c.heads, given=LOW)
        _norm(tape, c, how, c.head_dim, rows=c.kv_heads, given=LOW)
    elif c.qk_norm == "full":
        _norm(tape, c, how, query, given=LOW)
        _norm(tape, c, how, keys, given=LOW)
    if c.rotary:
        lines.rotary(tape, c.heads * c.rope_dim if c.kv_rank else query)
        lines.rotary(tape, c.rope_dim if c.kv_rank else keys)
    if how.fused:
        lines.attention(
            tape, c.heads, query, keys, values, given=given, window=window,
            repeats=how.style.repeats_kv,
        )  # fmt: skip
    else:
        lines.math_attention(tape, c.heads, query, keys, values, given=given, dropped=how.dropout)
    # Attention keeps its output itself.
    keeping = _keeping(how, "output", c.value_width, c.hidden, first=False)
    lines.linear(tape, c.value_width, c.hidden, bias=c.out_bias, given=LOW, keeping=keeping)


def _latent(tape: Tape, c: DecoderConfig, how: _How) -> tuple[int, int, int]:
    """Multi-head latent attention: down, norm, up; keys carry one rotary part for all heads."""
    for i, (name, rows, columns) in enumerate(c.attention_matrices[:-1]):
        up = name.endswith("_up")
        if up:
            _norm(tape, c, how, rows, given=LOW)
        lines.linear(
            tape, rows, columns, keeping=_keeping(how, name, rows, columns, first=up or i == 0)
        )
    keys = low(c.query_width)
    tape.add([Line("copy", "cat", (keys,), (keys,))], [Line("copy", "cat", (keys,), (keys,))])
    return c.query_width, c.query_width, c.value_width


def _mlp(
    tape: Tape, c: DecoderConfig, how: _How, width: int, *, keeps: bool = True,
    experts: Experts = SINGLE,
) -> None:  # fmt: skip
    """An MLP; with experts, all of them as grouped products."""
    bias, inner, hidden = c.mlp_bias, experts.rows * width, c.hidden
    if experts is not SINGLE:  # adapters leave experts alone
        how = replace(how, style=replace(how.style, adapters=()))
    for i, name in enumerate(("gate", "up") if c.gated else ("up",)):
        keeping = _keeping(how, name, hidden, width, first=keeps and i == 0)
        lines.linear(tape, hidden, width, bias=bias, keeping=keeping, experts=experts)
    if c.gated and how.style.fused_gate:
        lines.gated(tape, c.activation, inner)
    else:
        lines.activation(tape, c.activation, inner)
    if c.gated and not how.style.fused_gate:
        x = low(inner)
        tape.add(
            [pointwise("mul", [x, x], x, [x, x])],
            [pointwise("mul", [x, x], x), pointwise("mul", [x, x], x)],
        )
    given = FULL if c.activation == "gelu_new" and not c.gated else LOW
    keeping = _keeping(how, "down", width, hidden)
    lines.linear(tape, width, hidden, bias=bias, given=given, keeping=keeping, experts=experts)


def _mixture(tape: Tape, c: DecoderConfig, how: _How) -> None:
    """Router, rows gathered by expert, grouped products, weighted rows added back.

    Tokens are taken to choose experts evenly. Where the number of tokens is not known, all experts
    are read: right once tokens * experts_per_token far exceeds experts.
    """
    k, h = c.experts_per_token, c.hidden
    touched = c.experts if how.tokens is None else c.experts_touched(how.tokens)
    wide, narrow, score = full(k * h), low(k * h), full(c.experts)
    dims = (Dim(1, TOKENS), Dim(c.experts))
    lines.linear(tape, h, c.experts, bias=c.router_bias, keeping=_keeping(how, "router", h))
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
    _mlp(tape, c, how, c.expert_intermediate, experts=chosen)
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
        _mlp(tape, c, how, c.shared_intermediate, keeps=False)
        if c.shared_gate:
            lines.linear(tape, h, 1, keeping=_keeping(how, "router", h, first=False))
        lines.residual(tape, h)
