"""Different cards that hold some layers each and work in turn (llama.cpp's default): one chip."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip

OWN_BYTES = 2**30
"""Of every further card: its driver context and the engine's buffers."""


def is_mixed(chip: Chip) -> bool:
    """Whether it stands for several cards in turn."""
    return "+" in chip.id


def in_turn(chips: Sequence[Chip]) -> Chip:
    """Each card holds layers in proportion to its memory, so a rate is the harmonic mean of theirs
    by memory. What is not a rate is that of the slowest. Raises InputError for shared memory."""
    whole = sum(c.vram_bytes for c in chips)
    if any(c.unified_memory for c in chips):
        raise InputError("run", "gpu", " + ".join(c.name for c in chips), "cards with memory")

    def mean(of: Sequence[float | None]) -> float | None:
        times = [c.vram_bytes / x for c, x in zip(chips, of, strict=True) if x]
        return whole / sum(times) if len(times) == len(chips) else None

    slowest = min(chips, key=lambda c: c.bandwidth_bytes_per_s)
    names = [f.name for f in fields(Chip) if f.name.endswith("per_s")]
    names.append("power_limit_w")
    rates: dict[str, Any] = {name: mean([getattr(c, name) for c in chips]) for name in names}
    rates["link_bytes_per_s"] = None
    clocks = mean([c.sm_count * c.boost_mhz for c in chips]) or 1.0
    return replace(
        slowest, id="+".join(c.id for c in chips), name=" + ".join(c.name for c in chips),
        sm_count=max(round(clocks / slowest.boost_mhz), 1), fast_vram_bytes=None,
        vram_bytes=whole - (len(chips) - 1) * OWN_BYTES, **rates,
    )  # fmt: skip
