"""How sure a predicted peak is, and whether it fits."""

from __future__ import annotations

import math

from rigwright.predict.constants import Constants
from rigwright.predict.memory.blocks import written
from rigwright.predict.memory.peak import Parts, load

COVERED = 0.8
"""Share of measured peaks that the range holds."""
FAR_OFF = 0.02
"""Share of runs whose peak no width of range foresees: libraries that try convolution algorithms
with whatever memory is free."""
DRIVER_BYTES = 0.35 * 1024**3
"""What the driver and a desktop keep of a card's memory."""


def half_width(parts: Parts, c: Constants | None = None) -> float:
    """Half width of the logarithmic range that holds ``COVERED`` of measured peaks."""
    c = c or load()
    return float(c.range_written if written(parts.ops) else c.range_traced)


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


def verdict(chance: float) -> str:
    """fits (9 in 10 or more), tight, or too small (1 in 10 or less)."""
    if chance >= (1.0 + COVERED) / 2:
        return "fits"
    return "tight" if chance > (1.0 - COVERED) / 2 else "too small"
