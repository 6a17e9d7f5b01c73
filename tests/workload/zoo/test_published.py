"""Weights and multiply-adds of models outside torchvision against what their makers print."""

from __future__ import annotations

import csv
import functools
from pathlib import Path

import numpy as np
import pytest

from rigwright.spec.operation import KINDS
from rigwright.workload.zoo import embedded as zoo

TABLE = Path(__file__).with_name("published.csv")
with TABLE.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))
KIND = {name: index for index, name in enumerate(KINDS)}


@functools.cache
def _counted(name: str) -> tuple[float, float]:
    """(millions of weights, GFLOP of the forward pass of one item: products and convolutions)."""
    ops = zoo.operation_list(name)
    now = ops.at(1, ops.seq_len or 1).dims
    forward = ops.phase == 0
    gemm, conv = (forward & (ops.kind == KIND[kind]) for kind in ("gemm", "conv"))
    n, c_in, _, _, c_out, r, s, _, groups, p, q, _ = now[conv].T
    adds = (now[gemm, :4].prod(axis=1) * ops.count[gemm]).sum()
    adds += (n * c_out * p * q * c_in / np.maximum(groups, 1) * r * s * ops.count[conv]).sum()
    return ops.parameters / 1e6, 2e-9 * float(adds)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_what_the_makers_print(row):
    weights, gflop = _counted(row["name"])
    assert weights == pytest.approx(float(row["million_weights"]), rel=0.01)
    if row["gflop"]:
        assert gflop == pytest.approx(float(row["gflop"]), rel=0.02)


def test_every_row_has_a_source():
    assert len(ROWS) > 40 and all(row["source"] and row["source_date"] for row in ROWS)
