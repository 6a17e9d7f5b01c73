"""What one core does: clock times work per clock, over the host of the published tables.

Work per clock is what makers state from generation to generation (``data/cores.csv``). It is an
average over their own programs: for one program it is good to about 15 %.
"""

from pathlib import Path

from rigwright.predict.chip.facts import host_speed
from rigwright.spec.parts import Cpu
from rigwright.spec.run import Machine
from rigwright.spec.tables.table import column

REFERENCE_CPU_MHZ = 4000.0
"""Boost clock typical of the machines in the published tables; their cores count as Skylake's."""
CORES = Path(__file__).parent.parent / "data" / "cores.csv"


def per_clock(generation: str) -> float | None:
    """Work per clock of a generation over Skylake's; None for one that nobody knows."""
    return column(CORES, "generation", "per_clock").get(generation)


def flop_per_clock(generation: str) -> float | None:
    """32-bit arithmetic of a core in one clock; None for a generation that nobody knows.

    Fused multiply-adds on vectors: two of 128 bits 16, of 256 bits (AVX2) 32, of 512 bits 64
    (uops.info, VFMADD); no chip with AVX-512 whose halves are joined or that has it switched off.
    """
    return column(CORES, "generation", "flop_per_clock").get(generation)


def full_cores(cpu: Cpu) -> float:
    """What all cores do together over one fast core at its boost clock.

    Only fast cores run two threads, so ``threads - cores`` tells their number; where none does, a
    desktop part has eight of them at most. All together run half-way between base and boost clock,
    a planning assumption; a second thread of a core is not counted.
    """
    small, fast = column(CORES, "generation", "small_core").get(cpu.generation), cpu.cores
    if small is not None and cpu.threads < 2 * cpu.cores:
        fast = cpu.threads - cpu.cores or min(cpu.cores, 8)
    together = fast + (small or 0.0) * (cpu.cores - fast)
    if not cpu.base_mhz or not cpu.boost_mhz:
        return together
    return together * (1.0 + min(cpu.base_mhz / cpu.boost_mhz, 1.0)) / 2.0


def core_speed(machine: Machine) -> float | None:
    """Speed of one core over the reference host's; None where its clock is not known."""
    if not machine.cpu_mhz:
        return None
    return machine.cpu_mhz / REFERENCE_CPU_MHZ * (machine.cpu_per_clock or 1.0)


def host_scale(machine: Machine) -> float:
    """Time that this host dispatches in, over the reference host's.

    Where no processor is named, that of machines that the chip is usually put in.
    """
    return 1.0 / (core_speed(machine) or host_speed(machine.chip))
