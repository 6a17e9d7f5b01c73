"""How fast a chip clocks under a power limit, from voltage and frequency.

Dynamic power is C V^2 f (Rabaey, Digital Integrated Circuits, ch. 5). Above a knee the voltage has
to rise with the clock, so power grows with its cube; below it the voltage stays at the least that
the chip runs at, and power grows with the clock alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.constants import Constants

Array = NDArray[np.float64]


def clock_share(dynamic_w: Any, allowed_w: Any, c: Constants) -> Array:
    """Clock over the boost clock at which dynamic power is ``allowed_w``.

    dynamic_w : what the work draws at the boost clock. [W] May exceed 1: the caller knows whether
    the card boosts further.
    """
    share = np.maximum(allowed_w, 0.0) / np.maximum(dynamic_w, 1e-9)
    return np.asarray(np.where(share >= c.clock_knee**3, np.cbrt(share), share / c.clock_knee**2))
