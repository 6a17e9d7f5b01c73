"""Errors of predictions: what each figure means, and that page and CSV tell the same."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from rigwright_accuracy.errors import HEADS, Judged, Label, Skipped, groups, markdown, write_csv


def one(**changed: float):  # type: ignore[no-untyped-def]
    predicted, measured = np.array([1.0, 2.2, 0.7, 1.5]), np.array([1.0, 2.0, 1.0, 1.0])
    label = Label("step time", "unseen chip", "a source")
    told = Judged(predicted, measured, 0.2, ["m", "n", "m", "m"], ["c"] * 4)
    return told.score(label, range(4), **changed)


def test_figures_by_hand() -> None:
    # Errors: 0, +10 %, -30 %, +50 %; logs 0, 0.095, -0.357, 0.405.
    s = one()
    assert (s.rows, s.models, s.chips) == (4, 2, 1)
    assert s.mape == pytest.approx(0.225)
    assert s.median == pytest.approx(0.2)
    assert s.p90 == pytest.approx(0.44)  # 0.3 + 0.7 of the way to 0.5
    assert s.bias == pytest.approx(0.075)
    assert s.median_bias == pytest.approx(0.05)
    assert s.low_10 == 0.25
    assert s.within_20 == 0.5
    assert s.in_range == 0.5


def test_a_figure_that_is_not_there_is_blank() -> None:
    assert markdown([one()], ("source", "ranking %")).endswith("| a source |  |")
    assert markdown([one(ranking=0.5)], ("source", "ranking %")).endswith("| a source | 50.0 |")


def test_page_and_csv_tell_the_same(tmp_path: Path) -> None:
    path = tmp_path / "data" / "accuracy.csv"
    write_csv(path, [one()])
    with path.open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    cells = markdown([one()], tuple(HEADS)).splitlines()[-1].strip("| ").split(" | ")
    for name, cell in zip(HEADS.values(), cells, strict=False):
        assert (row.get(name) or row.get(f"{name}_pct", "")) == cell.strip(), name


def test_counts_are_no_shares(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", [Skipped("step time", "a source", "no step time", 7)])
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines() == [
        "table,source,reason,rows",
        "step time,a source,no step time,7",
    ]


def test_groups_keep_the_order_and_leave_out_the_nameless() -> None:
    got = groups(["b1", "x", "a1", "b2"], lambda row: None if row == "x" else row[0])
    assert {name: places.tolist() for name, places in got.items()} == {"b": [0, 3], "a": [2]}
