"""Decoders: from a Hugging Face ``config.json`` or a well-known name to operations, without torch.

The list is written from the dimensions alone (``decoderlines``); the lines of one block stand once,
with the number of layers as their count. Left out as small: position biases (ALiBi), soft caps,
attention sinks, and that some families rotate only a part of each head.
"""

import math
from dataclasses import dataclass, replace

from rigwright.spec.errors import InputError
from rigwright.spec.operation import OperationList
from rigwright.spec.run import MODES
from rigwright.workload.decoder import lines
from rigwright.workload.decoder.config import DecoderConfig
from rigwright.workload.decoder.lines import SINGLE, Experts, Keeping
from rigwright.workload.decoder.parts import (
    CHUNK,
    Attention,
    Layer,
    Matrix,
    Mixture,
    Mlp,
    Part,
    Recurrent,
)
from rigwright.workload.decoder.style import ADAPTED, PLAIN, Style
from rigwright.workload.decoder.tape import (
    FIXED,
    FULL,
    LOW,
    SEQUENCES,
    TOKENS,
    Dim,
    Line,
    Size,
    Tape,
    full,
    low,
    operation_list,
    pointwise,
    saved_share,
    single,
)

TRAINING = ("train", "forward_backward")
DROPOUT = ("gpt2", "gpt_bigcode", "opt")
"""Families that train with dropout unless told otherwise (their configuration's default 0.1)."""
ADAPTER_RANK = 16
TYPICAL_LENGTH = 2048
Adapted = tuple[Matrix, int]


@dataclass(frozen=True, slots=True)
class _How:
    """What the lines depend on beside the model."""

    training: bool
    dropout: bool
    fused: bool
    tokens: float | None
    length: int | None
    style: Style = PLAIN

    @property
    def trained(self) -> bool:
        """Weights get gradients."""
        return not self.style.frozen


def adapted(config: DecoderConfig, targets: tuple[str, ...] = ADAPTED["all"]) -> list[Adapted]:
    """Products that adapters stand beside, and how many layers have each; experts stay."""
    return [(m, n) for m, n in config.matrices() if _word(m.name) in targets]


def adapter_parameters(
    config: DecoderConfig, rank: int = ADAPTER_RANK, targets: tuple[str, ...] = ADAPTED["all"]
) -> int:
    """Trainable weights of LoRA on the named projections; routed experts stay as they are."""
    return rank * sum((m.inputs + m.outputs) * n for m, n in adapted(config, targets))


def _word(name: str) -> str:
    """The projection that one of several products belongs to: query_down is of query."""
    word = name.split("_")[0]
    return {"kv": "value", "mixer": "qkv" if name == "mixer_in" else "output"}.get(word, word)


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
    token only; decode is otherwise the prefill of one token (its cache: ``kv_elements``).
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
        length=seq_len,
        style=style,
    )
    if style.fused_qkv:
        config = config.with_fused_products()
    if style.plain_gelu and config.activation == "gelu_new":
        config = replace(config, activation="gelu")
    blocks = [_block(config, how, layer, count) for layer, count in config.stack]
    ends = SEQUENCES if mode in ("prefill", "decode") else TOKENS
    parts = [_embedding(config, how), *blocks, _head(config, how, ends)]
    length = min(config.max_positions, TYPICAL_LENGTH)
    meta = {
        "layers": float(config.layers),
        "expert_parameters": float(config.expert_parameters),
        "hidden": float(config.hidden),
        "block_saved_share": saved_share(parts, blocks, 1.0, float(seq_len or length)),
        "embedding_parameters": float(config.ends_parameters),
        "largest_end": float(max(config.embedding_parameters, config.head_parameters)),
        "adapter_parameters": float(
            adapter_parameters(config, style.rank or ADAPTER_RANK, style.adapters or ADAPTED["all"])
        ),
        "active_parameters": float(config.active_parameters),
        "kv_bytes_per_token": 2.0 * config.kv_elements_per_token,
    }
    return operation_list(
        parts, model=config.name, parameters=config.parameters, seq_len=length, meta=meta
    )


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
        beside += style.adapter_outputs * (low(outputs),)
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
    if c.others >= c.hidden:
        lines.linear(
            tape, c.hidden, c.others // c.hidden, keeping=_keeping(how, "others", c.hidden)
        )
    if c.embedding_norm:
        _norm(tape, c, how, c.hidden)
    if how.dropout:
        lines.dropout(tape, c.hidden, FULL)
    return tape


