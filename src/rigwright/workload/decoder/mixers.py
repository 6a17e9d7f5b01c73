"""The mixer of one layer from its configuration: softmax attention of every form, or a state."""

import math
from dataclasses import replace
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.workload.decoder.given import Given
from rigwright.workload.decoder.parts import Attention, Part, Recurrent

_SELDOM = 128
"""Tokens of one entry from which on no indexer picks among them (DeepSeek-V4)."""


def mixers(g: Given, i: int, kind: str, layers: int) -> tuple[Part, ...]:
    """Parts that read the same input: one, or attention and a state beside each other."""
    if kind in ("state", "conv"):
        return (_state(g, kind),)
    attention = _attention(g, i, near=kind == "near", layers=layers)
    return (attention, _state(g, "state")) if kind == "both" else (attention,)


def state_kind(g: Given) -> str:
    """What layers with a state are made of, by family or by keys; empty for none."""
    kind = g.traits.get("state", "")
    if kind or g.known:
        return kind
    by_keys = {"key_heads": "delta", "mamba_heads": "mamba", "conv_kernel": "conv"}
    return next((word for field, word in by_keys.items() if g.raw(field)), "")


def _state(g: Given, kind: str) -> Recurrent:
    made = {
        "delta": _delta, "kda": _kda, "mamba": _mamba, "mamba1": _mamba1, "conv": _conv,
        "lightning": _lightning,
    }  # fmt: skip
    name = "conv" if kind == "conv" else state_kind(g)
    if name not in made:
        allowed = "attention layers: which recurrence this model has is not known"
        raise InputError(g.name, "layer_types", kind, allowed, "rigwright trace config.json")
    return made[name](g)


def _delta(g: Given) -> Recurrent:
    heads, dim = g.number("value_heads"), g.number("linear_value_dim")
    keys, values = g.number("key_heads") * g.number("key_dim"), heads * dim
    return Recurrent(
        into=2 * keys + 2 * values + 2 * heads, inner=values, heads=heads,
        key_dim=g.number("key_dim"), value_dim=dim, conv=2 * keys + values,
        kernel=g.number("linear_kernel", 4), others=2 * heads + dim,
    )  # fmt: skip


def _kda(g: Given) -> Recurrent:
    heads, dim = g.number("value_heads"), g.number("key_dim")
    width = heads * dim
    return Recurrent(
        into=3 * width + 2 * dim + heads, inner=width, heads=heads, key_dim=dim, value_dim=dim,
        conv=3 * width, kernel=g.number("linear_kernel", 4), more=((dim, width),) * 2,
        others=width + heads + dim,
    )  # fmt: skip


