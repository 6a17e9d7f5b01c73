"""Hugging Face ``config.json`` of a decoder -> DecoderConfig.

``_NAMES`` says how families call the same thing, ``FAMILIES`` what each family always has.
Sources: the ``configuration_*.py`` and ``modeling_*.py`` of each family in transformers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.workload.decoder.config import DecoderConfig

Given = Mapping[str, Any]
_NAMES = {
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden": ("hidden_size", "n_embd", "d_model"),
    "heads": ("num_attention_heads", "n_head", "n_heads", "num_heads"),
    "vocab": ("vocab_size", "padded_vocab_size"),
    "max_positions": (
        "max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "n_ctx",
    ),
}  # fmt: skip
_MLP_WIDTH = ("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size", "ffn_hidden_dim")
_ACTIVATION = ("hidden_activation", "hidden_act", "activation_function")
_DEFAULT_POSITIONS = 2048
"""For families whose configuration states none (ALiBi: Falcon, Bloom)."""

_LLAMA: dict[str, Any] = {}  # what DecoderConfig's defaults describe
_GPT: dict[str, Any] = {
    "norm": "layer", "norm_bias": True, "gated": False, "activation": "gelu_new",
    "qkv_bias": True, "out_bias": True, "mlp_bias": True, "rotary": False,
}  # fmt: skip
_NEOX = _GPT | {"rotary": True, "fused_qkv": True, "activation": "gelu"}
_GEMMA = {"activation": "gelu_tanh", "tied": True}

FAMILIES: dict[str, dict[str, Any]] = {
    "llama": _LLAMA,
    "mistral": _LLAMA,
    "ministral": _LLAMA,
    "granite": _LLAMA,
    "smollm3": _LLAMA,
    "exaone4": _LLAMA | {"qk_norm": "head"},
    "mixtral": _LLAMA,
    "qwen2": {"qkv_bias": True},
    "qwen2_moe": {"qkv_bias": True, "shared_gate": True},
    "qwen3": {"qk_norm": "head"},
    "qwen3_moe": {"qk_norm": "head"},
    "olmo": {"norm": "plain", "norm_bias": False},
    "olmo2": {"qk_norm": "full"},
    "olmo3": {"qk_norm": "full"},
    "olmoe": {"qk_norm": "full"},
    "phi3": {"fused_qkv": True},
    "phi": _GPT | {"rotary": True, "parallel": True, "norms": 1, "head_bias": True},
    "gemma": _GEMMA,
    "gemma2": _GEMMA | {"norms": 4},
    "gemma3_text": _GEMMA | {"norms": 4, "qk_norm": "head"},
    "gemma3": _GEMMA | {"norms": 4, "qk_norm": "head"},
    "gpt2": _GPT | {"fused_qkv": True, "tied": True},
    "gpt_bigcode": _GPT | {"fused_qkv": True, "tied": True, "activation": "gelu_tanh"},
    "gpt_neo": _GPT | {"qkv_bias": False, "tied": True},
    "gptj": _GPT
    | {"rotary": True, "parallel": True, "norms": 1, "head_bias": True, "qkv_bias": False,
       "out_bias": False},
    "gpt_neox": _NEOX | {"parallel": True},
    "opt": _GPT | {"activation": "relu", "tied": True},
    "mpt": _GPT
    | {"activation": "gelu", "tied": True, "fused_qkv": True, "norm_bias": False,
       "qkv_bias": False, "out_bias": False, "mlp_bias": False},
    "falcon": _NEOX
    | {"tied": True, "qkv_bias": False, "out_bias": False, "mlp_bias": False},
    "bloom": _GPT | {"fused_qkv": True, "tied": True, "embedding_norm": True},
    "stablelm": {"norm": "layer", "norm_bias": True},
    "starcoder2": _GPT | {"rotary": True, "activation": "gelu_tanh"},
    "gpt_oss": {
        "qkv_bias": True, "out_bias": True, "mlp_bias": True, "router_bias": True, "sinks": True,
    },
    "deepseek_v2": _LLAMA,
    "deepseek_v3": _LLAMA,
    "kimi_k2": _LLAMA,
    "cohere": {"norm": "layer", "norm_bias": False, "parallel": True, "norms": 1, "tied": True},
    "dbrx": {"norm": "layer", "norm_bias": False},
    "apertus": {"gated": False, "activation": "xielu", "qk_norm": "head"},
}  # fmt: skip


def from_dict(given: Given, name: str) -> DecoderConfig:
    """The decoder that a parsed ``config.json`` describes.

    A multimodal configuration gives its language part. Raises InputError for an unknown
    ``model_type`` and for missing or impossible sizes.
    """
    if isinstance(given.get("text_config"), Mapping):
        given = {"model_type": given.get("model_type"), **given["text_config"]}
    family = str(given.get("model_type"))
    if family not in FAMILIES:
        raise InputError(
            name, "model_type", given.get("model_type"), ", ".join(FAMILIES),
            'write "model_type": "llama" if it is built like Llama',
        )  # fmt: skip
    base = {field: _size(given, name, field) for field in _NAMES}
    heads = base["heads"]
    if base["hidden"] % heads and not given.get("head_dim"):
        raise InputError(name, "hidden_size", base["hidden"], f"a multiple of {heads} heads")
    values: dict[str, Any] = {
        **base,
        "kv_heads": _kv_heads(given, heads),
        "head_dim": _positive(given, name, ("head_dim",), base["hidden"] // heads),
        "intermediate": _intermediate(given, name, family, base["hidden"]),
        **FAMILIES[family],
        **_biases(given, family),
        **_experts(given, family, base["layers"]),
        **_window(given, family, base["layers"]),
    }
    named = next((given[key] for key in _ACTIVATION if isinstance(given.get(key), str)), None)
    values |= {"activation": named} if named else {}
    if "tie_word_embeddings" in given:
        values["tied"] = bool(given["tie_word_embeddings"])
    values |= _SPECIAL[family](given, values) if family in _SPECIAL else {}
    if values["kv_heads"] < 1 or heads % values["kv_heads"]:
        raise InputError(name, "num_key_value_heads", values["kv_heads"], f"a divisor of {heads}")
    return DecoderConfig(name=name, family=family, **values)


def _positive(given: Given, name: str, keys: tuple[str, ...], default: int | None) -> int:
    for key in keys:
        value = given.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**8:
            raise InputError(name, key, value, "a positive whole number")
        return value
    if default is None:
        raise InputError(name, keys[0], "nothing", "a positive whole number")
    return default


def _size(given: Given, name: str, field: str) -> int:
    default = _DEFAULT_POSITIONS if field == "max_positions" else None
    return _positive(given, name, _NAMES[field], default)


def _kv_heads(given: Given, heads: int) -> int:
    nested = given.get("attn_config")
    nested = nested if isinstance(nested, Mapping) else {}
    if given.get("multi_query") and not given.get("new_decoder_architecture"):
        return 1
    value = (
        given.get("num_key_value_heads") or given.get("num_kv_heads") or nested.get("kv_n_heads")
    )
    return int(value or heads)


def _intermediate(given: Given, name: str, family: str, hidden: int) -> int:
    ratio = given.get("expansion_ratio", 4)
    default = (
        None if family not in FAMILIES or FAMILIES[family].get("gated", True) else hidden * ratio
    )
    experts = ("moe_intermediate_size",)
    return _positive(given, name, (*_MLP_WIDTH, *experts), default)


def _biases(given: Given, family: str) -> dict[str, bool]:
    """What a configuration may switch on in families that have no such bias of their own."""
    found: dict[str, bool] = {}
    if "attention_bias" in given and family not in ("phi", "gpt_oss"):
        on = bool(given["attention_bias"])
        found |= {"qkv_bias": on}
        # Qwen3 and Llama put the same switch on the output projection.
        found |= {"out_bias": on}
    if "use_qkv_bias" in given:
        found["qkv_bias"] = bool(given["use_qkv_bias"])
    if "mlp_bias" in given:
        found["mlp_bias"] = bool(given["mlp_bias"])
    if "use_bias" in given and family == "starcoder2":
        found |= dict.fromkeys(("qkv_bias", "out_bias", "mlp_bias"), bool(given["use_bias"]))
    return found


def _experts(given: Given, family: str, layers: int) -> dict[str, Any]:
    keys = ("num_local_experts", "num_experts", "n_routed_experts")
    count = next((int(given[k]) for k in keys if given.get(k)), 1)
    if count == 1:
        return {}
    width = given.get("moe_intermediate_size") or given["intermediate_size"]
    shared = given.get("shared_expert_intermediate_size") or 0
    if given.get("n_shared_experts"):
        shared = int(given["n_shared_experts"]) * int(width)
    step = int(given.get("decoder_sparse_step") or 1)
    dense = int(given.get("first_k_dense_replace") or 0)
    dense += len(given.get("mlp_only_layers") or ()) + (layers - layers // step)
    per_token = given.get("num_experts_per_tok") or given.get("experts_per_token")
    return {
        "experts": count,
        "experts_per_token": int(per_token or 2),
        "expert_intermediate": int(width),
        "shared_intermediate": int(shared),
        "dense_layers": dense,
        "router_bias": family in ("gpt_oss", "deepseek_v3", "kimi_k2"),
    }


def _window(given: Given, family: str, layers: int) -> dict[str, int]:
    window = given.get("sliding_window") or (given.get("window_size") if family == "gpt_neo" else 0)
    if not window or (family.startswith("qwen") and not given.get("use_sliding_window")):
        return {}
    kinds = given.get("layer_types")
    if kinds:
        count = sum(kind == "sliding_attention" for kind in kinds)
    elif family == "gemma2":
        count = (layers + 1) // 2
    elif family.startswith("gemma3"):
        count = layers - layers // int(given.get("sliding_window_pattern") or 6)
    elif family == "olmo3":
        count = layers - layers // 4  # every fourth layer sees everything
    elif family == "gpt_oss":
        count = (layers + 1) // 2
    elif family == "gpt_neo":
        count = layers // 2
    else:
        count = layers
    return {"sliding_window": int(window), "sliding_layers": count}


def _opt(given: Given, values: dict[str, Any]) -> dict[str, Any]:
    before = given.get("do_layer_norm_before", True)
    return {
        "learned_positions": values["max_positions"] + 2,  # two rows are reserved for padding
        "word_dim": int(given.get("word_embed_proj_dim") or values["hidden"]),
        "final_norm": bool(before) and not given.get("_remove_final_layer_norm", False),
    }


def _mpt(given: Given, values: dict[str, Any]) -> dict[str, Any]:
    bias = not given.get("no_bias", True)
    attention = given.get("attn_config") or {}  # ALiBi is written there or beside it
    learned = given.get("learned_pos_emb", True) and not attention.get(
        "alibi", given.get("alibi", True)
    )
    return {
        **dict.fromkeys(("norm_bias", "qkv_bias", "out_bias", "mlp_bias"), bias),
        "learned_positions": values["max_positions"] if learned else 0,
    }


def _falcon(given: Given, values: dict[str, Any]) -> dict[str, Any]:
    new = bool(given.get("new_decoder_architecture"))
    parallel = new or bool(given.get("parallel_attn", True))
    bias = bool(given.get("bias", False))
    two = new and given.get("num_ln_in_parallel_attn") != 1
    return {
        **dict.fromkeys(("qkv_bias", "out_bias", "mlp_bias"), bias),
        "parallel": parallel,
        "norms": 2 if two or not parallel else 1,
        "rotary": not given.get("alibi", False),
    }


def _mla(given: Given, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "kv_rank": int(given["kv_lora_rank"]),
        "query_rank": int(given.get("q_lora_rank") or 0),
        "head_dim": int(given["qk_nope_head_dim"]),
        "rope_dim": int(given["qk_rope_head_dim"]),
        "value_dim": int(given["v_head_dim"]),
        "kv_heads": values["heads"],
    }


def _positions(given: Given, values: dict[str, Any]) -> dict[str, Any]:
    return {"learned_positions": values["max_positions"]}


def _neox(given: Given, values: dict[str, Any]) -> dict[str, Any]:
    return {"parallel": bool(given.get("use_parallel_residual", True))}


def _stablelm(given: Given, values: dict[str, Any]) -> dict[str, Any]:
    parallel = bool(given.get("use_parallel_residual", False))
    return {"parallel": parallel, "norms": 1 if parallel else 2}


_SPECIAL = {
    "gpt2": _positions,
    "gpt_bigcode": _positions,
    "gpt_neo": _positions,
    "gpt_neox": _neox,
    "opt": _opt,
    "mpt": _mpt,
    "falcon": _falcon,
    "stablelm": _stablelm,
    "deepseek_v2": _mla,
    "deepseek_v3": _mla,
    "kimi_k2": _mla,
}
