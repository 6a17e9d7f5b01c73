"""What a PCIe link carries: the one home of its rates (``data/pcie.csv``)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import table

TABLE = Path(__file__).parent / "data" / "pcie.csv"


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation: transfers and payload of one lane, one direction, encoding counted."""

    gen: int
    gt_per_s: float
    lane_bytes_per_s: float


@functools.cache
def lane_rates() -> dict[float, float]:
    """Generation -> payload of one lane in one direction. [B/s]"""
    return {float(row.gen): row.lane_bytes_per_s for row in table(Generation, TABLE)}
