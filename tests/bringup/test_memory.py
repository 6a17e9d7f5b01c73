"""Rated speeds out of part numbers, and the channels that places name."""

import pytest

from rigwright.bringup.found import FoundPart
from rigwright.bringup.memory import judged, rated


@pytest.mark.parametrize(
    ("part", "kind", "rate", "profile"),
    [
        ("F4-3600C18-32GTZN", "DDR4", 3600, True), ("F5-6000J3636F16G", "DDR5", 6000, True),
        ("F3-12800CL9-4GBXL", "DDR3", 1600, True), ("CMK32GX4M2D3600C18", "DDR4", 3600, True),
        ("CM4X8GC3000C15K4", "DDR4", 3000, True), ("KHX3200C16D4/8GX", "DDR4", 3200, True),
        ("KF436C17BB/8", "DDR4", 3600, True), ("KF560C36-16", "DDR5", 6000, True),
        ("KVR26N19S8/8", "DDR4", 2666, False), ("KSM32ED8/32ME", "DDR4", 3200, False),
        ("BL8G32C16U4B.M8FE", "DDR4", 3200, True), ("CT16G4DFD8266.M16FRS", "DDR4", 2666, False),
        ("CT32G48C40U5.M8A1", "DDR5", 4800, False), ("18ASF2G72PDZ-2G3D1", "DDR4", 2400, False),
        ("M393A4K40CB2-CTD", "DDR4", 2666, False), ("HMA82GU6CJR8N-VK", "DDR4", 2666, False),
        ("HMCG88AEBUA084N", "DDR5", 4800, False), ("TEAMGROUP-UD4-3200", "DDR4", 3200, True),
        ("PVS416G360C8K", "DDR4", 3600, True), ("4400 C19 Series", "DDR4", 4400, True),
    ],
)  # fmt: skip
def test_part_numbers(part, kind, rate, profile):
    assert rated(part, kind) == (rate, profile)


@pytest.mark.parametrize(
    "part", ["", "Unknown", "9965694-026.B00G", "NO DIMM", "0000000000", "F4-9999"]
)
def test_no_rate_is_made_up(part):
    assert rated(part, "DDR4") is None


@pytest.mark.parametrize(
    ("bank", "locator", "channel"),
    [
        ("P0 CHANNEL A", "DIMM 1", "0/A"), ("BANK 0", "ChannelB-DIMM0", "/B"),
        ("P0_Node1_Channel3_Dimm0", "P2_DIMME1", "0/3"), ("", "DIMM_A2", "/A"),
        ("BANK 0", "Controller1-ChannelA-DIMM0", "1/A"), ("", "A1", "/A"),
        ("BANK 2", "DIMM 3", None),
    ],
)  # fmt: skip
def test_channels(bank, locator, channel):
    assert judged(FoundPart("module", {"bank": bank, "locator": locator}))["channel"] == channel


def test_a_clock_is_half_the_rate():
    module = FoundPart("module", {"type": "26", "speed": 1067.0, "configured": 1067.0})
    assert judged(module)["rate"] == 2134 and judged(module)["type"] == "DDR4"
