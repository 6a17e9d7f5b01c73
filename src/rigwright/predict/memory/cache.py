"""Keys and values that serving keeps of every sequence."""

import math

from rigwright.spec.run import Run
from rigwright.workload.decoder import DecoderConfig

CACHE_BYTES = 2.0
"""The cache is kept in 16 bit by all engines unless told otherwise."""
_WORDS = {"fp16": 2.0, "bf16": 2.0, "fp8": 1.0, "int8": 1.0, "q8_0": 8.5 / 8, "q5_0": 5.5 / 8,
          "q4_0": 4.5 / 8, "int4": 0.5, "nvfp4": 4.5 / 8}  # fmt: skip
PAGE_TOKENS = 16
"""Tokens of one page of the cache (vLLM's and SGLang's default block)."""


def cache_bytes(config: DecoderConfig, run: Run) -> float:
    """Bytes of a cached element: as asked, else as the model's own format says. [B]"""
    if run.kv_precision:
        return _WORDS[run.kv_precision]
    own = config.stored
    return own.cache if own is not None and own.word == run.precision else CACHE_BYTES


def kv_bytes(
    config: DecoderConfig, sequences: int, length: int, *, paged: bool, element: float = CACHE_BYTES
) -> float:
    """Cache of ``sequences`` of ``length`` tokens (prompt and answer). [B]

    paged : in pages, of which each sequence wastes the rest of its last one; else in one piece per
    sequence. Grouped heads and latent attention keep fewer elements per token, layers with a
    sliding window no more tokens than it holds.
    """
    pages = math.ceil(length / PAGE_TOKENS)
    tokens = pages * PAGE_TOKENS if paged else length
    return sequences * config.kv_elements(tokens) * element
