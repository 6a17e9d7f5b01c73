"""Labelled cases over OpenDB's records: agreement, and no ok where the label is conflict."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.fit.opendb_adapter import build_of, read_records

from rigwright.fit import check_case

SHARED = Path(os.environ.get("RIGWRIGHT_SHARED", Path(__file__).parents[2] / ".." / "shared"))
GOLD, ARCHIVE = SHARED / "fit" / "gold.jsonl", SHARED / "data" / "opendb.tar.zst"

pytestmark = [
    pytest.mark.skipif(not (GOLD.exists() and ARCHIVE.exists()), reason="no shared data here"),
    pytest.mark.skipif(not shutil.which("zstd"), reason="zstd is not installed"),
]


@pytest.fixture(scope="module")
def answers():
    cases = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    records = read_records(ARCHIVE, (p["opendb_id"] for c in cases for p in c["parts"]))
    return [
        (c, check_case(c["rule"], build_of(c["parts"], records), c.get("params"))) for c in cases
    ]


def agrees(case, finding) -> bool:
    """The label for what OpenDB knows, or the truth where our own tables know more.

    ``conditional`` is our warning; a label ok of lesser severity covers "fits, but ...".
    """
    words = {case["expected"]}
    if case["expected"] == "unknown":
        words.add({"conditional": "warning"}.get(case["truth"], case["truth"]))
    if case["expected"] == "ok" and case["severity"] != "error":
        words.add("warning")
    return finding.verdict in words


def test_agreement_is_at_least_97_percent(answers):
    wrong = [(c["id"], c["rule"], c["expected"], f.verdict) for c, f in answers if not agrees(c, f)]
    assert len(wrong) <= 0.03 * len(answers), wrong


def test_no_ok_where_the_label_is_conflict(answers):
    labels = Counter()
    for case, finding in answers:
        truth = case["truth"] == "conflict" or case["expected"] == "conflict"
        labels[truth and finding.verdict == "ok"] += 1
    assert labels[True] == 0 and labels[False] == len(answers)


def test_no_ok_where_a_fact_is_said_to_be_missing(answers):
    silent = [c["id"] for c, f in answers if c["expected"] == "unknown" and f.verdict == "ok"]
    assert not silent
