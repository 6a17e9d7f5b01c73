"""What a framework's name says of how it trains where a question leaves it open."""

from __future__ import annotations

import re
from typing import Any

_ZERO_STAGE = re.compile(r"zero[-_ ]?(?:stage[-_ ]?)?([123])")


def defaults(framework: str) -> dict[str, Any]:
    """Fields of a Run, by the words in ``framework``; empty for words without a meaning here.

    FSDP shards everything (``FULL_SHARD``, PyTorch's default strategy), ``ZeRO-2`` names its stage,
    trainers of large models use Adam, and Megatron before flash attention recomputes blocks
    (``--checkpoint-activations`` of its published pretraining scripts).
    """
    text = framework.lower()
    found: dict[str, Any] = {}
    if "fsdp" in text:
        found["sharding"] = "zero3"
    if stage := _ZERO_STAGE.search(text):
        found["sharding"] = f"zero{stage[1]}"
    if any(word in text for word in ("fsdp", "megatron", "deepspeed", "nemo", "zero")):
        found["optimizer"] = "adam"
    if "megatron" in text and "deepspeed" in text:
        found["grad_checkpointing"] = True
    return found
