"""An operation list as a Parquet file: plain data, readable by any table tool, safe to be given.

One row per operation line. ``phase``, ``kind`` and ``name`` are words; ``dims`` with its two
exponents, ``traffic``, ``saved`` and ``fused`` are fixed-size lists in the order of
``rigwright.spec.operation``. What belongs to the whole model is JSON under the key ``rigwright`` of
the file's metadata. Nothing in a file is executed, and every value is checked before it is used.
"""

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from rigwright.spec.errors import InputError
from rigwright.spec.operation import EXPONENTS, KINDS, MAX_DIMS, PHASES, SAVED, TRAFFIC
from rigwright.spec.operation import OperationList as List
from rigwright.workload.operations import check as opscheck
from rigwright.workload.operations.check import bad

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
def _table(pa: Any, ops: List) -> Any:
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
        **{k: getattr(ops, k) for k in opscheck.TEXTS},
        **{k: int(getattr(ops, k)) for k in opscheck.SCALARS},
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


def write(ops: List, path: Path) -> None:
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
def read(path: Path) -> List:
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


def _list(table: Any, path: Path) -> List:
    about = opscheck.about(json.loads(table.schema.metadata[KEY]), path)
    n = table.num_rows
    names = tuple(dict.fromkeys(str(word) for word in table.column("name").to_pylist()))
    opscheck.labels(path, names)
    shape = (n, -1, len(EXPONENTS))
    exponents = [_rows(table, f"dims_{of}", MAX_DIMS, np.int64) for of in ("batch", "seq")]
    compiled = {"fused", "joined"} <= set(table.column_names)
    counts = table.column("count").to_numpy().astype(np.float64)
    opscheck.numbers(path, counts, np.stack(exponents))
    ops = List(
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
    opscheck.tables(ops, path)
    return ops
