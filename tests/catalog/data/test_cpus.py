"""Curated processors: ranges, the platform each belongs to, and a few published anchors."""

import datetime as dt

import pytest

from rigwright.catalog.tables import by_id, load, slug
from rigwright.fit.facts.names import generation_key, socket_key
from rigwright.fit.facts.platforms import family, platforms, socket_row
from rigwright.spec.parts import Board, Cpu

CPUS = load(Cpu)
BOARDS = load(Board)
EACH = pytest.mark.parametrize("cpu", CPUS, ids=lambda c: c.id)

# AMD socket power limit by TDP class; 76 W is the limit of two 65 W Zen 3 parts.
PACKAGE_POWER_W = {65: {76, 88}, 105: {142}, 120: {162}, 170: {230}}


def test_ids_are_unique_and_there_are_enough():
    assert len({cpu.id for cpu in CPUS}) == len(CPUS) >= 60


@EACH
def test_row_names_its_part_and_source(cpu):
    assert cpu.id == slug(cpu.name) and cpu.brand in {"Intel", "AMD"}
    assert cpu.name.startswith(cpu.brand)
    # A source names the very model, so that it can be looked up again.
    assert cpu.name.removeprefix(f"{cpu.brand} ") in cpu.source
    assert dt.date(2013, 6, 1) <= cpu.released <= dt.date.today()
    assert cpu.released <= cpu.source_date <= dt.date.today()


@EACH
def test_numbers_are_plausible(cpu):
    assert 4 <= cpu.cores <= cpu.threads <= 2 * cpu.cores
    assert 2000 <= cpu.base_mhz <= cpu.boost_mhz <= 6200
    assert 65 <= cpu.tdp_w <= 400
    assert cpu.max_power_w is None or cpu.tdp_w <= cpu.max_power_w <= 3.5 * cpu.tdp_w
    assert cpu.memory_max_gib >= 16 * cpu.memory_channels
    assert 1600 <= cpu.memory_mt_s <= 7200
    assert cpu.registered_memory in {"no", "yes", "either"}
    assert set(cpu.memory_types) <= {"DDR3", "DDR4", "DDR5"} and cpu.memory_types
    assert cpu.avx2  # every generation since Haswell, Pentiums aside


@EACH
def test_power_of_amd_processors_follows_the_tdp_class(cpu):
    if cpu.socket in {"AM4", "AM5"}:
        assert cpu.max_power_w in PACKAGE_POWER_W[cpu.tdp_w]


@EACH
def test_platform_table_knows_the_generation(cpu):
    core, socket = generation_key(cpu.generation, cpu.socket), socket_key(cpu.socket)
    rows = [
        p
        for p in platforms().values()
        if p.socket == socket and p.support(core, cpu.line) != "never"
    ]
    assert rows, f"no chipset of {socket} runs {core}"
    lanes = family(socket, core).lanes
    assert lanes is None or lanes == cpu.pcie_lanes
    assert cpu.pcie_lanes <= (socket_row(socket).most_lanes or 128)
    assert cpu.memory_channels == (socket_row(socket).channels or cpu.memory_channels)
    assert cpu.pcie_gen in {3.0, 4.0, 5.0}


@EACH
def test_two_boards_take_the_processor(cpu):
    core, socket = generation_key(cpu.generation, cpu.socket), socket_key(cpu.socket)
    boards = [
        board
        for board in BOARDS
        if socket_key(board.socket) == socket
        and platforms()[board.chipset].support(core, cpu.line) != "never"
        and board.memory_type in cpu.memory_types
    ]
    assert len(boards) >= 2


def test_graphics_of_f_processors_are_off():
    for cpu in CPUS:
        if cpu.brand == "Intel" and cpu.socket.startswith(("LGA115", "LGA1200", "LGA17")):
            assert cpu.has_igpu == (not cpu.name.endswith("F")), cpu.id


ANCHORS = [
    # Intel ARK 88195: i7-6700K.
    (
        "intel-core-i7-6700k",
        {"tdp_w": 91, "socket": "LGA1151", "pcie_lanes": 16, "cores": 4, "threads": 8},
    ),
    # Intel ARK 82932 and 82931: the 5820K has 28 lanes, the 5930K 40.
    ("intel-core-i7-5820k", {"pcie_lanes": 28, "memory_channels": 4, "tdp_w": 140}),
    ("intel-core-i7-5930k", {"pcie_lanes": 40}),
    # Intel ARK 230496: processor base power 125 W, maximum turbo power 253 W.
    ("intel-core-i9-13900k", {"tdp_w": 125, "max_power_w": 253, "cores": 24, "threads": 32}),
    # AMD: 24 usable PCIe 5.0 lanes, 170 W TDP, 230 W socket power.
    ("amd-ryzen-9-7950x", {"pcie_lanes": 24, "pcie_gen": 5.0, "max_power_w": 230}),
    # AMD: Cezanne has PCIe 3.0 where Vermeer has 4.0.
    ("amd-ryzen-5-5600g", {"pcie_gen": 3.0, "has_igpu": True}),
    ("amd-ryzen-5-5600x", {"pcie_gen": 4.0, "has_igpu": False}),
    # hardwareluxx.de 51678: 56 of the 64 lanes of a TRX40 processor are for slots and drives.
    ("amd-ryzen-threadripper-3970x", {"pcie_lanes": 56, "cores": 32, "tdp_w": 280}),
    # hardwareluxx.de 44320: 60 of the 64 lanes of an X399 processor.
    ("amd-ryzen-threadripper-1950x", {"pcie_lanes": 60, "pcie_gen": 3.0}),
]


@pytest.mark.parametrize(("cpu_id", "facts"), ANCHORS, ids=[a for a, _ in ANCHORS])
def test_published_anchor(cpu_id, facts):
    cpu = by_id(Cpu)[cpu_id]
    assert {name: getattr(cpu, name) for name in facts} == facts