def _head(c: DecoderConfig, how: _How, power: tuple[int, int]) -> Tape:
    tape = Tape()
    if c.final_norm:
        _norm(tape, c, how, c.hidden, power=power)
    if c.embeds:
        return tape
    if c.words != c.hidden:
        lines.linear(tape, c.hidden, c.words, keeping=_keeping(how, "words", c.hidden), power=power)
    vocab = c.vocab if how.style.loss != "linear" else math.ceil(c.vocab / lines.LOSS_PARTS)
    keeping = _keeping(how, "head", c.words)
    lines.linear(tape, c.words, vocab, bias=c.head_bias, keeping=keeping, power=power)
    if c.tied and how.trained:  # gradients of both uses are added
        tape.tensors -= 1
        table = full(c.vocab * c.words, (0, 0))
        tape.add([], [pointwise("add", [table, table], table)])
    if how.training:
        lines.cross_entropy(tape, c.vocab, how.style.loss, held=how.style.keeps_logits)
    return tape


def _block(c: DecoderConfig, how: _How, layer: Layer, count: int) -> Tape:
    tape = Tape(count=count)
    norms = layer.norms
    after = norms > 2 and norms >= 2 * len(layer.branches)
    for branch in layer.branches:
        lines.fork(tape, c.hidden)
        norms -= 1 + after
        _norm(tape, c, how, c.hidden)
        for i, part in enumerate(branch):
            if i and norms > 0:  # parallel parts with a norm each
                _norm(tape, c, how, c.hidden)
            _part(tape, c, how, part, keeps=not i or norms > 0)
            if after:
                _norm(tape, c, how, c.hidden, given=LOW)
            if how.dropout:
                lines.dropout(tape, c.hidden, LOW)
        for _ in branch:
            lines.residual(tape, c.hidden)
    for m in layer.beside:
        lines.linear(tape, m.inputs, m.outputs, keeping=_keeping(how, m.name, m.inputs))
    return tape


def _part(tape: Tape, c: DecoderConfig, how: _How, part: Part, *, keeps: bool) -> None:
    match part:
        case Attention():
            _attention(tape, c, how, part)
        case Recurrent():
            _recurrent(tape, c, how, part)
        case Mixture():
            _mixture(tape, c, how, part)
        case Mlp():
            _mlp(tape, c, how, part, c.hidden, keeps=keeps)


def _attention(tape: Tape, c: DecoderConfig, how: _How, a: Attention) -> None:
    for i, m in enumerate(a.inputs(c.hidden)):
        up = m.name.endswith("_up")
        if up:
            _norm(tape, c, how, m.inputs, given=LOW)
        keeping = _keeping(how, m.name, m.inputs, m.outputs, first=up or i == 0)
        lines.linear(tape, m.inputs, m.outputs, bias=a.qkv_bias, keeping=keeping)
    query, keys, values = a.query_width, a.kv_width, a.values_width
    if a.kv_rank:  # keys carry one rotary part for all heads
        keys, values = query, a.value_width
        joined = [Line("copy", "cat", (low(keys),), (low(keys),))]
        tape.add(joined, joined)
    given = FULL if a.rotary or a.qk_norm != "none" else LOW
    if a.fused:
        qkv = low(query + keys + values)
        # Rotated queries and keys are new tensors; the values keep the whole product alive.
        kept = (low(query + keys),) if a.rotary else ()
        tape.add([], [Line("copy", "cat", (qkv,), (qkv,))])
        first = tape.forward[-1]
        tape.forward[-1] = first._replace(saved=(*first.saved, *kept))
    if a.qk_norm == "head":
        _norm(tape, c, how, a.head_dim, rows=a.heads, given=LOW)
        _norm(tape, c, how, a.head_dim, rows=a.kv_heads, given=LOW)
    elif a.qk_norm == "full":
        _norm(tape, c, how, query, given=LOW)
        _norm(tape, c, how, keys, given=LOW)
    if a.rotary:
        lines.rotary(tape, a.heads * a.rope_dim if a.kv_rank else query)
        lines.rotary(tape, a.rope_dim if a.kv_rank else keys)
    if how.fused:
        lines.attention(
            tape, a.heads, query, keys, values, given=given, window=_seen(a, how.length),
            repeats=how.style.repeats_kv,
        )  # fmt: skip
    else:
        lines.math_attention(tape, a.heads, query, keys, values, given=given, dropped=how.dropout)
    if a.gate:
        tape.play("gate", x=low(a.value_width))
    for m in a.outputs(c.hidden):  # attention keeps its output itself
        keeping = _keeping(how, m.name, m.inputs, m.outputs, first=False)
        bias = a.out_bias and m.name == "output"
        lines.linear(
            tape, m.inputs, m.outputs, bias=bias, given=LOW, keeping=keeping,
            experts=Experts(m.times, m.times, m.times) if m.times > 1 else SINGLE,
        )  # fmt: skip


