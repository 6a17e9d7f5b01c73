"""A parsed ``config.json`` -> DecoderConfig: each layer is composed of what the keys say it has.

Sources: the ``configuration_*.py`` and ``modeling_*.py`` of each family in transformers 5.24.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.workload.decoder import mixers
from rigwright.workload.decoder.config import DecoderConfig, Repeated
from rigwright.workload.decoder.given import Given, filled, layer_words
from rigwright.workload.decoder.parts import Layer, Matrix, Mixture, Mlp, Part
from rigwright.workload.decoder.quantised import stored_of
from rigwright.workload.decoder.towers import tower_parameters

INNER = ("text_config", "llm_config", "language_config", "thinker_config")
"""Where configurations of models that also see or hear keep the language part."""
LANGUAGE = ("CausalLM", "ConditionalGeneration", "LMHeadModel")
_NEEDED = ("layers", "hidden", "heads", "vocab")
_DEFAULT_POSITIONS = 2048
"""For families whose configuration states none (ALiBi: Falcon, Bloom)."""
_SPARSE = ("sparse", "moe", "hash_moe", "1", 1, True)


def from_dict(given: Mapping[str, Any], name: str) -> DecoderConfig:
    """The decoder that a parsed ``config.json`` describes, with towers that see or hear counted.

    An unknown ``model_type`` is read by the keys that are known, with a note. Raises InputError for
    what is no decoder and for missing or impossible sizes.
    """
    g = Given(_inner(given), name)
    _refuse_others(g)
    if not isinstance(g.data.get("model_type"), str):
        raise InputError(name, "model_type", "nothing", "the word for the family, as llama")
    if not g.known:
        g.notes.append(
            f"model_type {g.family!r} is not known: read by its keys, as layers of their usual kind"
        )
    layers = _layers(g)
    counts: dict[Layer, int] = {}
    for layer in layers:
        counts[layer] = counts.get(layer, 0) + 1
    config = DecoderConfig(
        name=name, family=g.family, hidden=g.number("hidden"), vocab=g.number("vocab"),
        max_positions=g.number("max_positions", _DEFAULT_POSITIONS),
        stack=tuple(map(Repeated._make, counts.items())),
        norm=g.traits.get("norm", "rms"), activation=_activation(g),
        norm_bias=g.biased("no_bias", True) if g.traits.get("bias") == "no_bias" else (
            g.trait("norm_bias")),
        embedding_norm=g.trait("embedding_norm"), head_bias=g.trait("head_bias"),
        embeds=g.says("embeds"), **_ends(g),
    )  # fmt: skip
    config = replace(config, towers=tower_parameters(given, g, config.hidden))
    config = replace(config, **_beside(g, config))
    return replace(config, stored=stored_of(given, g, config, layers), notes=tuple(g.notes))


def _inner(given: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in INNER:
        text = given.get(key)
        if isinstance(text, Mapping):
            outer = {k: v for k, v in given.items() if k not in INNER}
            said = {k: v for k, v in text.items() if v is not None}
            if outer.get("tie_word_embeddings") is not None:  # the whole's word counts
                said.pop("tie_word_embeddings", None)
            family, whole = text.get("model_type"), given.get("model_type")
            if not family or (whole and not Given({"model_type": family}, "").known):
                family = whole  # only that is known
            told = {**outer, **said, "model_type": family}
            return _inner(filled(told, text, _NEEDED))
    return given


def _refuse_others(g: Given) -> None:
    """What writes no text by itself, and families whose layers the parts cannot make up."""
    if "refused" in g.traits and g.switched("refused_if"):
        allowed = f"another family: {g.traits['refused']} are not read"
        raise InputError(g.name, "model_type", g.family, allowed, "rigwright trace config.json")
    kinds = [str(kind) for kind in g.data.get("architectures") or ()]
    other = kinds and not any(kind.endswith(LANGUAGE) for kind in kinds)
    if g.says("is_encoder_decoder") or (not g.known and (other or "type_vocab_size" in g.data)):
        allowed = "a language model that writes text by itself"
        said = kinds[0] if kinds else g.family
        raise InputError(g.name, "architectures", said, allowed, "rigwright trace config.json")


# -- the ends ------------------------------------------------------------------------------
def _activation(g: Given) -> str:
    named = g.raw("activation")
    return named if isinstance(named, str) else g.traits.get("activation", "silu")


def _ends(g: Given) -> dict[str, Any]:
    tied = g.data.get("tie_word_embeddings")
    positions = g.traits.get("positions")
    learned = g.number("max_positions", _DEFAULT_POSITIONS) if positions else 0
    if positions == "alibi":  # written in the attention's settings or beside them
        inside = g.data.get("attn_config") or {}
        alibi = inside.get("alibi", g.says("alibi", True))
        learned = learned if g.says("learned_pos_emb", True) and not alibi else 0
    elif positions:
        learned += int(positions)
    before = g.says("do_layer_norm_before", True) and not g.says("_remove_final_layer_norm")
    return {
        "tied": g.trait("tied") if tied is None else bool(tied),
        "learned_positions": learned,
        "word_dim": g.number("words", g.number("hidden")),
        "final_norm": before,
    }


def _beside(g: Given, c: DecoderConfig) -> dict[str, Any]:
    """What some families keep outside the layers, and layers that only propose tokens."""
    h, layers, width = c.hidden, c.layers, g.number("per_layer", 0)
    copies = g.number("altup", 1) - 1
    streams = g.number("streams", 1)
    last = c.stack[-1].layer
    mixtures = sum(m.count * m.expert(h) for m in last.parts if isinstance(m, Mixture))
    layer = sum(m.weights for m in last.matrices(h)) + mixtures
    widths = g.raw("expert_width")  # a second mixture of a layer sees pictures only (ERNIE VL)
    narrow = Mlp(width=widths[1]).weights(h) if isinstance(widths, list) and widths[1:] else 0
    return {
        "towers": c.towers + narrow * sum(m.count * n for m, n in c.mixtures),
        "looked_up": g.number("per_layer_vocab", c.vocab) * layers * width,
        "others": h * layers * width + width + 2 * copies * h * h
        + (streams * (streams * h + 1) if streams > 1 else 0),
        "extra_heads": g.number("proposing", 0) * (layer + 2 * h * h),
    }  # fmt: skip


# -- the layers ----------------------------------------------------------------------------
def _layers(g: Given) -> list[Layer]:
    kinds = _kinds(g)
    if not isinstance(g.data.get("block_configs") or g.data.get("per_layer_config"), list | dict):
        return [_layer(g, i, kind, kinds) for i, kind in enumerate(kinds)]
    own = [_at(g, i) for i in range(len(kinds))]
    return [_left(o, _layer(o, i, kinds[i], kinds)) for i, o in enumerate(own)]


def _at(g: Given, i: int) -> Given:
    """The configuration as one layer has it, where layers have sizes of their own."""
    block = (g.data.get("block_configs") or [{}] * (i + 1))[i]
    mixer, feed = block.get("attention") or {}, block.get("ffn") or {}
    said = {int(k): v for k, v in (g.data.get("per_layer_config") or {}).items()}
    own = {**mixer, **feed, **block, **said.get(i, {})}
    if group := mixer.get("n_heads_in_group"):
        own["num_key_value_heads"] = g.number("heads") // group
    if feed and not feed.get("intermediate_size"):  # DeciLM: in units of 256
        width = int(2 * float(feed.get("ffn_mult") or 1) * g.number("hidden") / 3)
        own["intermediate_size"] = 256 * math.ceil(width / 256)
    return replace(g, data={**g.data, **own})


def _left(g: Given, layer: Layer) -> Layer:
    """What a search left of a layer: halves may be gone, or a single product (DeciLM)."""
    halves = [g.data.get(half) or {} for half in ("attention", "ffn")]
    linear = [half.get("replace_with_linear") for half in halves]
    gone = [half.get("no_op") or one for half, one in zip(halves, linear, strict=True)]
    if not any(gone):
        return layer
    kept = tuple(b for b, no in zip(layer.branches, gone, strict=True) if not no)
    products = (Matrix("linear", g.number("hidden"), g.number("hidden")),) * sum(map(bool, linear))
    return replace(layer, branches=kept, norms=len(kept) + len(products), beside=products)


def _kinds(g: Given) -> list[str]:
    """The kind of every layer, by the configuration's list or by the rule of its family."""
    said = g.items("kinds")
    layers = len(said) if said and g.raw("layers") is None else g.number("layers")
    if said:
        words = layer_words()
        numbers = {0: "state", 1: "full"} if "attn_type_list" in g.data else {0: "full", 1: "near"}
        if not mixers.state_kind(g):  # "hybrid" is a word for attention then
            words = words | {word: "full" for word, kind in words.items() if kind == "both"}
        kinds = [numbers.get(k, "") if isinstance(k, int) else words.get(str(k), "") for k in said]
        if len(kinds) < layers or not all(kinds[:layers]):
            strange = next(
                (str(k) for k, kind in zip(said, kinds, strict=True) if not kind), len(said)
            )
            allowed = f"{layers} words of: {', '.join(words)}"
            raise InputError(g.name, "layer_types", strange, allowed)
        return kinds[:layers]
    return [_kind(g, i) for i in range(layers)]


