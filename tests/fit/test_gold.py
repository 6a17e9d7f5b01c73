"""Labelled cases over OpenDB's parts, as imported: agreement, no ok where the label is conflict."""

from __future__ import annotations

import json

import pytest
from tests.conftest import SHARED

from rigwright.catalog import source
from rigwright.plan.parts.checking import check_cases
from rigwright_accuracy.rules.score import agrees

GOLD = SHARED / "fit" / "gold.jsonl"

pytestmark = pytest.mark.skipif(not GOLD.exists(), reason="no labelled cases here")


def cases():
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def answers(whole_market):
    source.use(str(whole_market))
    found = [json.loads(line) for line in check_cases(GOLD)]
    source.use(None)
    return list(zip(cases(), found, strict=True))


def test_agreement_is_at_least_97_percent(answers):
    wrong = [
        (c["id"], c["rule"], c["expected"], f["verdict"])
        for c, f in answers
        if not agrees(c, f["verdict"])
    ]
    assert len(wrong) <= 0.03 * len(answers), wrong


def conflicts(case) -> bool:
    return "conflict" in (case["truth"], case["expected"])


def test_no_ok_where_the_label_is_conflict(answers):
    assert len(answers) >= 98 and sum(conflicts(c) for c, _ in answers) >= 36
    assert [c["id"] for c, f in answers if conflicts(c) and f["verdict"] == "ok"] == []


def test_no_ok_where_a_fact_is_said_to_be_missing_and_our_tables_lack_it(answers):
    silent = [
        c["id"]
        for c, f in answers
        if c["expected"] == "unknown" and c["truth"] != "ok" and f["verdict"] == "ok"
    ]
    assert not silent


def test_without_an_import_nothing_is_guessed():
    """The embedded tables alone: an answer where they have the parts, else unknown."""
    for case, line in zip(cases(), check_cases(GOLD), strict=True):
        finding = json.loads(line)
        assert not (conflicts(case) and finding["verdict"] == "ok"), case["id"]
