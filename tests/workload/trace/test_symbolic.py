"""Sizes at two prime points give back the monomial they came from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rigwright.spec.operation import EXPONENTS
from rigwright.workload.trace import symbolic

WIDTHS = st.integers(1, 10**6).filter(lambda n: all(n % p for p in (1009, 503)))


@given(WIDTHS, st.sampled_from(EXPONENTS), st.integers(16, 4096))
def test_monomials_come_back(width: int, powers: tuple[int, int], length: int) -> None:
    i, j = powers
    at = symbolic.points(length)
    seen = [width * batch**i * seq**j for batch, seq in at]
    if width % at[0][1] == 0 or width % at[1][1] == 0:
        return  # a width that contains the traced length cannot be told from it at one point
    assert symbolic.monomial(seen, at) == (width, i, j)


@given(st.integers(16, 4096))
def test_points_are_within_the_length(length: int) -> None:
    (batch, seq), (batch2, seq2) = symbolic.points(length)
    assert seq2 < seq <= length and batch != batch2 and seq not in (batch, batch2)


def test_without_sequence_there_is_one_length() -> None:
    assert symbolic.points(0) == ((1009, 1), (503, 1))


def test_a_sum_is_exact_at_the_first_point_and_near_at_others() -> None:
    at = symbolic.points(256)
    seen = [64 * batch * (seq + 1) for batch, seq in at]
    c, i, j = symbolic.monomial(seen, at)
    assert (i, j) == (1, 1)
    assert c * at[0][0] * at[0][1] == pytest.approx(seen[0])
    assert c * at[1][0] * at[1][1] == pytest.approx(seen[1], rel=0.01)


def test_batch_squared_is_kept_at_the_first_point() -> None:
    table = np.zeros((3, len(EXPONENTS)))
    at = symbolic.points(0)
    symbolic.add(table, 0, iter([tuple((1, 5 * batch**2) for batch, _ in at)]), at)
    assert table[1] @ [at[0][0] ** i for i, _ in EXPONENTS] == 5 * at[0][0] ** 2
