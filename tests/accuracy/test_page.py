"""The accuracy page is what the tables in docs/data say."""

from __future__ import annotations

import pytest

from rigwright_accuracy import page


def record(split: str, source: str, rows: int, mape: float, inside: float) -> page.Record:
    return {
        "table": "step time",
        "split": split,
        "source": source,
        "what": "",
        "rows": str(rows),
        "mape_pct": str(mape),
        "in_range_pct": str(inside),
    }


SCORES = [
    record("shipped", "one", 10, 4.0, 90.0),
    record("shipped", "two", 30, 9.0, 80.0),
    record("unseen chip", "one", 10, 8.0, 88.0),
    record("unseen chip", "two", 30, 12.0, 72.0),
]


def test_the_page_is_current() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.text(), "run `make docs`"


def test_splits_stand_side_by_side() -> None:
    got = page.side_by_side(SCORES, lambda s: s["source"], "source", ("in_range_pct",))
    assert got.splitlines() == [
        "| source | rows | shipped % | unseen chip % | in range % |",
        "| --- | --- | --- | --- | --- |",
        "| one | 10 | 4.0 | 8.0 | 88.0 |",
        "| two | 30 | 9.0 | 12.0 | 72.0 |",
    ]


def test_every_row_weighs_the_same_in_the_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"table": "step time", "split": "unseen chip"}
    monkeypatch.setattr(page, "SUMMED", {"a step": wanted})
    monkeypatch.setattr(page, "read", lambda path: SCORES)
    assert page.summary().splitlines()[-1] == "| a step | 40 | 11 % | 76 % |"
