"""Time that GPUs of one machine spend exchanging gradients, and feeding batches to them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.chipmodel import ChipTable
from rigwright.predict.constants import Constants
from rigwright.spec.operation import Array
from rigwright.spec.tables.table import column

LINKS = Path(__file__).parent / "data" / "links.csv"


def all_reduce_seconds(
    gradient_bytes: Array | float,
    gpu_count: Array | int,
    gpu_link: NDArray[np.str_] | str,
    t: ChipTable,
    c: Constants,
    pcie_bytes_per_s: float | None = None,
) -> Array:
    """Ring all-reduce of one gradient set, nothing overlapped. [s] [chips]

    Each GPU sends and receives 2 (n - 1) / n of the bytes (Patarasuk and Yuan 2009,
    doi:10.1016/j.jpdc.2008.09.002). Without peer-to-peer every byte goes through host
    memory and the links of processors, which GPUs share more or less. Bytes, count and link are
    those of all chips, or of each.
    """
    count, link = np.asarray(gpu_count, float), np.asarray(gpu_link)
    moved = 2.0 * (count - 1.0) / count * gradient_bytes
    bus = t.pcie if pcie_bytes_per_s is None else np.full(len(t), pcie_bytes_per_s)
    staged = c.pcie_host_efficiency * (2.0 / count) ** c.pcie_host_crowding
    share = np.where(link == "pcie", c.pcie_efficiency, staged)
    slow, fast = bus * share, t.link / 2.0 * c.nvlink_efficiency
    speed = np.where((link == "nvlink") & (t.link > 0), np.maximum(fast, slow), slow)
    return np.asarray(moved / np.maximum(speed, 1.0))


def lone_exchange(
    tensor_bytes: float, cards: int, link: str, t: ChipTable, c: Constants,
    pcie_bytes_per_s: float | None = None,
) -> tuple[float, float]:  # fmt: skip
    """An all-reduce that nothing else shares the bus with: seconds, and starts over NVLink's.

    The calibrated shares of PCIe are those beside a training step's copies and dispatch.
    """
    share, starts = (column(LINKS, "link", name) for name in ("share", "starts"))
    if not tensor_bytes:
        return 0.0, starts[link]
    idle = {"pcie_efficiency": share["pcie"], "pcie_host_efficiency": share["pcie-host"]}
    took = all_reduce_seconds(tensor_bytes, cards, link, t, c.replace(idle), pcie_bytes_per_s)
    return float(took[0]), starts[link]


def exposed_seconds(
    exchange: Array, backward: Array, step: Array, gpu_count: Array | int, c: Constants
) -> Array:
    """Part of the exchange that the step waits for. [s]

    Buckets overlap with the backward pass: of what fits beside it a share still shows, the rest
    shows fully. Waiting for the slowest GPU takes a share of the step that grows as 1 - 1/n.
    """
    beside = np.minimum(exchange, backward)
    waited = c.straggler_share * (1.0 - 1.0 / gpu_count) * step
    return np.asarray((1.0 - c.overlap_share) * beside + (exchange - beside) + waited)


def input_seconds(batch_bytes: Array | float, t: ChipTable, c: Constants) -> Array:
    """Host-to-device copy of a batch from pageable memory. [s] [chips]"""
    return np.asarray(batch_bytes / np.minimum(t.pcie, c.pageable_copy_gb_s * 1e9))