def _kind(g: Given, i: int) -> str:
    state = mixers.state_kind(g)
    if g.trait("alone") or g.trait("both"):
        return "both" if g.trait("both") else "state"
    if state:
        full = g.items("full_layers")
        if full:
            return "full" if i + ("linear_attn_config" in g.data) in full else "state"
        every = g.number("full_every", int(g.traits.get("full_every", 0)))
        if not every:
            return "state"
        offset = g.raw("full_offset") if g.raw("full_offset") is not None else (
            g.traits.get("full_offset", every - 1))  # fmt: skip
        return "full" if i % every == int(offset) else "state"
    if not g.raw("window"):
        return "full"
    rule = g.traits.get("window", "")
    if rule == "switch":
        far = i < int(g.data.get("max_window_layers") or 0) or not g.says("use_sliding_window")
        return "full" if far else "near"
    every = g.number("full_every", int(rule or 0))
    return "full" if every and (i + 1) % every == 0 else "near"


def _layer(g: Given, i: int, kind: str, kinds: list[str]) -> Layer:
    single = any(k in ("experts", "mlp") for k in kinds) or g.trait("alone")
    if kind in ("experts", "mlp"):
        feed: tuple[Part, ...] = (_mixture(g) if kind == "experts" else _mlp(g, i),)
        return Layer((feed,), 1)
    mixing = mixers.mixers(g, i, kind, len(kinds))
    if single:
        return Layer((mixing,), 1)
    feed = _feed(g, i, len(kinds))
    norms = int(g.traits.get("norms", 2)) + (3 if len(feed) > 1 else 0)
    if g.trait("twin"):
        mlp = _mlp(g, i)
        return Layer((mixing, (mlp, _mixture(g)), mixing, (mlp,)), 4)
    if _parallel(g):
        return Layer(((*mixing, *feed),), _parallel_norms(g))
    return Layer((mixing, feed), norms, *_extras(g))


