"""Rows of work: what is merged, and what is not."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from tests.predict.toy import conv, gemm, ops_of, stream

from rigwright.predict.kernel.features import work_of
from rigwright.predict.kernel.work import Work, concatenate


def rows() -> Work:
    return work_of(ops_of([conv(), gemm(), stream()]), 8, 1, "fp32")


def test_equal_rows_are_merged_and_their_counts_added() -> None:
    once = rows()
    thrice = concatenate([once, replace(once, count=once.count * 2.0), once]).merged()
    assert len(thrice) == len(once)
    assert sorted(thrice.count) == sorted(once.count * 4.0)
    assert (thrice.flop @ thrice.count) == 4.0 * (once.flop @ once.count)


def test_rows_that_differ_in_one_column_stay_apart() -> None:
    """However large the other columns are: a sum over columns would lose the difference."""
    once = rows()
    huge = replace(once, flop=once.flop + 1e18)
    for f in fields(Work):
        if f.name != "count":
            other = replace(huge, **{f.name: getattr(huge, f.name) + 1})
            if f.name == "flop":
                other = replace(huge, flop=np.nextafter(huge.flop, np.inf))
            assert len(concatenate([huge, other]).merged()) == 2 * len(once), f.name


def test_no_rows_merge_to_none() -> None:
    once = rows()
    assert len(once.where(np.zeros(len(once), np.bool_)).merged()) == 0
