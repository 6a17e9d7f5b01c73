"""How engines made for serving run the layers (``data/engines.csv``: a row each, with its source).

Engines whose rows are alike are predicted alike: a difference must be in the table.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.run import BPW, WIDE
from rigwright.spec.software import ENGINES, Software
from rigwright.spec.tables.table import table

TABLE = Path(__file__).parent / "data" / "engines.csv"
USUAL = "llama.cpp"
FAMILIES = {"gguf": r"(?:ud_)?i?t?q\d.*|mxfp4_moe", "exl2": BPW.pattern, "mlx": r"mlx_.*"}
"""Formats that are read together: family -> what its precisions are called."""


@dataclass(frozen=True, slots=True)
class Engine:
    """How an engine runs the layers.

    launch : constant with the time per layer; dispatched : from Python, operation by operation.
    dispatches : operations that a layer of a step without graphs sends so.
    chunk : prompt tokens computed together.
    ahead : steps that are planned before one ends; who comes meanwhile waits for them too.
    fused : attention keeps no scores in memory.  paged : the cache is kept in pages.
    first : kernels of before mid-2024.
    joint : several cards share every layer (tensor parallel), else they hold some layers each.
    library : 16- and 8-bit weights are multiplied by the chip maker's library.
    narrow : 16-bit products are accumulated in 16 bit, twice as fast on GeForce tensor cores.
    formats : that it reads beside 32 and 16 bit, those of FAMILIES by their family.
    """

    name: str
    launch: str
    dispatches: int
    chunk: int
    ahead: int
    fused: bool
    first: bool
    joint: bool
    library: bool
    narrow: bool
    paged: bool
    formats: tuple[str, ...]

    def reads(self, precision: str) -> bool:
        """Weights in this format run in it."""
        families = (name for name, names in FAMILIES.items() if re.fullmatch(names, precision))
        return precision in WIDE or next(families, precision) in self.formats


@functools.cache
def engines() -> Mapping[str, Engine]:
    """Every engine of ``spec.software.ENGINES`` by its name."""
    rows = {row.name: row for row in table(Engine, TABLE)}
    return {name: rows[name] for name in ENGINES}


def engine_of(software: Software) -> Engine:
    """The engine of a run; llama.cpp where none is named."""
    return engines()[software.engine or USUAL]
