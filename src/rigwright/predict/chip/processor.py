"""A processor with its main memory as the chip that runs a model, alone or beside a card."""

import datetime as dt

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
