"""Facts of a chip's architecture, of the libraries that run on it and of the hosts it is put in.

A row with the chip's compute capability goes before one of its architecture, that before one of
its maker.
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from rigwright.spec.parts import Chip
from rigwright.spec.tables.table import records, table

DATA = Path(__file__).parent.parent / "data"
SERVERS = frozenset({"datacentre"})
LAPTOPS = frozenset({"laptop", "soc"})


@dataclass(frozen=True, slots=True)
class Process:
    """Manufacturing process of an architecture, in nm as the foundry names it.

    compute_capability : of these chips only; empty = of all others of the architecture.
    operands, exponents : rates per SM and clock at which matrix units are fed, and at which
    attention takes exponentials, over those of Ampere and Hopper.  engines : of one SM, over four.
    """

    architecture: str
    compute_capability: str
    process_nm: float
    operands: float
    exponents: float
    engines: float


@dataclass(frozen=True, slots=True)
class Library:
    """Kernel library of an architecture; empty = of all others.

    matrix_fp32 : peak of fp32 matrix instructions over the printed vector peak, 0 = none.
    vector_fp32 : part of the printed vector peak that kernels can issue.
    matrix_16 : part of the printed 16-bit matrix peak that kernels can use.
    packed_16 : 16-bit products use packed or dot arithmetic where there are no matrix units.
    tuned : 1 = as well as CUDA, 0 = as ROCm on desktop chips (``untuned_kernels``), below = worse.
    streams : share of memory bandwidth over what CUDA kernels reach.
    dispatch_s : host time of a kernel that is not replayed from a graph, 0 = graphs.
    range : added to the log half width of the 80 % range, since little of it was measured.
    """

    vendor: str
    architecture: str
    compute_capability: str
    library: str
    matrix_fp32: float
    vector_fp32: float
    matrix_16: float
    packed_16: bool
    tuned: float
    streams: float
    dispatch_s: float
    range: float


@functools.cache
def _rows(kind: type[Process] | type[Library], name: str) -> dict[tuple[str, ...], Any]:
    """Rows by maker (of libraries), architecture and compute capability."""
    fields = [f for f in ("vendor", "architecture", "compute_capability") if f in kind.__slots__]
    return {tuple(getattr(row, f) for f in fields): row for row in table(kind, DATA / name)}


def _released(chip: Chip) -> float:
    return chip.released.year + (chip.released.month - 1) / 12.0 if chip.released else 2022.0


@functools.cache
def process(chip: Chip) -> Process:
    """Of the chip; by the year of release where the architecture is not known."""
    for key in (chip.compute_capability or "", ""):
        if found := _rows(Process, "processes.csv").get((chip.architecture, key)):
            return cast("Process", found)
    # 28 nm in 2014, 5 nm in 2022: a factor 5.6 in eight years.
    nm = float(np.clip(28.0 * 2 ** (-(_released(chip) - 2014) * 0.31), 3.0, 40.0))
    return Process(chip.architecture, "", nm, 1.0, 1.0, 1.0)


@functools.cache
def library(chip: Chip) -> Library:
    """Of the chip; a maker that nobody knows counts as AMD's desktop chips."""
    found, of = _rows(Library, "libraries.csv"), (chip.vendor, chip.architecture)
    for key in ((*of, chip.compute_capability or ""), (*of, ""), (chip.vendor, "", "")):
        if key in found:
            return cast("Library", found[key])
    return cast("Library", found["amd", "", ""])


@functools.cache
def host_speed(chip: Chip) -> float:
    """What a core does in machines that the chip is usually put in, over the reference host's.

    Machines are taken to be as old as the chip: of the year after its release.
    """
    small = chip.segment in LAPTOPS and chip.vendor != "apple"
    kind = "server" if chip.segment in SERVERS else "laptop" if small else "desktop"
    rows = [row for row in records(DATA / "hosts.csv") if row["machines"] == kind]
    years, speeds = ([float(row[name]) for row in rows] for name in ("year", "core_speed"))
    return float(np.interp(_released(chip) + 1.0, years, speeds))
