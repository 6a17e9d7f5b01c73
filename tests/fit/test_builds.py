"""Machines that people built and that worked: nothing we say may forbid them."""

import pytest
from tests.conftest import SHARED

from rigwright import fit
from rigwright.catalog import source
from rigwright_accuracy.rules import score as fit_score

pytestmark = pytest.mark.skipif(
    not (SHARED / "fit" / "builds.jsonl").exists(), reason="no published builds here"
)


@pytest.fixture(scope="module")
def said(whole_market):
    source.use(str(whole_market))
    found = {
        r["id"]: (r, fit.check(fit_score.build_of(r))) for r in fit_score.records("builds.jsonl")
    }
    source.use(None)
    return found


def test_no_machine_that_worked_is_called_impossible(said):
    wrong = [
        (name, f.rule, f.why)
        for name, (record, findings) in said.items()
        if record["worked"] is True
        for f in findings
        if f.verdict == "conflict"
    ]
    assert len(said) >= 21
    assert wrong == []


# What the authors reported, where the list has the facts: build, rule, words of the report.
REPORTED = (
    ("samsja-rig-2024", "gpu_p2p", "peer-to-peer over PCIe failed"),
    ("devmiikak-multigpu", "pcie_lanes", "three 3-slot cards do not fit a consumer board"),
    ("homelab-romed8-2x3090", "gpu_sag", "cards in a frame"),
)


@pytest.mark.parametrize(("name", "rule", "words"), REPORTED)
def test_reported_trouble_is_found(said, name, rule, words):
    verdicts = {f.rule: f.verdict for f in said[name][1]}
    assert verdicts.get(rule) in ("warning", "conflict"), words
