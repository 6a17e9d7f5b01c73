"""Weights and multiply-adds of every model against the counts published beside measured speeds.

The table (huggingface/pytorch-image-models results, counted with fvcore) is not part of the
repository: ``RIGWRIGHT_SHARED`` or ``../shared`` names where it is.
"""

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from rigwright.spec.operation import KINDS, OperationList
from rigwright.workload.zoo import embedded as zoo

SHARED = Path(os.environ.get("RIGWRIGHT_SHARED", Path(__file__).parents[3] / "shared"))
TABLE = SHARED / "measured/timm_infer_gpu.csv.gz"
FORWARD = 0

pytestmark = pytest.mark.skipif(not TABLE.is_file(), reason=f"{TABLE} is not there")


def published() -> dict[tuple[str, int], tuple[float, float]]:
    """(model, image size) -> millions of weights, billions of multiply-adds."""
    found = {}
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["gmacs"] and row["params_m"]:
                key = row["model"], int(float(row["img_size"]))
                found[key] = float(row["params_m"]), float(row["gmacs"])
    return found


def multiply_adds(ops: OperationList) -> float:
    """Billions per image: products and convolutions; attention as fvcore saw it, without."""
    forward = ops.phase == FORWARD
    dims = ops.at(1).dims
    gemm = forward & (ops.kind == KINDS.index("gemm"))
    conv = forward & (ops.kind == KINDS.index("conv"))
    n, c_in, _, _, c_out, r, s, _, groups, p, q, _ = dims[conv].T
    total = (dims[gemm, :4].prod(axis=1) * ops.count[gemm]).sum()
    total += (n * c_out * p * q * c_in / np.maximum(groups, 1) * r * s * ops.count[conv]).sum()
    attention = forward & (ops.kind == KINDS.index("attention"))
    total += (2 * dims[attention, :5].prod(axis=1) * ops.count[attention]).sum()
    return float(total) / 1e9


def test_weights_and_multiply_adds() -> None:
    weights, work = [], []
    for (model, size), (params_m, gmacs) in published().items():
        name = zoo.find(model)
        if name is None:
            continue
        ops = zoo.operation_list(name, size)
        weights.append((abs(ops.parameters / 1e6 / params_m - 1), model))
        if gmacs >= 0.1:
            work.append((abs(multiply_adds(ops) / gmacs - 1), f"{model}@{size}"))
    assert len(weights) > 1000
    wrong = [name for error, name in weights if error > 0.02]
    assert len(wrong) <= 0.01 * len(weights), wrong
    errors = np.array([error for error, _ in work])
    assert np.median(errors) < 0.01
    far = [name for error, name in work if error > 0.1]
    assert len(far) <= 0.03 * len(work), far
