"""Weights of what sees and hears beside a language model, from its own part of a config.json."""

import math
from collections.abc import Mapping
from typing import Any

from rigwright.workload.decoder.given import Given

_NAMES = ("vision", "visual", "vit", "audio", "speech", "sound", "image")


def tower_parameters(given: Mapping[str, Any], g: Given, hidden: int) -> int:
    """Weights of all towers and of what leads to ``hidden``; a note where one is unclear."""
    total = 0
    for key, value in given.items():
        if isinstance(value, Mapping) and any(word in key for word in _NAMES):
            inner = value.get("encoder_config") or value
            tower = Given(inner if isinstance(inner, Mapping) else value, g.name)
            if tower.raw("tower_layers") and tower.raw("tower_hidden"):
                total += _tower(tower, hidden, gated=g.trait("tower_gated"))
            elif len(value) > 2:
                g.notes.append(f"{key}: its weights are not counted, its sizes are not stated")
    whole = any("Conditional" in str(kind) for kind in given.get("architectures") or ())
    return total or (int(g.traits.get("tower", 0)) if whole else 0)


def _tower(t: Given, hidden: int, *, gated: bool) -> int:
    width, layers = t.number("tower_hidden"), t.number("tower_layers")
    inner = t.number("tower_width", 0) or int(width * float(t.data.get("mlp_ratio") or 4))
    heads = t.number("tower_heads", 1)
    attention = 4 * width * (t.number("tower_head_dim", width // heads) * heads + 1)
    mlp = (3 if gated else 2) * width * inner + inner + width
    patch = t.number("tower_patch", 16)
    sees = 3 * patch**2 * int(t.data.get("temporal_patch_size") or 1) * width
    first = sees if t.raw("tower_patch") else 3 * 128 * width
    axes = 2 if t.data.get("position_embedding_size") else 1
    positions = axes * t.number("tower_positions", 0) * width
    return layers * (attention + mlp + 4 * width) + first + positions + _leading(t, width, hidden)


def _leading(t: Given, width: int, hidden: int) -> int:
    """What joins patches and leads to the language model."""
    merge = t.raw("tower_merge") or t.data.get("merge_kernel_size") or 1
    side = math.prod(merge) if isinstance(merge, list) else float(merge) ** 2
    joined = round(width * (side if side >= 1 else 1 / side))
    again = 1 + len(t.data.get("deepstack_visual_indexes") or ())
    return again * (joined * joined + joined * hidden) if joined > width else joined * hidden
