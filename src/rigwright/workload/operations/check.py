"""Whether numbers that came from outside are an operation list: each wrong one is named.

A list that passes cannot break a prediction: every value is finite and in range, and every kind
has the dimensions its time is computed from.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np

from rigwright.spec.errors import InputError
from rigwright.spec.operation import EXPONENTS, NEEDED, SAVED, TRAFFIC, OperationList

LARGEST = 1e18
"""Above any count of elements a model has, and far below where products overflow."""
LARGEST_COUNT, LARGEST_POWER, LONGEST_NAME, MOST_NAMES = 10**8, 4, 200, 2**16 - 1
MOST_ASSUMPTIONS, LONGEST_ASSUMPTION = 200, 400
TEXTS = ("model", "task", "unit")
SCALARS = ("parameters", "trainable", "buffers", "parameter_tensors", "img_size", "seq_len")


def bad(path: Path, field: str, given: object, allowed: str) -> InputError:
    """The error of a file that is no operation list."""
    return InputError(str(path), field, given, allowed, "write it again with `rigwright trace`")


def about(data: Any, path: Path) -> dict[str, Any]:
    """Fields of OperationList that belong to the whole model, from the file's summary."""
    if not isinstance(data, dict) or data.get("format") != 1:
        found = data.get("format") if isinstance(data, dict) else type(data).__name__
        raise bad(path, "format", found, "1")
    same = {"exponents": [list(e) for e in EXPONENTS], "traffic": list(TRAFFIC),
            "saved": list(SAVED)}  # fmt: skip
    for name, wanted in same.items():
        if data.get(name) != wanted:
            raise bad(path, name, str(data.get(name))[:80], str(wanted))
    texts = {name: _text(path, name, data.get(name)) for name in TEXTS}
    counts = {name: _whole(path, name, data.get(name)) for name in SCALARS}
    if counts["trainable"] > counts["parameters"]:
        allowed = f"at most the {counts['parameters']} parameters"
        raise bad(path, "trainable", counts["trainable"], allowed)
    meta = data.get("meta")
    if not isinstance(meta, dict) or not all(_number(v) for v in meta.values()):
        raise bad(path, "meta", str(meta)[:80], "names with finite numbers")
    said = data.get("assumptions")
    if not isinstance(said, list) or len(said) > MOST_ASSUMPTIONS:
        raise bad(path, "assumptions", str(said)[:80], f"a list of at most {MOST_ASSUMPTIONS}")
    lines = tuple(_text(path, "assumptions", line, LONGEST_ASSUMPTION) for line in said)
    return {**texts, **counts, "meta": {str(k): float(v) for k, v in meta.items()},
            "assumptions": lines}  # fmt: skip


def _text(path: Path, name: str, value: Any, longest: int = LONGEST_NAME) -> str:
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise bad(path, name, str(value)[:80], f"one line of at most {longest} characters")
    return value


def _number(value: Any) -> bool:
    ok = isinstance(value, int | float) and not isinstance(value, bool)
    return ok and math.isfinite(value) and abs(value) <= LARGEST


def _whole(path: Path, name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise bad(path, name, str(value)[:80], "a whole number of at least 0")
    return value


def labels(path: Path, names: tuple[str, ...]) -> None:
    """Operator names: not too many, one short line each."""
    if len(names) > MOST_NAMES:
        raise bad(path, "name", f"{len(names)} names", f"at most {MOST_NAMES}")
    for name in names:
        _text(path, "name", name)


def numbers(path: Path, counts: Any, exponents: Any) -> None:
    """Counts and exponents before they are narrowed to small integers."""
    if not (np.isfinite(counts).all() and (counts >= 1).all() and (counts <= LARGEST_COUNT).all()):
        raise bad(path, "count", f"{counts.min()} to {counts.max()}", f"1 to {LARGEST_COUNT}")
    if exponents.min() < 0 or exponents.max() > LARGEST_POWER:
        given = f"{exponents.min()} to {exponents.max()}"
        raise bad(path, "dims_batch, dims_seq", given, f"exponents 0 to {LARGEST_POWER}")


def tables(ops: OperationList, path: Path) -> None:
    """Dimensions and traffic. Raises InputError naming the first line that is wrong."""
    for name in ("dims", "traffic", "saved", "fused"):
        values = getattr(ops, name)
        if values is None:
            continue
        flat = values.reshape(len(ops.kind), -1)
        wrong = ~(np.isfinite(flat) & (flat >= 0) & (flat <= LARGEST)).all(axis=1)
        if wrong.any():
            line = int(np.flatnonzero(wrong)[0])
            raise bad(path, f"{name} of line {line + 1}", flat[line].tolist()[:6],
                      f"finite numbers from 0 to {LARGEST:g}")  # fmt: skip
    for number, (kind, needed) in enumerate(NEEDED.items()):
        rows = np.flatnonzero(ops.kind == number)
        short = rows[(ops.dims[rows, :needed] <= 0).any(axis=1)]
        if len(short):
            line = int(short[0])
            raise bad(path, f"dims of line {line + 1} ({kind})",
                      ops.dims[line, :needed].tolist(), f"{needed} numbers above 0")  # fmt: skip
