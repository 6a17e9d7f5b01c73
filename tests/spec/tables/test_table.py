from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

import rigwright
from rigwright.spec.errors import CatalogError
from rigwright.spec.tables.table import table

HEAD = "name,watts,since,ways,fits,source,source_date\n"
ROOMS = ("spec/tables", "fit", "cost", "assemble", "plan")


@dataclass(frozen=True)
class Row:
    name: str
    watts: float | None
    since: dt.date
    ways: tuple[float, ...]
    fits: bool | None


def read(folder: Path, text: str) -> tuple[Row, ...]:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return table(Row, path)


def test_a_cell_becomes_what_its_field_is(tmp_path):
    rows = read(
        tmp_path, HEAD + "a,1.5,2020-01-02,1|2.5,yes,s,2020-01-01\nb,,2020-01-02,,,s,2020-01-01\n"
    )
    assert rows[0] == Row("a", 1.5, dt.date(2020, 1, 2), (1.0, 2.5), True)
    assert rows[1] == Row("b", None, dt.date(2020, 1, 2), (), None)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a,x,2020-01-02,1,no,s,2020-01-01", "rows.csv:2"),
        ("a,1,2020-01-02,1,maybe,s,2020-01-01", "yes or no"),
        ("a,1,2020-01-02,1,no,,2020-01-01", "source"),
        ("a,1,2020-01-02,1,no,s,2020", "rows.csv:2"),
        ("a,1,,1,no,s,2020-01-01", "rows.csv:2"),
        ("a,1", "rows.csv:2"),
    ],
)
def test_a_bad_row_is_said_with_its_line(tmp_path, line, says):
    with pytest.raises(CatalogError, match=says):
        read(tmp_path, HEAD + line + "\n")


def test_a_column_nobody_reads_is_an_error(tmp_path):
    with pytest.raises(CatalogError, match="colour"):
        read(tmp_path, HEAD.replace("name,", "name,colour,"))


@pytest.mark.parametrize("room", ROOMS)
def test_every_fact_has_a_source_and_a_day(room):
    tables = sorted((Path(rigwright.__file__).parent / room / "data").glob("*.csv"))
    assert tables
    for path in tables:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert rows, path
        for row in rows:
            assert None not in row and None not in row.values(), (path.name, row)
            assert row["source"], (path.name, row)
            dt.date.fromisoformat(row["source_date"])
