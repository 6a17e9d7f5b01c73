"""Guard: constants still predict published training runs (tables outside the repository)."""

from __future__ import annotations

import numpy as np
import pytest

from rigwright.predict.constants import shipped


@pytest.fixture(scope="module")
def scored():
    pytest.importorskip("scipy", reason="scipy fits constants; a development dependency")
    from rigwright_accuracy import measured
    from rigwright_accuracy.training import score as tool

    try:
        found, _ = tool.rows()
    except measured.SharedDataMissingError as missing:
        pytest.skip(str(missing))
    if not found:
        pytest.skip("the tables of training runs are not among the shared measurements")
    ratio = tool.predict(tool.stacked(found), shipped("training"))
    return found, ratio / np.array([row.step_s for row in found])


# Baselines: one share of peak per GPU type 8-8.5 % on MPT; one constant share 61.7 and 17.8 % on
# Megatron runs of one and of many nodes.
@pytest.mark.parametrize(
    ("source", "mean_error"),
    [
        ("llm-foundry MPT", 0.07),
        ("vTrain Megatron, one node", 0.09),
        ("vTrain Megatron, many nodes", 0.10),
        ("torchtune", 0.09),
    ],
)
def test_published_training_runs(scored, source, mean_error):
    found, ratio = scored
    error = np.abs(ratio - 1.0)[[row.source == source for row in found]]
    assert len(error) >= 10
    assert error.mean() < mean_error


def test_ranges_hold_for_every_source_left_out(scored):
    from rigwright.predict import training
    from rigwright_accuracy.training import score as tool

    found, _ = scored
    cases, c = tool.stacked(found), shipped("training")
    half = training.log_half_width(cases, training.seconds(cases, c), c)
    unseen = tool.held_out(found, cases, tool.HELD_OUT["unseen source"])
    inside = np.abs(np.log(unseen / [r.step_s for r in found])) <= half
    sources = np.array([r.source for r in found])
    for source in set(sources):
        if (sources == source).sum() >= 20:  # of fewer one row is more than 5 points
            assert 0.7 < inside[sources == source].mean() < 0.92, source
    assert np.median(half) < 0.25


def test_runs_that_were_made_are_predicted_to_fit(scored):
    from rigwright.predict.memory import decoder_peak

    found, _ = scored
    rows = [r for r in found if r.source.startswith(("llm-foundry", "vTrain"))][::3]
    fit = [
        decoder_peak(r.config, r.run, r.machine).bytes <= r.machine.chip.vram_bytes for r in rows
    ]
    assert np.mean(fit) > 0.99
