"""One traced model as bytes: distinct lines once, then their order. No pickle, no timings."""

from __future__ import annotations

import io
import json
from typing import IO, Any

import numpy as np

from rigwright.spec.operation import OperationList

_TABLES = ("dims", "dim_exponents", "traffic", "saved", "fused", "joined")
_WIDTH = 3 + 12 + 24 + 36 + 18 + 36 + 1
_SCALARS = ("parameters", "trainable", "buffers", "parameter_tensors", "img_size", "seq_len")


def packed(ops: OperationList) -> bytes:
    """Bytes of a traced operation list (float32 counts, equal lines stored once)."""
    n = len(ops.kind)
    head = np.stack([ops.kind, ops.phase, ops.name], axis=1).astype(np.float32)
    wide = np.concatenate(
        [head] + [getattr(ops, t).reshape(n, -1).astype(np.float32) for t in _TABLES], axis=1
    )
    lines, order = np.unique(wide, axis=0, return_inverse=True)
    steps, counts = _runs(order.reshape(-1), ops.count)
    about: dict[str, Any] = {
        "model": ops.model, "task": ops.task, "unit": ops.unit, "names": ops.names,
        "meta": ops.meta, "lines": len(lines), "steps": len(steps),
        **{k: int(getattr(ops, k)) for k in _SCALARS},
    }  # fmt: skip
    out = io.BytesIO()
    text = json.dumps(about).encode()
    out.write(len(text).to_bytes(4, "little") + text)
    # Column order keeps the many zeros together, which is what compresses.
    out.write(np.ascontiguousarray(lines.T).astype("<f4").tobytes())
    out.write(steps.astype("<u2").tobytes() + counts.astype("<u2").tobytes())
    return out.getvalue()


def _runs(order: Any, count: Any) -> tuple[Any, Any]:
    """Equal neighbours merged: (line of each run, executions of each run)."""
    start = np.flatnonzero(np.r_[True, order[1:] != order[:-1]])
    return order[start], np.add.reduceat(count, start)


def head(data: IO[bytes]) -> dict[str, Any]:
    """What ``packed``'s bytes say of the model before its lines, which stay unread."""
    about: dict[str, Any] = json.loads(data.read(int.from_bytes(data.read(4), "little")))
    return about


def unpacked(data: bytes) -> OperationList:
    """The operation list of ``packed``'s bytes."""
    stream = io.BytesIO(data)
    about, start = head(stream), stream.tell()
    n_lines, n_steps = about.pop("lines"), about.pop("steps")
    end = start + n_lines * _WIDTH * 4
    wide = np.frombuffer(data, "<f4", n_lines * _WIDTH, start).reshape(_WIDTH, n_lines).T
    steps = np.frombuffer(data, "<u2", n_steps, end)
    counts = np.frombuffer(data, "<u2", n_steps, end + 2 * n_steps)
    table = np.ascontiguousarray(wide, np.float64)[steps]
    return OperationList(
        **{**about, "names": tuple(about["names"])},
        kind=table[:, 0].astype(np.uint8),
        phase=table[:, 1].astype(np.uint8),
        name=table[:, 2].astype(np.uint16),
        count=counts.astype(np.int32),
        dims=table[:, 3:15],
        dim_exponents=table[:, 15:39].reshape(-1, 12, 2).astype(np.int8),
        traffic=table[:, 39:75].reshape(-1, 6, 6),
        saved=table[:, 75:93].reshape(-1, 3, 6),
        fused=table[:, 93:129].reshape(-1, 6, 6),
        joined=table[:, 129] > 0,
    )
