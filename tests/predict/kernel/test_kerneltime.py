"""Cost of single operations against published arithmetic and latencies."""

from __future__ import annotations

import numpy as np
import pytest
from tests.predict.toy import Line, conv, gemm, ops_of, stream

from rigwright.catalog import tables
from rigwright.predict import constants
from rigwright.predict.chipmodel import chip_table, sustained
from rigwright.predict.kernel.features import Manner, work_of
from rigwright.predict.kernel.kerneltime import operation_seconds
from rigwright.predict.kernel.shapes import Setting, shapes_of
from rigwright.predict.kernel.work import CLASS
from rigwright.spec.parts import Chip

CHIPS = tables.by_id(Chip)


def seconds(line: Line, chip: str, batch: int = 1, precision: str = "fp32") -> float:
    c = constants.shipped()
    work = work_of(ops_of([line]), batch, 1, precision)
    table = chip_table([CHIPS[chip]])
    shapes = shapes_of(work, Setting(precision, cudnn=8))
    got = operation_seconds(shapes, table, sustained(table, c), c)
    return float(got.total[0, 0])


def test_no_operation_beats_the_roofline() -> None:
    for name in ("tesla-v100-pcie-32-gb", "a100-sxm4-80-gb", "l4"):
        chip = CHIPS[name]
        line = gemm(8192, 8192, 8192)
        flop, moved = 2 * 8192.0**3, 4 * 3 * 8192.0**2
        least = max(flop / chip.fp32_flop_per_s, moved / chip.bandwidth_bytes_per_s)
        assert seconds(line, name) > least


@pytest.mark.parametrize(
    ("chip", "share"),
    # Median share of the fp32 peak of GEMMs above 100 GFLOP in NeuSight's published latencies
    # (sitar-lab/NeuSight, asplos data): boards with 70 W limits stay far below their peak.
    [("tesla-v100-pcie-32-gb", 0.97), ("tesla-t4", 0.48), ("l4", 0.28), ("a100-pcie-80-gb", 0.91)],
)
def test_power_limit_decides_what_a_board_sustains(chip: str, share: float) -> None:
    flop = 2 * 8192.0**3
    reached = flop / seconds(gemm(8192, 8192, 8192), chip) / CHIPS[chip].fp32_flop_per_s
    assert reached == pytest.approx(share, rel=0.2)


def test_streaming_reaches_published_bandwidth() -> None:
    # V100: 818 GB/s for large ReLUs in the same tables.
    moved = 2 * 4 * 64.0 * 56 * 56 * 1024
    assert moved / seconds(stream(), "tesla-v100-pcie-32-gb", 1024) == pytest.approx(
        8.18e11, rel=0.1
    )


def test_convolution_work_counts_multiply_adds() -> None:
    work = work_of(ops_of([conv(), conv(1, "conv_dgrad"), conv(1, "conv_wgrad")]), 8, 1, "fp32")
    macs = 8 * 56 * 56 * 64 * 64 * 9
    np.testing.assert_allclose(work.flop, 2.0 * macs)
    np.testing.assert_allclose(work.m * work.n * work.k * work.b, macs)


def test_depthwise_is_its_own_class() -> None:
    dims = (1, 64, 56, 56, 64, 3, 3, 1, 64, 56, 56, 1)
    line: Line = ("conv", "convolution", 0, dims, (0,), 1.0, 1.0)
    assert work_of(ops_of([line]), 1, 1, "fp32").cls[0] == CLASS["depthwise"]


def test_casts_exist_under_autocast_only() -> None:
    ops = ops_of([stream("cast", "cast"), stream()])
    assert len(work_of(ops, 1, 1, "amp")) == 2
    assert len(work_of(ops, 1, 1, "fp32")) == 1


def test_attention_before_pytorch_2_stores_its_scores() -> None:
    dims = (1, 12, 197, 197, 64, 0)
    line: Line = ("attention", "sdpa", 0, dims, (0,), 4e5, 1.5e5)
    fused = work_of(ops_of([line]), 8, 1, "amp")
    stored = work_of(ops_of([line]), 8, 1, "amp", manner=Manner(fused_attention=False))
    assert stored.flop @ stored.count == pytest.approx(float(fused.flop @ fused.count))
    assert (stored.write * stored.count).sum() > (fused.write * fused.count).sum()


@pytest.mark.parametrize("chip", ["geforce-rtx-2080-ti", "titan-v", "radeon-rx-7800-xt"])
def test_double_precision_has_no_short_cuts(chip: str) -> None:
    dims = (1, 256, 56, 56, 256, 3, 3, 1, 256, 56, 56, 1)
    depthwise: Line = ("conv", "convolution", 0, dims, (0,), 1.0, 1.0)
    for line, macs in ((conv(), 64.0 * 64), (depthwise, 256.0)):
        flop = 2 * 64 * 56 * 56 * 9 * macs
        assert seconds(line, chip, 64, "fp64") > 0.9 * flop / CHIPS[chip].fp64_flop_per_s
