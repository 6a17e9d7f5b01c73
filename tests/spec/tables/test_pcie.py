import pytest

from rigwright.spec.tables.known import DATA, lane_rates
from rigwright.spec.tables.table import column


def test_every_generation_to_the_newest_is_known():
    assert list(lane_rates()) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(("gen", "gt"), column(DATA / "pcie.csv", "gen", "gt_per_s").items())
def test_a_lane_carries_its_transfers_less_encoding(gen, gt):
    """8b/10b, 128b/130b, and 242 of the 256 bytes of a flit (PCI-SIG)."""
    payload = {"1": 8 / 10, "2": 8 / 10, "6": 242 / 256, "7": 242 / 256}.get(gen, 128 / 130)
    assert lane_rates()[float(gen)] == pytest.approx(gt / 8 * 1e9 * payload, rel=0.001)
