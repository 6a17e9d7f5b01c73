"""Weights and caches of configurations as transformers builds them, against our reading of them.

    python -m venv /tmp/hf && /tmp/hf/bin/pip install torch transformers pillow torchvision
    PYTHONPATH=src /tmp/hf/bin/python tools/models_crosscheck.py [model_type …]

Every class that writes text is built on the meta device: as its configuration class has it, then
with each of its sizes doubled, each switch turned and each list reversed, one at a time, on eight
layers and a small vocabulary. Prints what differs by more than 1 % in weights or, for plain
attention, in the cache of a token, and what is refused. Exit 1 when something was read wrongly.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.workload.decoder.given import Given
from rigwright.workload.decoder.reading import from_dict

NEAR = 0.01
"""Greatest relative distance that counts as the same."""
BUILT_OTHERWISE = {
    "mllama": "layers that look at pictures keep nothing of texts: ours counts them, which is more",
    "helium": "transformers 5.24 makes an output of the stream's width whatever the heads",
    "longcat_flash": "transformers 5.24 allocates gate_up_proj of zero experts, which have none",
    "mpt:expansion_ratio": "transformers 5.24 fixes four times the width",
    "gpt_bigcode:multi_query": "its configuration class writes one head of keys all the same",
}
"""Where the class and the published weights differ, and ours follow those."""
STARTS: dict[str, dict[str, Any]] = {"hunyuan_v1_moe": {"num_experts": 8, "moe_topk": 2}}
"""Sizes to begin from where a class has none of its kind."""
_IDLE = (
    "_id", "dropout", "init", "eps", "theta", "temperature", "use_cache", "output_", "return_dict",
    "chunk_size_feed", "is_decoder", "cross_attention", "max_window", "router_aux", "scal",
    "version", "torch", "dtype", "problem", "coef", "clip", "gradient", "penal", "capping", "pad_",
    "bos", "eos", "token", "time_step_", "kernels", "is_encoder_decoder", "architectures",
    "model_type", "vocab_size", "num_codebooks",
)  # fmt: skip
"""Parts of keys that say nothing about the sizes of a decoder."""


def built(kind: str, name: str, sizes: dict[str, Any]) -> tuple[int, int, dict[str, Any]]:
    """(weights, cached elements a token or 0, the configuration file) of a class on meta."""
    import torch
    import transformers
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    said = {k: v for k, v in sizes.items() if k not in ("model_type", "transformers_version")}
    config = CONFIG_MAPPING[kind](**copy.deepcopy(said))
    with torch.device("meta"):
        model = getattr(transformers, name)(config)
    model.tie_weights()
    weights = sum({id(p): p.numel() for p in model.parameters()}.values())
    keys = [
        p.shape[0]
        for n, p in model.named_parameters()
        if n.endswith(("self_attn.k_proj.weight", "self_attn.v_proj.weight"))
        and not any(word in n for word in ("vision", "audio", "visual", "image", "tower", "extend"))
    ]
    written = json.loads(config.to_json_string())
    return weights, sum(keys), {"model_type": kind, **written, "architectures": [name]}


def base(kind: str) -> Iterator[dict[str, Any]]:
    """Sizes to try: eight layers and a small vocabulary, then as the class has them."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    own = json.loads(json.dumps(CONFIG_MAPPING[kind]().to_dict(), default=str))
    own |= STARTS.get(kind, {})
    for key, value in (("head_dim", None), ("num_key_value_heads", "num_attention_heads")):
        if key in own and own[key] is None and "num_attention_heads" in own:
            per_head = own.get("hidden_size", 0) // own["num_attention_heads"]
            own[key] = own[value] if value else per_head
    lists = ("layer_types", "layers_block_type", "mlp_layer_types", "indexer_types")
    small = {k: v for k, v in own.items() if k not in lists}
    small |= {k: 8 for k in ("num_hidden_layers", "n_layer", "n_layers", "num_layers") if k in own}
    small |= {k: 1000 for k in ("vocab_size",) if k in own}
    yield small | {k: 0 for k, v in own.items() if k.endswith("_token_id") and v is not None}
    yield own


def changed(sizes: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(what was changed, sizes) for every key that may matter."""
    for key, value in sizes.items():
        if any(word in key for word in _IDLE):
            continue
        if isinstance(value, bool):
            other: Any = not value
        elif isinstance(value, int):
            other = value // 2 if "key_value_heads" in key and value > 1 else max(2 * value, 2)
        elif isinstance(value, list) and len(value) >= 4:
            other = value[::-1]
        else:
            continue
        yield f"{key}={other}"[:60], sizes | {key: other}


def compared(label: str, weights: int, keys: int, given: dict[str, Any]) -> str:
    """One word on a configuration; prints what is not the same."""
    known = "" if Given(given, "").known else " (unknown family)"
    try:
        ours = from_dict(given, "config.json")
    except InputError as error:
        print(f"refused {label}{known}: {str(error)[:150]}", flush=True)
        return "refused"
    off = ours.parameters / weights - 1.0
    if abs(off) > NEAR:
        print(f"OFF     {label}{known}: {off:+.1%} of {weights / 1e6:,.1f} M weights", flush=True)
        return "off"
    plain = ours.attentions and not any(a.kv_rank or a.one_kv for a, _ in ours.attentions)
    if keys and plain and abs(ours.kv_elements_per_token / keys - 1.0) > NEAR:
        said = f"{ours.kv_elements_per_token:,} elements a token, transformers {keys:,}"
        print(f"CACHE   {label}{known}: {said}", flush=True)
        return "cache"
    return "same"


def checked(kind: str, name: str) -> Counter[str]:
    """One family in all its forms."""
    found: Counter[str] = Counter()
    sizes, error = None, None
    try:
        tries = list(base(kind))
    except Exception as failure:  # some classes have no defaults that hold together
        tries, error = [], failure
    for tried in tries:
        try:
            first = built(kind, name, tried)
        except Exception as failure:
            error = error or failure
            continue
        sizes = tried
        break
    if sizes is None:
        text = " ".join(str(error).split())[:100]
        print(f"unbuilt {kind}: {type(error).__name__} {text}", flush=True)
        return Counter(unbuilt=1)
    if kind in BUILT_OTHERWISE:
        return Counter(otherwise=1)
    found[word := compared(kind, *first)] += 1
    for what, odd in changed(sizes) if word == "same" else ():
        if f"{kind}:{what.partition('=')[0]}" in BUILT_OTHERWISE:
            continue
        try:
            made = built(kind, name, odd)
        except Exception:  # sizes that do not go together
            found["impossible"] += 1
            continue
        found[compared(f"{kind} {what}", *made)] += 1
    return found


def main() -> int:
    """Check the families named, or all; exit 2 without transformers."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    warnings.filterwarnings("ignore")
    try:
        from transformers.models.auto import modeling_auto as auto
    except ImportError as error:
        print(f"models crosscheck: {error}", file=sys.stderr)
        return 2
    classes = auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES | (
        auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES)  # fmt: skip
    found: Counter[str] = Counter()
    for kind, name in classes.items():
        if kind in (sys.argv[1:] or classes):
            found += checked(kind, name if isinstance(name, str) else name[0])
    print(", ".join(f"{count:,} {word}" for word, count in sorted(found.items())))
    return int(bool(found["off"] or found["cache"]))


if __name__ == "__main__":
    raise SystemExit(main())
