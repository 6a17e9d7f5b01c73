"""Which driver, toolkit and PyTorch a chip gets: rows of ``data/toolchains.csv``."""

from rigwright.catalog import tables
from rigwright.spec.parts import Chip
from rigwright.spec.software import Toolchain


def toolchain_of(chip: Chip) -> Toolchain | None:
    """The row of a chip: by compute capability for CUDA, else by architecture; None = none read."""
    for row in tables.load(Toolchain):
        if row.vendor != chip.vendor:
            continue
        if "none" in row.capabilities or not row.capabilities:
            if chip.architecture in row.architectures:
                return row
        elif chip.compute_capability in row.capabilities:
            return row
    return None
