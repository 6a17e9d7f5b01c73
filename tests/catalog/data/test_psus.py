"""Curated power supplies: plugs agree with watts and standard, housings with their form factor."""

import datetime as dt

import pytest

from rigwright.catalog.names.resolve import resolve
from rigwright.catalog.prices.ledger import CONDITIONS
from rigwright.catalog.prices.sold import sold
from rigwright.catalog.tables import by_id, load, slug
from rigwright.spec.parts import Psu

OF_COMPUTERS = {"Dell OptiPlex"}
"""Housings of supplies that come inside a computer alone, with plugs of its maker."""
PSUS = tuple(p for p in load(Psu) if p.form_factor not in OF_COMPUTERS)
LENGTH_MM = {"ATX": (140, 225), "SFX": (100, 100), "SFX-L": (130, 130)}
CLASSES = {"white", "bronze", "silver", "gold", "platinum", "titanium"}
# 12VHPWR cables came with the first cards and supplies of PCIe 5.0.
FIRST_16PIN = dt.date(2022, 1, 1)


@pytest.mark.parametrize("psu", PSUS, ids=lambda p: p.id)
def test_psu_is_named_sourced_and_found(psu):
    assert psu.id == slug(psu.name) and psu.name.startswith(psu.brand)
    assert len(psu.source) > 10 and dt.date(2012, 1, 1) < psu.source_date <= dt.date.today()
    assert psu.released is None or psu.released <= psu.source_date
    assert resolve("psu", psu.name, PSUS).part is psu


@pytest.mark.parametrize("psu", PSUS, ids=lambda p: p.id)
def test_housing_and_class_are_plausible(psu):
    assert 430 <= psu.watts <= 2200 and psu.watts % 10 == 0
    assert psu.modular in {"no", "semi", "full"} and psu.efficiency in CLASSES
    assert psu.atx_version in {"3.0", "3.1"} or psu.atx_version.startswith("2.")
    if psu.length_mm is not None:
        least, most = LENGTH_MM[psu.form_factor]
        assert least <= psu.length_mm <= most
    assert psu.form_factor in LENGTH_MM


@pytest.mark.parametrize("psu", PSUS, ids=lambda p: p.id)
def test_plugs_agree_with_watts(psu):
    assert psu.eps_plugs is None or 1 <= psu.eps_plugs <= 3
    # Short housings have room for one processor plug only (NZXT C850 SFX); others of 2013 too.
    assert psu.eps_plugs != 1 or psu.watts <= (850 if psu.form_factor == "SFX" else 750)
    plugs, cables = psu.pcie_8pin_plugs, psu.pcie_8pin_cables
    if plugs is not None:
        assert (1 if psu.watts < 450 else 2) <= plugs <= psu.watts / 100
    if cables is not None:
        assert cables <= plugs <= 2 * cables
    assert psu.sata_plugs is None or 4 <= psu.sata_plugs <= 20


@pytest.mark.parametrize("psu", PSUS, ids=lambda p: p.id)
def test_16pin_plugs_agree_with_the_standard(psu):
    count = psu.pcie_16pin_plugs
    if psu.atx_version.startswith("3"):
        assert count >= 1
    if count:
        assert psu.released >= FIRST_16PIN and count <= psu.watts / 600
    if psu.released < FIRST_16PIN:
        assert count == 0


@pytest.mark.parametrize("psu", [p for p in load(Psu) if p not in PSUS], ids=lambda p: p.id)
def test_what_comes_in_a_computer_is_never_sold_alone(psu):
    assert 200 <= psu.watts < 1500 and psu.pcie_8pin_plugs is not None
    days = [dt.date(year, 6, 1) for year in range(2012, 2027)]
    assert {sold(psu, day, c) for day in days for c in CONDITIONS} == {False}


def test_the_range_is_covered():
    assert len(PSUS) >= 40
    assert {p.form_factor for p in PSUS} == {"ATX", "SFX", "SFX-L"}
    assert {p.atx_version for p in PSUS} >= {"3.0", "3.1"}
    assert {p.watts for p in PSUS} >= {500, 550, 600, 650, 750, 850, 1000, 1200, 1300, 1600}


@pytest.mark.parametrize("plugs", [2, 4, 6, 8, 10])
def test_some_supply_is_read_completely_for_each_number_of_cards(plugs):
    read = [p for p in PSUS if p.eps_plugs and p.length_mm and p.pcie_16pin_plugs is not None]
    assert any((p.pcie_8pin_plugs or 0) >= plugs for p in read)


# Makers' product pages; CX650M: "4x PCIe & 1x EPS connectors", Tom's Hardware, 2016-11-03;
# HX850: 180 mm, hardwareluxx.de 43285; Prime TX-1600: two 12VHPWR cables, 210 mm,
# comptoir-hardware.com 46304. Columns: watts, length, EPS, 6+2, 16-pin.
ANCHORS = {
    "corsair-cx600m": (600, 140, 1, 2, 0),
    "corsair-cx650m": (650, 140, 1, 4, 0),
    "corsair-hx850-platinum": (850, 180, 2, 6, 0),
    "corsair-ax1500i": (1500, 225, 2, 10, 0),
    "corsair-sf600": (600, 100, 1, 2, 0),
    "seasonic-prime-tx-1600": (1600, 210, None, None, 2),
}


@pytest.mark.parametrize(("psu_id", "facts"), ANCHORS.items())
def test_published_anchors(psu_id, facts):
    p = by_id(Psu)[psu_id]
    plugs = (p.eps_plugs, p.pcie_8pin_plugs, p.pcie_16pin_plugs)
    assert (p.watts, p.length_mm, *plugs) == facts


def test_a_600_w_supply_was_sold_before_the_story():
    sold = [p for p in PSUS if p.watts == 600 and p.released <= dt.date(2016, 10, 29)]
    assert {p.brand for p in sold} >= {"Corsair", "Kuroutoshikou"}
