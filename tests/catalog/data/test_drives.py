"""Curated drives: rates stay below what the interface can carry, disks seek as slowly as disks."""

import datetime as dt

import pytest

from rigwright.catalog.names.resolve import resolve
from rigwright.catalog.tables import by_id, load, slug
from rigwright.spec.parts import Drive

DRIVES = load(Drive)
# Payload: SATA 6 Gb/s with 8b/10b; PCIe 3.0 and later with 128b/130b, per lane.
SATA_BYTES_PER_S = 600e6
LANE_BYTES_PER_S = {3: 0.985e9, 4: 1.969e9, 5: 3.938e9}
FIRST = {3: dt.date(2014, 1, 1), 4: dt.date(2019, 7, 1), 5: dt.date(2023, 1, 1)}


@pytest.mark.parametrize("drive", DRIVES, ids=lambda d: d.id)
def test_drive_is_named_sourced_and_found(drive):
    assert drive.id == slug(drive.name) and drive.name.startswith(drive.brand)
    assert len(drive.source) > 10 and dt.date(2012, 1, 1) < drive.source_date <= dt.date.today()
    assert drive.released is None or drive.released <= drive.source_date
    assert resolve("drive", drive.name, DRIVES).part is drive


@pytest.mark.parametrize("drive", DRIVES, ids=lambda d: d.id)
def test_kind_form_and_interface_belong_together(drive):
    if drive.type == "hdd":
        assert (drive.form_factor, drive.interface) == ("3.5", "sata")
        assert drive.rpm in {5400, 7200}
    else:
        assert drive.type == "ssd" and drive.rpm is None
        assert drive.form_factor in {"2.5", "M.2-2242", "M.2-2280", "M.2-22110", "U.2"}
    assert (drive.interface == "pcie") == (drive.pcie_gen is not None)
    assert (drive.interface == "pcie") == (drive.pcie_lanes is not None)
    if drive.interface == "pcie":
        assert drive.form_factor != "2.5" and drive.released >= FIRST[drive.pcie_gen]


@pytest.mark.parametrize("drive", DRIVES, ids=lambda d: d.id)
def test_rates_stay_below_the_interface(drive):
    assert 240e9 <= drive.capacity_bytes <= 30e12
    most = SATA_BYTES_PER_S
    if drive.interface == "pcie":
        most = LANE_BYTES_PER_S[drive.pcie_gen] * drive.pcie_lanes
    assert drive.sequential_read_bytes_per_s < most
    if drive.random_read_iops is not None:
        assert drive.random_read_iops * 4096 < most
    assert drive.draw_w is None or 0.5 <= drive.draw_w <= 25


@pytest.mark.parametrize("disk", [d for d in DRIVES if d.type == "hdd"], ids=lambda d: d.id)
def test_a_disk_reads_and_seeks_like_one(disk):
    assert 100e6 <= disk.sequential_read_bytes_per_s <= 300e6
    if disk.random_read_iops is not None:
        seek_s = 1 / disk.random_read_iops - 30 / disk.rpm  # half a turn takes 30 s / rpm
        assert 0.007 <= seek_s <= 0.016


def test_the_range_is_covered():
    assert len(DRIVES) >= 36
    assert {d.pcie_gen for d in DRIVES} == {None, 3, 4, 5}
    assert {d.capacity_bytes // 10**12 for d in DRIVES if d.interface == "pcie"} >= {1, 2, 4}


# Data sheets of Seagate (Barracuda 7200.14: 210 MB/s, read seek < 8.5 ms, 8 W), Samsung, Crucial.
ANCHORS = {
    "seagate-barracuda-2tb-7200rpm-st2000dm001": (2000, 210, 1000 / (8.5 + 4.17)),
    "samsung-850-evo-500gb": (500, 540, 98_000),
    "crucial-bx200-480gb": (480, 540, 66_000),
    "samsung-960-evo-1tb": (1000, 3200, 380_000),
    "samsung-980-pro-1tb": (1000, 7000, 1_000_000),
    "samsung-990-pro-2tb": (2000, 7450, 1_400_000),
    "crucial-t705-2tb": (2000, 14500, 1_550_000),
}


@pytest.mark.parametrize(("drive_id", "facts"), ANCHORS.items())
def test_published_anchors(drive_id, facts):
    drive = by_id(Drive)[drive_id]
    assert drive.capacity_bytes == facts[0] * 10**9
    assert drive.sequential_read_bytes_per_s == facts[1] * 1e6
    assert drive.random_read_iops == pytest.approx(facts[2], rel=0.01)


def test_the_line_of_2016_means_the_disk_of_2016():
    line = 'Seagate - Barracuda 2TB 3.5" 7200RPM Internal Hard Drive'
    found = resolve("drive", line, DRIVES).part
    assert found is not None and found.id == "seagate-barracuda-2tb-7200rpm-st2000dm001"
    assert found.rpm == 7200 and found.released <= dt.date(2016, 10, 29)
