"""What whoever runs the server may set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of one server process.

    rate_per_s, burst : token bucket of one client address; a rate of 0 lifts the limit.
    body_bytes_max : of a request.  answers_kept : answers in memory.
    waiting_max : questions that may wait while one is worked out; further ones are told to return.
    """

    rate_per_s: float = 10.0
    burst: int = 60
    body_bytes_max: int = 256 * 1024
    answers_kept: int = 512
    waiting_max: int = 64
    addresses_kept: int = 10_000