def _parallel(g: Given) -> bool:
    how = g.traits.get("parallel", "")
    if how == "falcon":
        return g.says("new_decoder_architecture") or g.says("parallel_attn", True)
    return how == "true" or (bool(how) and g.says(how, g.trait("parallel_default")))


def _parallel_norms(g: Given) -> int:
    if g.traits.get("parallel") == "falcon":
        two = g.says("new_decoder_architecture") and g.data.get("num_ln_in_parallel_attn") != 1
        return 2 if two else 1
    return int(g.traits.get("parallel_norms", g.traits.get("norms", 2)))


def _extras(g: Given) -> tuple[tuple[Matrix, ...], int]:
    """Products on the stream beside the branches, and small weights (Gemma 3n, DeepSeek-V4)."""
    h, width, rank, copies = g.number("hidden"), g.number("per_layer", 0), g.number("laurel", 0), (
        g.number("altup", 0))  # fmt: skip
    found: tuple[Matrix, ...] = ()
    if width:
        found += (Matrix("per_layer", h, width), Matrix("per_layer", width, h))
    if rank:
        found += (Matrix("laurel", h, rank), Matrix("laurel", rank, h))
    streams = g.number("streams", 1)
    mixing = 2 * streams * (streams + 2) * streams * h if streams > 1 else 0
    small = (h if width else 0) + (h if rank else 0)
    return found, small + mixing + (h * (copies + 2) + copies**2 + copies**3 if copies else 0)


