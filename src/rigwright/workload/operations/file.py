"""An operation list as a Parquet file: plain data, readable by any table tool, safe to be given.

One row per operation line. ``phase``, ``kind`` and ``name`` are words; ``dims`` with its two
exponents, ``traffic``, ``saved`` and ``fused`` are fixed-size lists in the order of
``rigwright.spec.operation``. What belongs to the whole model is JSON under the key ``rigwright`` of
the file's metadata. Nothing in a file is executed, and every value is checked before it is used.
"""

import importlib.util
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from rigwright.spec.errors import InputError
from rigwright.spec.operation import (
    EXPONENTS,
    KINDS,
    MAX_DIMS,
    NEEDED,
    PHASES,
    SAVED,
    TRAFFIC,
    OperationList,
)

# -- what a file may say -------------------------------------------------------------------
LARGEST = 1e18
"""Above any count of elements a model has, and far below where products overflow."""
LARGEST_COUNT, LARGEST_POWER, LONGEST_NAME, MOST_NAMES = 10**8, 4, 200, 2**16 - 1
MOST_ASSUMPTIONS, LONGEST_ASSUMPTION = 200, 400
TEXTS = ("model", "task", "unit")
SCALARS = ("parameters", "trainable", "buffers", "parameter_tensors", "img_size", "seq_len")


def bad(path: Path, field: str, given: object, allowed: str) -> InputError:
    """The error of a file that is no operation list."""
    return InputError(str(path), field, given, allowed, "write it again with `rigwright trace`")


def summary_of(data: Any, path: Path) -> dict[str, Any]:
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


SUFFIX = ".parquet"
FORMAT = 1
INSTALL = "pip install 'rigwright[trace]'"
KEY = b"rigwright"
MAX_FILE_BYTES, MAX_TABLE_BYTES, MAX_ROWS = 2**28, 2**30, 1_000_000
"""A list of a million lines is a thousand layers with a thousand operations each."""


WORDS = {"phase": PHASES, "kind": KINDS}
_MOVED, _KEPT = len(TRAFFIC) * len(EXPONENTS), len(SAVED) * len(EXPONENTS)
WIDTHS = {"dims": MAX_DIMS, "dims_batch": MAX_DIMS, "dims_seq": MAX_DIMS, "traffic": _MOVED,
          "saved": _KEPT}  # fmt: skip
COMPILED = {"fused": _MOVED}  # with ``joined``, where the list tells


def is_operations_file(name: str) -> bool:
    """Whether a model name is the path of such a file."""
    return name.lower().endswith(SUFFIX)


def _arrow(name: str) -> Any:
    if importlib.util.find_spec("pyarrow") is None:
        raise InputError(name, "file", "a Parquet file", "this only with pyarrow", INSTALL)
    import pyarrow as pa
    import pyarrow.parquet

    return pa


# -- writing -------------------------------------------------------------------------------
def _table(pa: Any, ops: OperationList) -> Any:
    def words(numbers: Any, names: tuple[str, ...]) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int32)), list(names))

    def rows(values: Any, width: int) -> Any:
        flat = np.ascontiguousarray(values).reshape(-1)
        return pa.FixedSizeListArray.from_arrays(pa.array(flat), width)

    columns = {
        "phase": words(ops.phase, PHASES),
        "kind": words(ops.kind, KINDS),
        "name": words(ops.name, ops.names),
        "count": pa.array(ops.count.astype(np.int32)),
        "dims": rows(ops.dims, MAX_DIMS),
        "dims_batch": rows(ops.dim_exponents[..., 0], MAX_DIMS),
        "dims_seq": rows(ops.dim_exponents[..., 1], MAX_DIMS),
        "traffic": rows(ops.traffic, _MOVED),
        "saved": rows(ops.saved, _KEPT),
    }
    if ops.fused is not None and ops.joined is not None:
        columns |= {"fused": rows(ops.fused, _MOVED), "joined": pa.array(ops.joined)}
    about = {
        "format": FORMAT,
        **{k: getattr(ops, k) for k in TEXTS},
        **{k: int(getattr(ops, k)) for k in SCALARS},
        "meta": {k: float(v) for k, v in ops.meta.items()},
        "assumptions": list(ops.assumptions),
        "exponents": EXPONENTS,
        "traffic": TRAFFIC,
        "saved": SAVED,
    }
    table = pa.table(columns)
    return table.replace_schema_metadata({KEY: json.dumps(about).encode()})


def writable(path: Path) -> None:
    """Raise InputError when ``write`` would fail: told before minutes of tracing, not after."""
    where = str(path)
    if not is_operations_file(where):
        raise InputError("trace", "-o", where, f"a file name that ends in {SUFFIX}")
    _arrow(where)
    if path.is_dir() or not path.parent.is_dir():
        raise InputError("trace", "-o", where, "a file in a directory that exists")