def _mamba(g: Given) -> Recurrent:
    hidden, dim = g.number("hidden"), g.number("mamba_head_dim", 64)
    inner = g.number("mamba_inner", 0) or (
        g.number("mamba_heads", 0) * dim or g.number("mamba_expand", 2) * hidden
    )
    heads, state = g.number("mamba_heads", inner // dim), g.number("mamba_state", 128)
    conv = inner + 2 * g.number("mamba_groups", 1) * state
    return Recurrent(
        into=inner + conv + heads, inner=inner, heads=heads, key_dim=state, value_dim=dim,
        conv=conv, kernel=g.number("mamba_kernel", 4), others=3 * heads + inner + conv,
        bias=g.says("mamba_proj_bias"),
    )  # fmt: skip


def _mamba1(g: Given) -> Recurrent:
    hidden, state = g.number("hidden"), g.number("mamba_state", 16)
    inner = g.number("mamba_inner", 0) or g.number("mamba_expand", 2) * hidden
    rank = math.ceil(hidden / 16) if g.raw("mamba_rank") == "auto" else (
        g.number("mamba_rank", math.ceil(hidden / 16)))  # fmt: skip
    return Recurrent(
        into=2 * inner, inner=inner, heads=inner, key_dim=state, value_dim=1, conv=inner,
        kernel=g.number("mamba_kernel", 4), more=((inner, rank + 2 * state), (rank, inner)),
        others=inner * (state + 3) + rank + 2 * state,
    )  # fmt: skip


def _conv(g: Given) -> Recurrent:
    hidden = g.number("hidden")
    return Recurrent(
        into=3 * hidden, inner=hidden, heads=0, key_dim=0, value_dim=0, conv=hidden,
        kernel=g.number("conv_kernel", 3), bias=g.says("conv_bias"),
    )  # fmt: skip


def _lightning(g: Given) -> Recurrent:
    heads = g.number("heads")
    dim = g.number("head_dim", g.number("hidden") // heads)
    return Recurrent(
        into=4 * heads * dim, inner=heads * dim, heads=heads, key_dim=dim, value_dim=dim,
        others=heads * dim,
    )  # fmt: skip


# -- attention -----------------------------------------------------------------------------
def _attention(g: Given, i: int, *, near: bool, layers: int) -> Attention:
    borrows = i >= layers - g.number("borrowing", 0)
    one_kv = g.says("attention_k_eq_v") and not near
    sizes: dict[str, Any] = _heads(g, i, near=near) | _latent(g) | _indexer(g, i) | _biases(g)
    made = Attention(
        **sizes,
        window=g.number("window", 0) if near else 0, qk_norm=_qk_norm(g),
        fused=g.trait("fused"), rotary=_rotary(g), sinks=g.trait("sinks"),
        gate=g.trait("gate") and g.says("attn_output_gate", True),
        gate_heads=g.says(g.traits.get("gate_heads", "")), one_kv=one_kv, borrows=borrows,
    )  # fmt: skip
    return _compressed(g, i, made) if g.items("every") else made


def _heads(g: Given, i: int, *, near: bool) -> dict[str, int]:
    hidden, heads = g.number("hidden"), g.at("heads", i)
    if near:
        heads = g.number("window_heads", heads)
    if hidden % heads and not g.raw("head_dim") and not g.raw("kv_rank"):
        raise InputError(g.name, "hidden_size", hidden, f"a multiple of {heads} heads")
    kv_heads = 1 if g.says("multi_query") and not g.says("new_decoder_architecture") else (
        g.at("kv_heads", i, heads))  # fmt: skip
    dim = g.number("head_dim", hidden // heads)
    value = g.number("value_dim", 0)
    if near:
        kv_heads = g.number("window_kv_heads", kv_heads)
        dim = g.number("window_head_dim", dim)
        value = g.number("window_value_dim", value)
    else:
        dim = g.number("global_head_dim", dim)
        kv_heads = g.number("global_kv_heads", kv_heads)
    if heads % kv_heads:
        raise InputError(g.name, "num_key_value_heads", kv_heads, f"a divisor of {heads}")
    found = {"heads": heads, "kv_heads": kv_heads, "head_dim": dim, "value_dim": value}
    if g.number("kv_rank", 0):
        found |= {"head_dim": g.number("nope_dim"), "kv_heads": heads}
    return found


def _latent(g: Given) -> dict[str, int]:
    rank = g.number("kv_rank", None if g.trait("latent") else 0)
    rope = g.number("rope_dim", 0) if rank else 0
    return {
        "kv_rank": rank, "query_rank": g.number("query_rank", 0), "rope_dim": rope,
        "out_groups": g.number("out_groups", 0), "out_rank": g.number("out_rank", 0),
    }  # fmt: skip


def _indexer(g: Given, i: int) -> dict[str, int]:
    """Top tokens hold for every layer; some layers use what an earlier one picked."""
    if not g.raw("index_heads"):
        return {}
    kinds = g.items("index_kinds")
    own = kinds[i] in ("full", 1) if i < len(kinds) else True
    picks = own or (i < len(kinds) and kinds[i] == "shared")
    top = g.number("index_top", 0) or g.number("index_blocks", 0) * g.number("index_block", 1)
    return {
        "index_heads": g.number("index_heads") if own else 0,
        "index_dim": g.number("index_dim") if own else 0,
        "index_top": top if picks else 0,
    }


def _compressed(g: Given, i: int, made: Attention) -> Attention:
    """Keys that are values, one entry for so many tokens, and a window of whole ones."""
    every = int(g.items("every")[i])
    picks = 0 < every < _SELDOM
    return replace(
        made, every=every, window=g.number("window", 0), one_kv=True, kept_once=True,
        index_heads=made.index_heads if picks else 0, index_dim=made.index_dim if picks else 0,
        index_top=made.index_top if picks else 0,
    )  # fmt: skip


def _qk_norm(g: Given) -> str:
    said = g.traits.get("qk_norm", "" if g.known else "asked")
    if said == "asked":
        return "head" if g.raw("qk_norm") else "none"
    return said or "none"


def _rotary(g: Given) -> bool:
    if g.traits.get("parallel") == "falcon":
        return not g.says("alibi")
    return g.traits.get("rotary", "true") == "true"


def _biases(g: Given) -> dict[str, bool]:
    """Switches of the configuration over what the family has."""
    switch = g.traits.get("bias")
    if switch:
        on = (
            not g.says(switch, True) if switch == "no_bias" else g.says(switch, g.trait("qkv_bias"))
        )
        return {"qkv_bias": on, "out_bias": on}
    inputs = g.says("use_qkv_bias", g.says("attention_bias", g.trait("qkv_bias")))
    never = g.traits.get("out_bias") == "never"
    outputs = g.says("attention_out_bias", g.says("attention_bias", g.trait("out_bias")))
    return {"qkv_bias": inputs, "out_bias": outputs and not never}
