import dataclasses

import pytest

from rigwright.catalog.tables import by_id
from rigwright.plan.ask.hosts import gpu_link, pcie_bytes_per_s, slot_lanes
from rigwright.spec.parts import Board, Chip, Slot

CHIP = by_id(Chip)["geforce-gtx-1070"]


def board(plans):
    slots = (Slot(2, 16, 3.0, "cpu"), Slot(4, 16, 3.0, "cpu"), Slot(6, 16, 3.0, "chipset"))
    fields = dict.fromkeys((f.name for f in dataclasses.fields(Board)), None)
    return Board(**{**fields, "slots": slots, "lane_plans": plans})


def test_widest_way_of_filling_the_slots_is_taken():
    z170 = board(((16, 0, 4), (8, 8, 4)))
    assert slot_lanes(z170, CHIP, 1) == (3.0, 16)
    assert slot_lanes(z170, CHIP, 2) == (3.0, 8)
    assert slot_lanes(z170, CHIP, 3) == (3.0, 4)
    assert slot_lanes(z170, CHIP, 4) is None
    assert slot_lanes(None, CHIP, 1) is None and slot_lanes(board(None), CHIP, 1) is None


def test_pcie_payload_rate():
    # PCI-SIG: 8 GT/s with 128b/130b coding = 0.985 GB/s a lane
    assert pcie_bytes_per_s((3.0, 16)) == pytest.approx(8e9 / 8 * 128 / 130 * 16, rel=0.001)
    # 64 GT/s, 242 of 256 bytes of a flit are payload
    assert pcie_bytes_per_s((6.0, 16)) == pytest.approx(64e9 / 8 * 242 / 256 * 16, rel=0.001)
    assert pcie_bytes_per_s(None) is None and pcie_bytes_per_s((9.0, 16)) is None


def test_links():
    chips = by_id(Chip)
    assert gpu_link(CHIP, 1) == "none" and gpu_link(CHIP, 2) in ("pcie", "pcie-host")
    assert gpu_link(chips["geforce-rtx-3090"], 2) == "nvlink"
    assert gpu_link(chips["geforce-rtx-3090"], 4) != "nvlink"
    assert gpu_link(chips["geforce-rtx-4090"], 2) == "pcie-host"
