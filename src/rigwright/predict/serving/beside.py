"""Weights beside the card: layers or routed experts that lie in main memory.

llama.cpp works on them where they lie, and sends them to the card for long prompts; engines of many
users send them to the cards in every step.
"""

import math
from collections.abc import Mapping
from typing import Any

from rigwright.predict.chip.processor import is_processor
from rigwright.predict.memory import unified
from rigwright.spec.errors import InputError
from rigwright.spec.run import Machine, Run

FILLED = 0.95
"""Part of what a process can have of a card that is filled before anything lies beside it."""
SYSTEM_BYTES = 6 * 2**30
"""Of main memory for the system and the engine."""
ON_HOST = {
    "tensor": 0.0, "library": 0.0, "tensor_cards": 1.0, "filled": 1.0, "stages": 1.0, "joint": 0.0,
    "wire": 0.0, "graph": 0.0, "launched": 0.0, "dispatches": 0.0, "first": 0.0, "clock": 1.0,
    "sequences": 0.0, "around": 0.0,
}  # fmt: skip
"""What a card has and a processor has not; the card counts the sequences."""


def places(
    layers: int, run: Run, machine: Machine, sizes: Mapping[str, float]
) -> tuple[float, float, float]:
    """Parts in main memory: of the layers, of the experts (those of these layers too), and the
    bytes of both.

    sizes : of the fullest card if it held everything. [B]
    """
    chip = machine.chip
    if chip.unified_memory or is_processor(chip) or not (run.offload or said(run)):
        return 0.0, 0.0, 0.0
    experts, moving = sizes["experts"], sizes["dense"] + sizes["kv cache"]
    if run.cpu_moe and not experts:
        raise InputError("run", "cpu_moe", run.cpu_moe, "nothing: the model has no experts")
    free = FILLED * unified.usable_bytes(chip) - sum(sizes.values()) + experts + moving
    if said(run):
        away = max(1.0 - (run.gpu_layers or layers) / layers, 0.0)
        routed = max(away, min((run.cpu_moe or 0) / layers, 1.0))
    elif experts and moving <= free:
        away, routed = 0.0, max(1.0 - (free - moving) / experts, 0.0)
    else:
        away = min(max(1.0 - free / max(moving, 1.0), 0.0), 1.0)
        routed = 1.0 if experts else away
    away, routed = (math.ceil(x * layers) / layers for x in (away, routed))
    taken = machine.gpu_count * (away * moving + routed * experts)
    held = max((machine.ram_bytes or math.inf) - SYSTEM_BYTES, 0.0)
    scale = min(held / taken, 1.0) if taken else 1.0  # what memory does not take stays on the card
    return away * scale, routed * scale, taken * scale


def said(run: Run) -> bool:
    """Whether the run itself says which layers."""
    return run.gpu_layers is not None or run.cpu_moe is not None


def divided(
    case: dict[str, Any], placed: tuple[float, float, float], host: Mapping[str, float]
) -> dict[str, Any]:
    """A step with a part of it beside the card: ``host`` is that part, on the processor."""
    away, routed, taken = placed
    more = routed - away
    part = dict.fromkeys(("cache", "mixing", "scores", "layers"), away)
    part["read"] = away + more * case["routed_read"]
    part["unpacked"] = part["plain"] = away + more * case["routed_weights"]
    part["flop"] = away + more * case["routed_flop"]
    there = {name: case[name] * share for name, share in part.items()}
    there["layers"] = case["layers"] * routed
    here = {name: case[name] * (1.0 - share) for name, share in part.items()}
    here["host"], here["whole"] = {**case, **ON_HOST, **there, **host}, case
    rate = f"read at {host['bandwidth'] / 1e9:.0f} GB/s"
    what = f"{away:.0%} of the layers" if away else f"{routed:.0%} of the experts"
    here["beside"] = f"{taken / 2**30:.1f} GiB lie in main memory ({what}), {rate}"
    return {**case, **here}
