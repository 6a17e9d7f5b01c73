"""What a PCIe link carries: the one home of its rates (``data/pcie.csv``)."""

import functools
from pathlib import Path

from rigwright.spec.tables.table import column

TABLE = Path(__file__).parent / "data" / "pcie.csv"


@functools.cache
def lane_rates() -> dict[float, float]:
    """Generation -> payload of one lane in one direction. [B/s]"""
    return {float(gen): rate for gen, rate in column(TABLE, "gen", "lane_bytes_per_s").items()}