def _seen(a: Attention, length: int | None) -> int:
    """Tokens that each query sees where that is fewer than there are; 0 = all before it."""
    seen = math.ceil(a.seen(length)) if length else 0
    return seen if length and seen < length else 0


def _recurrent(tape: Tape, c: DecoderConfig, how: _How, r: Recurrent) -> None:
    """Projections, a short convolution, and the state's work in chunks, as attention over them."""
    for i, m in enumerate(r.inputs(c.hidden)):
        keeping = _keeping(how, m.name, m.inputs, m.outputs, first=i == 0)
        lines.linear(tape, m.inputs, m.outputs, bias=r.bias and i == 0, keeping=keeping)
    if r.conv:
        tape.play("convolution", x=low(r.conv))
    if r.heads:
        lines.attention(
            tape, r.heads, r.heads * r.key_dim, r.heads * r.key_dim, r.heads * r.value_dim,
            given=LOW, window=CHUNK + 3 * r.key_dim * r.value_dim // (r.key_dim + r.value_dim),
        )  # fmt: skip
    tape.play("gate", x=low(r.inner))
    for m in r.outputs(c.hidden):
        keeping = _keeping(how, m.name, m.inputs, m.outputs)
        lines.linear(tape, m.inputs, m.outputs, bias=r.bias, given=LOW, keeping=keeping)


def _mlp(
    tape: Tape, c: DecoderConfig, how: _How, mlp: Mlp, hidden: int, *, keeps: bool = True,
    experts: Experts = SINGLE,
) -> None:  # fmt: skip
    """An MLP; with experts, all of them as grouped products."""
    bias, inner, width = mlp.bias, experts.rows * mlp.width, mlp.width
    if experts is not SINGLE:  # adapters leave experts alone
        how = replace(how, style=replace(how.style, adapters=()))
    for i, name in enumerate(("gate", "up") if mlp.gated else ("up",)):
        keeping = _keeping(how, name, hidden, width, first=keeps and i == 0)
        lines.linear(tape, hidden, width, bias=bias, keeping=keeping, experts=experts)
    if mlp.gated and how.style.fused_gate:
        lines.gated(tape, c.activation, inner)
    else:
        lines.activation(tape, c.activation, inner)
    if mlp.gated and not how.style.fused_gate:
        tape.play("product", x=low(inner))
    given = FULL if c.activation == "gelu_new" and not mlp.gated else LOW
    keeping = _keeping(how, "down", width, hidden)
    lines.linear(tape, width, hidden, bias=bias, given=given, keeping=keeping, experts=experts)


def _mixture(tape: Tape, c: DecoderConfig, how: _How, mix: Mixture) -> None:
    """Router, rows gathered by expert, grouped products, weighted rows added back.

    Tokens are taken to choose experts evenly. Where the number of tokens is not known, all experts
    are read: right once tokens * experts_per_token far exceeds experts.
    """
    k, h = mix.per_token, c.hidden
    touched = mix.count if how.tokens is None else mix.touched(how.tokens)
    lines.linear(tape, h, mix.count, bias=mix.router_bias, keeping=_keeping(how, "router", h))
    tape.play(
        "router", dims={"rows": (Dim(1, TOKENS), Dim(mix.count))}, score=full(mix.count),
        picks=full(2 * k), rows=full(k * h), x=full(h),
    )  # fmt: skip
    if mix.latent:
        lines.linear(tape, h, mix.latent, keeping=_keeping(how, "router", h, first=False))
    chosen = Experts(float(k), touched, mix.count)
    _mlp(tape, c, how, mix.each, mix.width(h), experts=chosen)
    if mix.latent:
        lines.linear(tape, mix.latent, h, keeping=_keeping(how, "router", mix.latent))
    tape.play("experts", rows=low(k * h), weights=full(k), x=full(h))
    if mix.always:
        _mlp(tape, c, how, mix.always, h, keeps=False)
        if mix.always_gate:
            lines.linear(tape, h, 1, keeping=_keeping(how, "router", h, first=False))
        lines.residual(tape, h)
