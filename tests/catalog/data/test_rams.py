"""Curated memory kits: the name states the same kit as the columns, JEDEC limits hold."""

import datetime as dt

import pytest

from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.resolve import resolve
from rigwright.catalog.tables import by_id, load, slug
from rigwright.spec.parts import Board, Cpu, RamKit

KITS = load(RamKit)
SPEED_MT_S = {"DDR3": (1066, 2400), "DDR4": (2133, 4000), "DDR5": (4800, 8000)}
VOLTAGE_V = {"DDR3": (1.35, 1.65), "DDR4": (1.2, 1.35), "DDR5": (1.1, 1.4)}
CAS = {"DDR3": (7, 11), "DDR4": (13, 22), "DDR5": (28, 52)}
MODULE_GIB = {"DDR3": {2, 4, 8}, "DDR4": {4, 8, 16, 32, 64}, "DDR5": {8, 16, 24, 32, 48, 64, 96}}
# First systems with the type on sale: Haswell-E for DDR4, Alder Lake for DDR5.
FIRST = {"DDR4": dt.date(2014, 8, 1), "DDR5": dt.date(2021, 10, 1)}


@pytest.mark.parametrize("kit", KITS, ids=lambda k: k.id)
def test_kit_is_named_sourced_and_found(kit):
    assert kit.id == slug(kit.name) and kit.name.startswith(kit.brand)
    assert len(kit.source) > 10 and dt.date(2012, 1, 1) < kit.source_date <= dt.date.today()
    assert kit.released is None or kit.released <= kit.source_date
    assert kit.released is None or kit.released >= FIRST.get(kit.type, dt.date(2010, 1, 1))
    assert resolve("ram", kit.name, KITS).part is kit


@pytest.mark.parametrize("kit", KITS, ids=lambda k: k.id)
def test_name_and_columns_say_the_same(kit):
    said = claims_of(kit.name)
    assert (said.modules, said.module_gb) == (kit.modules, kit.module_gib)
    assert (said.memory_type, said.mt_s) == (kit.type, kit.speed_mt_s)
    assert f" CL{kit.cas}" in kit.name
    assert said.capacities_gb == (kit.modules * kit.module_gib,)
    assert bool(said.registered) == (kit.form == "RDIMM")
    assert ("SODIMM" in kit.name) == (kit.form == "SODIMM")


@pytest.mark.parametrize("kit", KITS, ids=lambda k: k.id)
def test_facts_are_plausible(kit):
    assert kit.form in {"UDIMM", "SODIMM", "RDIMM"}
    assert kit.modules in {1, 2, 4, 8} and kit.module_gib in MODULE_GIB[kit.type]
    assert kit.ecc is ("ECC" in kit.name) and (kit.form != "RDIMM" or kit.ecc)
    for value, limits in (
        (kit.speed_mt_s, SPEED_MT_S),
        (kit.voltage_v, VOLTAGE_V),
        (kit.cas, CAS),
    ):
        least, most = limits[kit.type]
        assert least <= value <= most
    # JEDEC module heights: 31.25 mm (DIMM), 30 mm (SO-DIMM); spreaders add to it.
    assert kit.height_mm is None or 30 <= kit.height_mm <= 57
    # First-word latency of what is sold lies between 8 and 20 ns.
    assert 8 <= 2000 * kit.cas / kit.speed_mt_s <= 20


def test_the_range_is_covered():
    assert len(KITS) >= 40

    def totals(kind, form):
        return {k.modules * k.module_gib for k in KITS if (k.type, k.form) == (kind, form)}

    assert totals("DDR4", "UDIMM") >= {8, 16, 32, 64, 128}
    assert totals("DDR5", "UDIMM") >= {16, 32, 64, 96, 128, 192}
    assert 16 in totals("DDR3", "UDIMM")
    assert totals("DDR4", "RDIMM") >= {32, 64} and totals("DDR5", "RDIMM") >= {32, 64, 128}


def test_every_board_and_processor_finds_a_kit():
    sold = {(k.type, k.form) for k in KITS}
    for board in load(Board):
        assert any((board.memory_type, f) in sold for f in board.memory_form.split("|")), board.name
    for cpu in load(Cpu):
        assert any((kind, "UDIMM") in sold or (kind, "RDIMM") in sold for kind in cpu.memory_types)


def test_the_kit_of_2016():
    """Corsair product page CMK16GX4M2A2666C16."""
    kit = by_id(RamKit)["corsair-vengeance-lpx-16gb-2x8gb-ddr4-2666-cl16"]
    assert (kit.modules, kit.module_gib, kit.speed_mt_s, kit.cas) == (2, 8, 2666, 16)
    assert kit.voltage_v == 1.2 and kit.released <= dt.date(2016, 10, 29)


# Data sheets: Kingston HX424C15FB/8 and KVR21R15S4K4/32; G.Skill F5-6000J3636F16GX2-FX5.
@pytest.mark.parametrize(
    ("kit_id", "facts"),
    [
        ("kingston-hyperx-fury-8gb-1x8gb-ddr4-2400-cl15", ("UDIMM", 1, 8, 2400, 15)),
        ("kingston-valueram-32gb-4x8gb-ddr4-2133-cl15-ecc-registered", ("RDIMM", 4, 8, 2133, 15)),
        ("g.skill-flare-x5-32gb-2x16gb-ddr5-6000-cl36", ("UDIMM", 2, 16, 6000, 36)),
    ],
)
def test_published_anchors(kit_id, facts):
    kit = by_id(RamKit)[kit_id]
    assert (kit.form, kit.modules, kit.module_gib, kit.speed_mt_s, kit.cas) == facts