def write(ops: OperationList, path: Path) -> None:
    """Write ``ops`` to ``path``; readers never see half a file.

    Raises InputError for a name without ``.parquet``, a place that cannot be written, or without
    pyarrow.
    """
    writable(path)
    pa, where = _arrow(str(path)), str(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        pa.parquet.write_table(_table(pa, ops), part, compression="zstd")
        part.replace(path)
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise InputError(where, "file", said, "a place that can be written") from None
    finally:
        part.unlink(missing_ok=True)


# -- reading -------------------------------------------------------------------------------
def read(path: Path) -> OperationList:
    """The operation list in ``path``. Raises InputError that names what is wrong with the file."""
    pa = _arrow(str(path))
    try:
        size = path.stat().st_size if path.is_file() else None
    except OSError as error:
        raise bad(path, "file", error.strerror, "a readable Parquet file") from None
    if size is None:
        raise InputError(str(path), "file", "no such file", "an operations file that exists")
    if size > MAX_FILE_BYTES:
        raise bad(path, "size", f"{size:,} bytes", f"at most {MAX_FILE_BYTES:,}")
    try:
        table = _read_table(pa, path)
        return _list(table, path)
    except InputError:
        raise
    except (OSError, pa.ArrowException, ValueError, TypeError, KeyError, OverflowError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise bad(path, "file", said, "a whole Parquet file of operations") from None


def _read_table(pa: Any, path: Path) -> Any:
    """The table, after its own summary promised a shape that memory can hold."""
    limits = {"thrift_string_size_limit": 2**24, "thrift_container_size_limit": 2**20}
    with pa.parquet.ParquetFile(path, **limits) as file:
        about = file.metadata
        if not 1 <= about.num_rows <= MAX_ROWS:
            raise bad(path, "rows", f"{about.num_rows:,}", f"1 to {MAX_ROWS:,}")
        groups = [about.row_group(i) for i in range(about.num_row_groups)]
        promised = sum(group.total_byte_size for group in groups)
        if promised > MAX_TABLE_BYTES:
            raise bad(path, "size", f"{promised:,} bytes unpacked", f"at most {MAX_TABLE_BYTES:,}")
        _check_columns(pa, file.schema_arrow, path)
        return file.read()


def _check_columns(pa: Any, schema: Any, path: Path) -> None:
    wanted = {*WORDS, "name", "count", *WIDTHS}
    missing = sorted(wanted - set(schema.names))
    if missing or KEY not in (schema.metadata or {}):
        allowed = f"those of an operations file (missing: {', '.join(missing) or 'its summary'})"
        raise bad(path, "columns", ", ".join(schema.names)[:120], allowed)
    for name, width in {**WIDTHS, **COMPILED}.items():
        if name not in schema.names:
            continue
        kind = schema.field(name).type
        if not (pa.types.is_fixed_size_list(kind) and kind.list_size == width):
            raise bad(path, name, str(kind)[:60], f"lists of {width} numbers")


def _rows(table: Any, name: str, width: int, dtype: Any) -> Any:
    column = table.column(name).combine_chunks()
    flat = column.flatten()
    if column.null_count or flat.null_count or len(flat) != table.num_rows * width:
        raise ValueError(f"{name} has empty cells")
    return flat.to_numpy(zero_copy_only=False).astype(dtype).reshape(table.num_rows, width)


def _codes(table: Any, name: str, known: tuple[str, ...], path: Path) -> Any:
    """Index of each cell's word in ``known``."""
    words = [str(word) for word in table.column(name).to_pylist()]
    number = {word: i for i, word in enumerate(known)}
    strange = next((word for word in words if word not in number), None)
    if strange is not None:
        raise bad(path, name, strange[:60], ", ".join(known))
    return np.array([number[word] for word in words])


def _list(table: Any, path: Path) -> OperationList:
    about = summary_of(json.loads(table.schema.metadata[KEY]), path)
    n = table.num_rows
    names = tuple(dict.fromkeys(str(word) for word in table.column("name").to_pylist()))
    labels(path, names)
    shape = (n, -1, len(EXPONENTS))
    exponents = [_rows(table, f"dims_{of}", MAX_DIMS, np.int64) for of in ("batch", "seq")]
    compiled = {"fused", "joined"} <= set(table.column_names)
    counts = table.column("count").to_numpy().astype(np.float64)
    numbers(path, counts, np.stack(exponents))
    ops = OperationList(
        **about,
        names=names,
        kind=_codes(table, "kind", KINDS, path).astype(np.uint8),
        phase=_codes(table, "phase", PHASES, path).astype(np.uint8),
        name=_codes(table, "name", names, path).astype(np.uint16),
        count=counts.astype(np.int32),
        dims=_rows(table, "dims", MAX_DIMS, np.float64),
        dim_exponents=np.stack(exponents, axis=-1).astype(np.int8),
        traffic=_rows(table, "traffic", _MOVED, np.float64).reshape(shape),
        saved=_rows(table, "saved", _KEPT, np.float64).reshape(shape),
        fused=_rows(table, "fused", _MOVED, np.float64).reshape(shape) if compiled else None,
        joined=table.column("joined").to_numpy().astype(bool) if compiled else None,
    )  # fmt: skip
    tables(ops, path)
    return ops
