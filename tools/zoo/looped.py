"""Lists of models that loop: traced with a few steps, counted for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from rigwright.spec.operation import OperationList

SHORT = 3
"""Steps of the shorter trace: the first and the last differ from those in between."""


def _table(ops: OperationList) -> Any:
    """One row per line: everything but its count, as text where it is a name."""
    n = len(ops.kind)
    parts = [ops.kind, ops.phase, ops.dims, ops.dim_exponents, ops.traffic, ops.saved]
    wide = np.concatenate([np.asarray(p, float).reshape(n, -1) for p in parts], axis=1)
    return [(ops.names[ops.name[i]], wide[i].tobytes()) for i in range(n)]


def looped(trace: Callable[[int], OperationList], steps: int) -> OperationList:
    """The list of ``steps`` steps, from traces of ``SHORT`` and ``SHORT`` + 1.

    What a further step adds is the same each time; every other line keeps its count.
    """
    few, more = trace(SHORT), trace(SHORT + 1)
    count: dict[Any, int] = {}
    for key, times in zip(_table(few), few.count, strict=True):
        count[key] = count.get(key, 0) + int(times)
    added, first = dict.fromkeys(count, 0), {}
    for i, (key, times) in enumerate(zip(_table(more), more.count, strict=True)):
        added[key] = added.get(key, 0) + int(times)
        first.setdefault(key, i)
    lost = [key[0] for key in count if key not in first or added[key] < count[key]]
    if lost:
        raise ValueError(f"lines that a further step takes away: {lost[:5]}")
    rows = np.array(sorted(first.values()))
    keys = {i: key for key, i in first.items()}
    total = []
    for i in rows:
        key = keys[i]
        total.append(count.get(key, 0) + (steps - SHORT) * (added[key] - count.get(key, 0)))
    kept = {name: getattr(more, name)[rows] for name in
            ("kind", "phase", "name", "dims", "dim_exponents", "traffic", "saved")}  # fmt: skip
    # Order is lost, and with it what a compiler would join.
    return replace(more, **kept, count=np.array(total, np.int32), fused=kept["traffic"].copy(),
                   joined=np.zeros(len(rows), bool))  # fmt: skip