# -- what follows the mixer ----------------------------------------------------------------
def _sparse(g: Given, i: int) -> bool:
    kinds = g.raw("sparse")
    if isinstance(kinds, list):
        return i < len(kinds) and kinds[i] in _SPARSE
    if said := g.items("sparse_layers"):
        return i in [int(n) for n in said]
    every = g.number("moe_every", int(g.traits.get("moe_every", 1)))
    offset = g.raw("moe_offset")
    offset = int(g.traits.get("moe_offset", every - 1)) if offset is None else int(offset)
    return (
        i >= g.number("dense_first", 0) and i not in g.items("dense_layers") and i % every == offset
    )


def _feed(g: Given, i: int, layers: int) -> tuple[Part, ...]:
    if g.number("experts", 1) == 1 or not g.switched("experts_if") or not _sparse(g, i):
        borrows = i >= layers - g.number("borrowing", 0)
        return (_mlp(g, i, wide=borrows and g.says("use_double_wide_mlp")),)
    return (_mlp(g, i), _mixture(g)) if g.trait("mixed") else (_mixture(g),)


def _bias(g: Given) -> bool:
    return g.biased(g.traits.get("bias", "mlp_bias"), g.trait("mlp_bias"))


def _gated(g: Given) -> bool:
    """By family; unknown ones have no gate where their non-linearity is one that stands alone."""
    alone = not g.known and _activation(g).startswith("relu")
    return g.traits.get("gated", "false" if alone else "true") == "true"


def _mlp(g: Given, i: int, *, wide: bool = False) -> Mlp:
    default = g.number("hidden") * g.number("expansion", 4)
    gated = _gated(g)
    width = g.at("intermediate", i, 0 if gated else default)
    if g.number("experts", 1) == 1 and g.raw("shared_width"):  # a mixture without experts
        width = g.number("shared_width")
    if not width:
        width = g.number("expert_width")
    if g.trait("adjust") and g.says("block_auto_adjust_ff_dim"):
        unit = int(g.data.get("block_multiple_of", 256))
        width = int(float(g.data.get("block_ffn_dim_multiplier") or 1) * int(2 * width / 3))
        width = unit * math.ceil(width / unit)
    return Mlp(width=width * (2 if wide else 1), gated=gated, bias=_bias(g))


def _mixture(g: Given) -> Mixture:
    gated = _gated(g)
    count, width = g.number("experts"), g.number("expert_width")
    shared = g.number("shared_width", 0) or g.number("shared_experts", 0) * width
    if g.trait("shared_one") and not shared:
        shared = width
    return Mixture(
        count=count, per_token=min(g.number("experts_per_token", 2), count),
        each=Mlp(width=width, gated=gated, bias=_bias(g)),
        always=Mlp(width=shared, gated=gated, bias=_bias(g)) if shared else None,
        always_gate=g.trait("shared_gate") and shared > 0, latent=g.number("latent", 0),
        router_bias=_router_bias(g), scales=g.number("hidden") + count if g.trait("mixed") else 0,
    )  # fmt: skip


def _router_bias(g: Given) -> bool:
    said = g.traits.get("router_bias", "asked")
    asked = g.raw("router_bias")
    return said == "true" or (said == "asked" and bool(asked) and asked not in ("greedy", "topk"))
