"""A table that is not what its inputs give is seen; rounding and other processors are not."""

import pytest

from rigwright.predict.constants import COLUMNS
from rigwright_accuracy.stale import TABLES, main, same, stale

HEAD = ",".join(COLUMNS) + "\n"
ROW = "pcie_efficiency,{},0.1,1.0,1,share of PCIe,{},0.026\n"


def tables(tmp_path, old, new):
    for name, text in (("old.csv", old), ("new.csv", new)):
        (tmp_path / name).write_text(HEAD + text)
    return list(stale(tmp_path / "old.csv", tmp_path / "new.csv"))


def test_a_stale_value_is_named_with_what_it_should_be(tmp_path):
    wrong = tables(tmp_path, ROW.format(0.2129, "lambda"), ROW.format(0.2065, "lambda"))
    assert wrong == ["old.csv: pcie_efficiency: value is 0.2129, its inputs give 0.2065"]
    assert tables(tmp_path, ROW.format(0.2129, "lambda"), ROW.format(0.2130, "lambda")) == []


def test_text_and_missing_rows_count(tmp_path):
    assert len(tables(tmp_path, ROW.format(0.2, "lambda"), ROW.format(0.2, "timm"))) == 1
    assert len(tables(tmp_path, ROW.format(0.2, "lambda"), "")) == 8


@pytest.mark.parametrize(
    ("column", "old", "new", "equal"),
    [("value", "0.5", "0.5025", True), ("value", "0.5", "0.5026", False),
     ("low", "0.1", "0.10", True), ("low", "0.1", "0.1001", False),
     ("error", "0.026", "0.03", True), ("error", "0.026", "0.048", False),
     ("unit", "1", "1.0", False)],
)  # fmt: skip
def test_what_counts_as_the_same(column, old, new, equal):
    assert same(column, old, new) is equal


def test_every_committed_table_is_refitted():
    folders = {path.parent for path in TABLES}
    fitted = {
        path for folder in folders for path in folder.glob("*.csv")
        if path.read_text().startswith(HEAD.strip())
    }  # fmt: skip
    assert fitted == set(TABLES)


def test_without_measurements_it_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("rigwright_accuracy.measured.SHARED", tmp_path)
    assert main() == 2
    assert "RIGWRIGHT_SHARED" in capsys.readouterr().err
