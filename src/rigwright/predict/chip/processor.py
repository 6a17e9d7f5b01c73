"""What runs a model as one chip: a processor with its main memory, or several cards in turn."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine

USUAL_BYTES_PER_S, USUAL_CORES, USUAL_MHZ, USUAL_GIB = 89.6e9, 8, 4500.0, 64
"""Of a desktop of today, where nobody says: two channels of DDR5-5600 (JEDEC: 8 bytes each)."""
FLOP_PER_CLOCK = 32
"""Of a core with AVX2, where its generation is not known."""
MAKER, NAMELESS = "cpu", "processor"


def is_processor(chip: Chip) -> bool:
    """Whether no card works, but the processor alone."""
    return chip.vendor == MAKER


def processor_chip(machine: Machine | None = None) -> Chip:
    """A core counts as an SM, main memory as the chip's; what is not known is as usual."""
    cores: float = (machine and (machine.cpu_full_cores or machine.cpu_cores)) or USUAL_CORES
    mhz = (machine and machine.cpu_mhz) or USUAL_MHZ
    each = (machine and machine.cpu_flop_per_clock) or FLOP_PER_CLOCK
    return Chip(
        id=MAKER, name=(machine and machine.cpu) or NAMELESS, aliases=(), vendor=MAKER,
        segment="soc", architecture=MAKER, sm_count=max(round(cores), 1), boost_mhz=mhz,
        fp32_flop_per_s=each * cores * mhz * 1e6,
        vram_bytes=round((machine and machine.ram_bytes) or USUAL_GIB * 2**30),
        bandwidth_bytes_per_s=(machine and machine.ram_bytes_per_s) or USUAL_BYTES_PER_S,
        power_limit_w=1e4,  # its clock under load is counted in its cores
        unified_memory=True, source="the machine's own parts", source_date=dt.date(2026, 11, 30),
    )  # fmt: skip


# -- cards that hold some layers each and work in turn (llama.cpp's default): one chip -----
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
