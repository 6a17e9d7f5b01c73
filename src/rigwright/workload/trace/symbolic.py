"""From sizes seen at two (batch, sequence) points to monomials in both.

Both points are primes, so the factors of a size tell how it grows with each of them; the second
point proves it. A size that is no monomial (``seq + 1``) gets the nearest power, exact at the
first point.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from rigwright.spec.operation import EXPONENTS

Point = tuple[int, int]
BATCHES = (1009, 503)
"""Traced batches: primes that are no width of any model."""
SHORTEST = 11


def points(seq_len: int) -> tuple[Point, Point]:
    """Where to trace: sequence lengths are primes up to ``seq_len`` and three quarters of it."""
    if not seq_len:
        return (BATCHES[0], 1), (BATCHES[1], 1)
    first = _prime_up_to(max(seq_len, SHORTEST))
    return (BATCHES[0], first), (BATCHES[1], _prime_up_to(3 * first // 4))


def _prime_up_to(length: int) -> int:
    """The largest prime up to ``length`` that is no traced batch."""

    def prime(n: int) -> bool:
        return n not in BATCHES and all(n % d for d in range(2, math.isqrt(n) + 1))

    return next(n for n in range(length, 1, -1) if prime(n))


def _power(value: int, prime: int) -> int:
    power = 0
    while prime > 1 and value and value % prime == 0:
        value //= prime
        power += 1
    return power


def monomial(values: Sequence[int], at: Sequence[Point]) -> tuple[float, int, int]:
    """(coefficient, i, j): values = coefficient * batch**i * seq**j at the points ``at``."""
    (batch, seq), (batch2, seq2) = at
    value, value2 = values
    i, j = _power(value, batch), _power(value, seq)
    i = min(i, _power(value2, batch2)) if value2 else i
    rest = value // batch**i
    if rest * batch2**i * seq2**j != value2 * seq**j and rest and value2 and seq != seq2:
        growth = math.log(value2 / batch2**i / rest) / math.log(seq2 / seq)
        j = max(0, min(2, round(growth)))
    return rest / seq**j, i, j


def add(table: Any, offset: int, items: Iterator[Any], at: Sequence[Point]) -> None:
    """Add the tensors of one line, pairs of (class, elements) per point, to class and monomial."""
    for pair in items:
        c, i, j = monomial([size for _, size in pair], at)
        if (i, j) not in EXPONENTS:  # batch squared and the like: right at the first point only
            i, j = min(i, 1), 0
            c = pair[0][1] / at[0][0] ** i
        table[offset + pair[0][0], EXPONENTS.index((i, j))] += c
