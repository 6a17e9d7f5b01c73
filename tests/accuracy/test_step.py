"""Guard: shipped constants still predict published steps (tables outside the repository)."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("source", "label", "mean_error"),
    # Trivial predictors on such tables: scaling by one spec ratio 4-45 %, roofline 23-31 %.
    [("u39kun", "pytorch", 0.20), ("cnn_benchmarks", "cudnn 5", 0.15)],
)
def test_small_published_tables(source: str, label: str, mean_error: float) -> None:
    pytest.importorskip("scipy", reason="scipy fits constants; a development dependency")
    from rigwright.predict import constants
    from rigwright_accuracy import measured
    from rigwright_accuracy.step import bench
    from rigwright_accuracy.step.calibration import operation_list

    try:
        rows = [r for r in measured.all_rows((source,)) if label in r.label.lower()]
    except measured.SharedDataMissingError as missing:
        pytest.skip(str(missing))
    found = bench.build(rows, operation_list)
    assert len(found.rows) > 30
    error = np.abs(found.predict(constants.shipped()) / found.measured - 1.0)
    assert error.mean() < mean_error


def test_flattened_and_tabled_predictions_agree() -> None:
    pytest.importorskip("scipy", reason="scipy fits constants; a development dependency")
    from tests.predict.toy import small_cnn

    from rigwright.catalog import tables
    from rigwright.predict import constants, prepare, times
    from rigwright.predict.chipmodel import chip_table
    from rigwright.spec.parts import Chip
    from rigwright.spec.run import Run
    from rigwright_accuracy import measured
    from rigwright_accuracy.step import bench

    chips = [tables.by_id(Chip)[n] for n in ("tesla-t4", "geforce-rtx-3090", "a100-sxm4-40-gb")]
    run = Run(model="toy", mode="train", batch=32, precision="amp")
    rows = [measured.Row("x", c, 1, "pcie", run, 1.0, "toy", "") for c in chips]
    flat = bench.build(rows, lambda _: small_cnn())
    np.testing.assert_allclose(
        flat.predict(constants.shipped()),
        times(prepare(small_cnn(), run), chip_table(chips)).total,
        rtol=1e-9,
    )
