"""How sure a predicted peak is, and whether it fits."""

import functools
import math
from collections.abc import Callable

from rigwright.predict import constants as constants_table
from rigwright.predict.memory.blocks import written
from rigwright.predict.memory.peak import TABLE, Parts

COVERED = 0.8
"""Share of measured peaks that the range holds."""
FAR_OFF = 0.02
"""Share of runs whose peak no width of range foresees: libraries that try convolution algorithms
with whatever memory is free."""
DRIVER_BYTES = 0.35 * 1024**3
"""What the driver and a desktop keep of a card's memory."""


def range_of(parts: Parts) -> str:
    """The constant with the half width of the logarithmic range that holds ``COVERED``.

    Traced models of text were measured among the fine-tuning runs; of what nobody measured the
    widest is said.
    """
    if parts.own_buffers or parts.unmeasured:
        return "range_buffers"
    if written(parts.ops) or parts.ops.is_text:
        return "range_written"
    return "range_traced" if parts.training else "range_inference"


@functools.cache
def measured_on(name: str) -> str:
    """The measurements that a constant was taken from."""
    return next(row.calibrated_on for row in constants_table.read(TABLE) if row.name == name)


def probability(peak_bytes: float, usable_bytes: float, width: float) -> float:
    """Chance that a measured peak is within ``usable_bytes``.

    Errors have a sharp top and long tails, on both sides (Laplace's distribution of logarithms);
    ``FAR_OFF`` more are anywhere.
    """
    if peak_bytes <= 0:
        return 1.0
    if usable_bytes <= 0:
        return 0.0
    scale = width / -math.log(1.0 - COVERED)
    x = math.log(usable_bytes / peak_bytes) / scale
    chance = 1.0 - 0.5 * math.exp(-x) if x >= 0 else 0.5 * math.exp(x)
    return FAR_OFF / 2 + (1.0 - FAR_OFF) * chance


def least_room(peak_bytes: float, width: float) -> float:
    """The least usable memory for which the verdict on a peak is that it fits. [B]"""
    sure = (1.0 + COVERED) / 2.0
    tail = 2.0 * (1.0 - (sure - FAR_OFF / 2.0) / (1.0 - FAR_OFF))
    return peak_bytes * math.exp(-math.log(tail) * width / -math.log(1.0 - COVERED))


def largest(fits: Callable[[int], bool], most: int) -> int | None:
    """The largest 1..most for which ``fits`` holds, which stops holding once; None when never."""
    if not fits(1):
        return None
    low, high = 1, 2
    while high <= most and fits(high):
        low, high = high, 2 * high
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def verdict(chance: float) -> str:
    """fits (9 in 10 or more), tight, or too small (1 in 10 or less)."""
    if chance >= (1.0 + COVERED) / 2:
        return "fits"
    return "tight" if chance > (1.0 - COVERED) / 2 else "too small"
