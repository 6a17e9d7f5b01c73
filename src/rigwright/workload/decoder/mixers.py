"""The mixer of one layer from its configuration: softmax attention of every form, or a state."""

import functools
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import records
from rigwright.workload.decoder.given import DATA, Given
from rigwright.workload.decoder.parts import Attention, Part, Recurrent

_SELDOM = 128
"""Tokens of one entry from which on no indexer picks among them (DeepSeek-V4)."""
_SIZES = ("key_dim", "value_dim", "inner", "heads", "conv", "rank", "into", "kernel", "others")
"""Columns of ``data/recurrences.csv``, each of those before it and of what the keys say."""


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


@functools.cache
def _recurrences() -> dict[str, dict[str, str]]:
    return {row["kind"]: row for row in records(DATA / "recurrences.csv")}


def _state(g: Given, kind: str) -> Recurrent:
    name = "conv" if kind == "conv" else state_kind(g)
    row = _recurrences().get(name)
    if row is None:
        allowed = "attention layers: which recurrence this model has is not known"
        raise InputError(g.name, "layer_types", kind, allowed, "rigwright trace config.json")
    made: dict[str, int] = {}
    for size in _SIZES:
        made[size] = g.worked(row[size], made) if row[size] else 0
        if row[size] and not made[size]:
            raise InputError(g.name, size, "nothing", f"sizes of a {name} layer: {row[size]}")
    pairs = (pair.split(":") for pair in row["more"].split())
    more = tuple((g.worked(i, made), g.worked(o, made)) for i, o in pairs)
    del made["rank"]
    return Recurrent(**made, more=more, bias=g.says(row["bias"]))


# -- attention -----------------------------------------------------------------------------
def _attention(g: Given, i: int, *, near: bool, layers: int) -> Attention:
    borrows = i >= layers - g.number("borrowing", 0)
    every = g.items("every")  # then keys are values, beside a window of whole ones
    one_kv = bool(every) or (g.says("attention_k_eq_v") and not near)
    sizes: dict[str, Any] = _heads(g, i, near=near) | _indexer(g, i) | _biases(g)
    rank = g.number("kv_rank", None if g.trait("latent") else 0)
    for name in ("query_rank", "out_groups", "out_rank"):
        sizes[name] = g.number(name, 0)
    return Attention(
        **sizes, kv_rank=rank, rope_dim=g.number("rope_dim", 0) if rank else 0,
        every=int(every[i]) if every else 0, kept_once=bool(every),
        window=g.number("window", 0) if near or every else 0, qk_norm=_qk_norm(g),
        fused=g.trait("fused"), rotary=_rotary(g), sinks=g.trait("sinks"),
        gate=g.trait("gate") and g.says("attn_output_gate", True),
        gate_heads=g.says(g.traits.get("gate_heads", "")), one_kv=one_kv, borrows=borrows,
    )  # fmt: skip


def _heads(g: Given, i: int, *, near: bool) -> dict[str, int]:
    hidden, heads, where = g.number("hidden"), g.at("heads", i), "window" if near else "global"
    heads = g.number("window_heads", heads) if near else heads
    if hidden % heads and not g.raw("head_dim") and not g.raw("kv_rank"):
        raise InputError(g.name, "hidden_size", hidden, f"a multiple of {heads} heads")
    kv_heads = 1 if g.says("multi_query") and not g.says("new_decoder_architecture") else (
        g.at("kv_heads", i, heads))  # fmt: skip
    more = int(g.traits.get("near_kv", 1)) if near else 1
    kv_heads = g.number(f"{where}_kv_heads", more * kv_heads)
    dim = g.number(f"{where}_head_dim", g.number("head_dim", hidden // heads))
    value = g.number("window_value_dim" if near else "value_dim", g.number("value_dim", 0))
    if heads % kv_heads:
        raise InputError(g.name, "num_key_value_heads", kv_heads, f"a divisor of {heads}")
    found = {"heads": heads, "kv_heads": kv_heads, "head_dim": dim, "value_dim": value}
    if g.number("kv_rank", 0):
        found |= {"head_dim": g.number("nope_dim"), "kv_heads": heads}
    return found


def _indexer(g: Given, i: int) -> dict[str, int]:
    """Top tokens hold for every layer; some layers use what an earlier one picked."""
    every = g.items("every")
    if not g.raw("index_heads") or (every and not 0 < int(every[i]) < _SELDOM):
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
    if switch := g.traits.get("bias"):
        on = g.biased(switch, g.trait("qkv_bias"))
        return {"qkv_bias": on, "out_bias": on}
    inputs = g.says("use_qkv_bias", g.says("attention_bias", g.trait("qkv_bias")))
    never = g.traits.get("out_bias") == "never"
    outputs = g.says("attention_out_bias", g.says("attention_bias", g.trait("out_bias")))
    return {"qkv_bias": inputs, "out_bias": outputs and not never}
