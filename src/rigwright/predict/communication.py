"""Time that GPUs of one machine spend exchanging gradients, and feeding batches to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.chipmodel import ChipTable
from rigwright.predict.constants import Constants

Array = NDArray[np.float64]


def all_reduce_seconds(
    gradient_bytes: float,
    gpu_count: int,
    gpu_link: str,
    t: ChipTable,
    c: Constants,
    pcie_bytes_per_s: float | None = None,
) -> Array:
    """Ring all-reduce of one gradient set, nothing overlapped. [s] [chips]

    Each GPU sends and receives 2 (n - 1) / n of the bytes (Patarasuk and Yuan 2009,
    doi:10.1016/j.jpdc.2008.09.002). Without peer-to-peer every byte goes through host
    memory, which all GPUs share.
    """
    if gpu_count <= 1:
        return np.zeros(len(t))
    moved = 2.0 * (gpu_count - 1) / gpu_count * gradient_bytes
    bus = t.pcie if pcie_bytes_per_s is None else np.full(len(t), pcie_bytes_per_s)
    slow = bus * (c.pcie_efficiency if gpu_link == "pcie" else c.pcie_host_efficiency / gpu_count)
    fast = t.link / 2.0 * c.nvlink_efficiency
    speed = np.where((gpu_link == "nvlink") & (t.link > 0), np.maximum(fast, slow), slow)
    return moved / np.maximum(speed, 1.0)


def exposed_seconds(
    exchange: Array, backward: Array, step: Array, gpu_count: int, c: Constants
) -> Array:
    """Part of the exchange that the step waits for. [s]

    Buckets overlap with the backward pass: of what fits beside it a share still shows, the rest
    shows fully. Waiting for the slowest GPU takes a share of the step that grows as 1 - 1/n.
    """
    beside = np.minimum(exchange, backward)
    waited = c.straggler_share * (1.0 - 1.0 / gpu_count) * step
    return (1.0 - c.overlap_share) * beside + (exchange - beside) + waited


def input_seconds(batch_bytes: float, t: ChipTable, c: Constants) -> Array:
    """Host-to-device copy of a batch from pageable memory. [s] [chips]"""
    return batch_bytes / np.minimum(t.pcie, c.pageable_copy_gb_s * 1e9)
