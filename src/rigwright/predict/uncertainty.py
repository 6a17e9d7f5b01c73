"""How wide the range around a prediction must be to hold about 80 % of unseen measurements."""

from __future__ import annotations

from typing import Protocol

from rigwright.predict.constants import Constants


class Known(Protocol):
    """What of a prepared run widens its range."""

    @property
    def unknown(self) -> float:
        """Share of memory traffic in operations of unknown kind."""


def log_half_width(p: Known, gpu_s: float, host_s: float, c: Constants) -> float:
    """Half width of the 80 % range of log(step time); wider for unknown operations."""
    return c.range_base + c.range_unknown * p.unknown
