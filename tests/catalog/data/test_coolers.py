"""Curated coolers: every socket sold has one, sizes are plausible, published anchors hold."""

import datetime as dt

import pytest

from rigwright.catalog.names.resolve import resolve
from rigwright.catalog.tables import by_id, load, slug
from rigwright.fit.facts.names import same_mount
from rigwright.spec.parts import Cooler, Cpu

COOLERS = load(Cooler)
SOCKETS = {
    *("LGA775", "LGA1150", "LGA1151", "LGA1155", "LGA1156", "LGA1200", "LGA1366", "LGA1700"),
    *("LGA1851", "LGA2011", "LGA2011-3", "LGA2066", "LGA4189", "LGA4677"),
    *("AM2", "AM2+", "AM3", "AM3+", "AM4", "AM5", "FM1", "FM2", "FM2+"),
    *("sTR4", "sTRX4", "sWRX8", "sTR5", "SP3", "SP5", "SP6"),
}
RADIATORS_MM = {120, 140, 240, 280, 360, 420}


def test_enough_of_both_kinds():
    assert len(COOLERS) >= 36
    assert {c.type for c in COOLERS} == {"air", "liquid"}
    assert {c.radiator_mm for c in COOLERS if c.type == "liquid"} >= {240, 280, 360, 420}


@pytest.mark.parametrize("cooler", COOLERS, ids=lambda c: c.id)
def test_cooler_is_named_sourced_and_found(cooler):
    assert cooler.id == slug(cooler.name) and cooler.name.startswith(cooler.brand)
    assert len(cooler.source) > 10 and dt.date(2012, 1, 1) < cooler.source_date <= dt.date.today()
    assert cooler.released is None or cooler.released <= cooler.source_date
    assert resolve("cooler", cooler.name, COOLERS).part is cooler


@pytest.mark.parametrize("cooler", COOLERS, ids=lambda c: c.id)
def test_facts_are_plausible(cooler):
    assert cooler.sockets and set(cooler.sockets) <= SOCKETS
    assert len(set(cooler.sockets)) == len(cooler.sockets)
    if cooler.type == "air":
        assert 30 <= cooler.height_mm <= 170 and cooler.radiator_mm is None
    else:
        assert cooler.radiator_mm in RADIATORS_MM
        assert cooler.radiator_thickness_mm is None or 25 <= cooler.radiator_thickness_mm <= 60
    assert cooler.capacity_w is None or 65 <= cooler.capacity_w <= 500
    assert cooler.noise_dba is None or 15 <= cooler.noise_dba <= 50
    if cooler.memory_clearance_mm is not None:
        assert 30 <= cooler.memory_clearance_mm <= cooler.height_mm


@pytest.mark.parametrize("cooler", COOLERS, ids=lambda c: c.id)
def test_a_cooler_is_read_after_its_newest_socket(cooler):
    """A list that names a socket cannot be older than the socket (Intel, AMD launch dates)."""
    launched = {
        "LGA1151": dt.date(2015, 8, 5),
        "AM4": dt.date(2016, 9, 5),
        "sTR4": dt.date(2017, 8, 10),
        "LGA1200": dt.date(2020, 4, 30),
        "LGA1700": dt.date(2021, 11, 4),
        "AM5": dt.date(2022, 9, 27),
        "sTR5": dt.date(2023, 11, 21),
        "LGA1851": dt.date(2024, 10, 24),
    }
    # Kits are announced and packed some weeks ahead.
    early = dt.timedelta(days=60)
    for socket in set(cooler.sockets) & set(launched):
        assert cooler.source_date >= launched[socket] - early, socket


def test_every_socket_of_the_catalogue_can_be_cooled():
    for cpu in load(Cpu):
        fits = [c for c in COOLERS if any(same_mount(cpu.socket, s) for s in c.sockets)]
        assert fits, cpu.name


# Makers' product pages: Scythe SCKTT-1000, Cooler Master RR-212E-20PK-R2, noctua.at, arctic.de,
# bequiet.com BK036, corsair.com CW-9060025-WW.
ANCHORS = {
    "scythe-kotetsu": ("height_mm", 160),
    "cooler-master-hyper-212-evo": ("height_mm", 159),
    "noctua-nh-d15": ("height_mm", 165),
    "noctua-nh-d15-g2": ("height_mm", 168),
    "noctua-nh-u12s": ("height_mm", 158),
    "noctua-nh-u14s": ("height_mm", 165),
    "noctua-nh-l9i": ("height_mm", 37),
    "be-quiet-dark-rock-pro-5": ("capacity_w", 270),
    "arctic-freezer-34-esports-duo": ("capacity_w", 210),
    "arctic-liquid-freezer-iii-360": ("radiator_thickness_mm", 38),
    "corsair-hydro-h100i-v2": ("radiator_mm", 240),
}


@pytest.mark.parametrize(("cooler_id", "fact"), ANCHORS.items())
def test_published_anchors(cooler_id, fact):
    assert getattr(by_id(Cooler)[cooler_id], fact[0]) == fact[1]


def test_the_kotetsu_fits_the_processor_of_2016():
    kotetsu = by_id(Cooler)["scythe-kotetsu"]
    assert {"LGA1150", "LGA1151", "LGA1155", "LGA2011", "AM3+"} <= set(kotetsu.sockets)
    assert kotetsu.released <= dt.date(2016, 10, 29)
