"""Operation lists in Parquet files: what is written is read, what is wrong is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rigwright.spec.errors import InputError
from rigwright.spec.operation import OperationList
from rigwright.workload.operations import file as opsfile
from rigwright.workload.zoo import embedded as zoo

pa = pytest.importorskip("pyarrow", reason="pyarrow reads operations files; extra trace")
pq = pytest.importorskip("pyarrow.parquet")

ARRAYS = ("kind", "phase", "count", "dims", "dim_exponents", "traffic", "saved")


def written(tmp_path: Path, ops: OperationList) -> Path:
    path = tmp_path / "net.parquet"
    opsfile.write(ops, path)
    return path


@pytest.mark.parametrize("model", ["resnet18", "bert-base"])
def test_what_is_written_is_read(model: str, tmp_path: Path) -> None:
    ops = zoo.operation_list(model)
    again = opsfile.read(written(tmp_path, ops))
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again, name), getattr(ops, name))
    assert [again.names[i] for i in again.name] == [ops.names[i] for i in ops.name]
    assert (again.parameters, again.unit, again.img_size) == (
        ops.parameters,
        ops.unit,
        ops.img_size,
    )
    assert (again.fused is None) == (ops.fused is None)
    assert [p.name for p in tmp_path.iterdir()] == ["net.parquet"]  # no part left behind


def changed(path: Path, column: str, values: object) -> Path:
    table = pq.read_table(path)
    at = table.schema.get_field_index(column)
    kind = table.schema.field(column).type
    table = table.set_column(at, column, pa.array(values, type=kind))
    pq.write_table(table, path)
    return path


def test_wrong_values_are_named(tmp_path: Path) -> None:
    ops = zoo.operation_list("resnet18")
    n = len(ops.kind)
    for column, value, said in (
        ("count", [0] * n, "count"),
        ("traffic", [[float("nan")] * 36] * n, "traffic of line 1"),
        ("dims", [[0.0] * 12] * n, "dims of line"),
        ("dims_batch", [[9] * 12] * n, "exponents 0 to"),
    ):
        path = changed(written(tmp_path, ops), column, value)
        with pytest.raises(InputError, match=said):
            opsfile.read(path)


@pytest.mark.parametrize("size", [0, 3, 100, 1000])
def test_a_cut_file_is_one_line(size: int, tmp_path: Path) -> None:
    path = written(tmp_path, zoo.operation_list("resnet18"))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError, match=r"net\.parquet") as caught:
        opsfile.read(path)
    assert "\n" not in str(caught.value)


def test_another_table_is_no_operations_file(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": [1, 2]}), path)
    with pytest.raises(InputError, match="columns"):
        opsfile.read(path)


def test_a_hostile_summary_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, zoo.operation_list("resnet18"))
    table = pq.read_table(path)
    summary = json.loads(table.schema.metadata[opsfile.KEY])
    for field, value in (("parameters", -1), ("model", "a\nb"), ("meta", {"x": "y"})):
        bad = json.dumps({**summary, field: value}).encode()
        pq.write_table(table.replace_schema_metadata({opsfile.KEY: bad}), path)
        with pytest.raises(InputError, match=field):
            opsfile.read(path)


def test_missing_files_and_places(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        opsfile.read(tmp_path / "none.parquet")
    with pytest.raises(InputError, match="ends in"):
        opsfile.write(zoo.operation_list("resnet18"), tmp_path / "net.txt")
    with pytest.raises(InputError, match="directory"):
        opsfile.write(zoo.operation_list("resnet18"), tmp_path / "nowhere" / "net.parquet")


def test_unknown_operations_are_counted_by_name() -> None:
    ops = zoo.operation_list("resnet18")
    kinds = ops.kind.copy()
    kinds[ops.kind == 10] = 22  # elementwise read as `other`
    assert sum(replace(ops, kind=kinds).unknown().values()) == int(ops.count[ops.kind == 10].sum())
    assert ops.unknown() == {}
