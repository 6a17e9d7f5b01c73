import pytest

from rigwright.spec.tables.pcie import TABLE, Generation, lane_rates
from rigwright.spec.tables.table import table


def test_every_generation_to_the_newest_is_known():
    assert list(lane_rates()) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("row", table(Generation, TABLE), ids=lambda row: row.gen)
def test_a_lane_carries_its_transfers_less_encoding(row):
    """8b/10b, 128b/130b, and 242 of the 256 bytes of a flit (PCI-SIG)."""
    payload = {1: 8 / 10, 2: 8 / 10, 6: 242 / 256, 7: 242 / 256}.get(row.gen, 128 / 130)
    assert row.lane_bytes_per_s == pytest.approx(row.gt_per_s / 8 * 1e9 * payload, rel=0.001)
