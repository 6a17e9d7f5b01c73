"""Weights of what sees and hears beside a language model, from its own part of a config.json.

``data/towers.csv`` says what a layer, the ends and the way into the language model hold, by the
``model_type`` of the whole or of the tower; ``sight`` and ``sound`` are all others.
"""

import functools
import math
from collections.abc import Mapping
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import records
from rigwright.workload.decoder.given import DATA, Given, filled

_SIGHT = ("vision", "visual", "vit", "image")
_SOUND = ("audio", "speech", "sound")
_ASIDE = ("talker", "2wav")
"""Models of their own behind the language model, which are not counted."""
_NEEDED = ("tower_layers", "tower_hidden")
_WAY_IN = "rigwright trace config.json"


@functools.cache
def _rows() -> dict[str, dict[str, str]]:
    rows = records(DATA / "towers.csv")
    return {word: row for row in rows for word in row["model_types"].split("|")}


def tower_parameters(given: Mapping[str, Any], g: Given, hidden: int) -> int:
    """Weights of all towers and of what leads to ``hidden``; a note where one is unclear."""
    total, whole = 0, Given(given, g.name)
    fixed = int(whole.traits.get("tower", 0))
    for key, value in g.data.items():
        if isinstance(value, Mapping) and any(word in key for word in (*_SIGHT, *_SOUND, *_ASIDE)):
            inner = value.get("encoder_config") or value
            inner = inner if isinstance(inner, Mapping) else value
            tower = Given(filled(inner, inner, _NEEDED), g.name)
            stated = tower.raw("tower_layers") or tower.family in _rows()
            if tower.raw("tower_hidden") and stated and not any(word in key for word in _ASIDE):
                kind = "sound" if any(word in key for word in _SOUND) else "sight"
                total += _tower(tower, whole, hidden, kind)
            elif len(value) > 2 and not fixed:
                g.notes.append(f"{key}: its weights are not counted")
        elif isinstance(value, Mapping) and not whole.known and Given(value, "").raw("hidden"):
            if Given(value, "").raw("layers"):
                allowed = "parts that see, hear or write"
                raise InputError(g.name, key, "layers of its own", allowed, _WAY_IN)
            g.notes.append(f"{key}: its weights are not counted")
    return total or fixed


def _tower(t: Given, whole: Given, hidden: int, kind: str) -> int:
    said = [_rows().get(f"{word}:{kind}") or _rows().get(word) or {}
            for word in (whole.family, t.family, kind)]  # fmt: skip
    layer, once, lead = (
        next(row[column] for row in said if row.get(column)) for column in ("layer", "once", "lead")
    )
    width, heads = t.number("tower_hidden"), t.number("tower_heads", 1)
    side = t.raw("tower_merge") or whole.raw("tower_merge") or 1
    merge = math.prod(side) if isinstance(side, list) else float(side) ** (1 + (kind == "sight"))
    merge = merge if merge >= 1 else 1 / merge
    own: dict[str, float] = {
        "width": width, "hidden": hidden, "merge": merge, "joined": merge * width,
        "merged": merge * width if merge > 1 else 0, "head": t.says("vision_use_head"),
        "inner": t.number("tower_width", 0) or width * float(t.data.get("mlp_ratio") or 4),
        "all": t.number("tower_head_dim", width // heads) * heads,
        "time": int(t.data.get("temporal_patch_size") or 1), "out": t.number("tower_out", hidden),
        "mid": t.number("tower_mid", 0) or whole.number("tower_mid", hidden),
        "leads": 1 + len(t.data.get("deepstack_visual_indexes") or ()),
    }  # fmt: skip
    layers = t.number("tower_layers", 0)
    return layers * t.worked(layer, own) + t.worked(once, own) + t.worked(lead, own)
