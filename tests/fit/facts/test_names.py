"""Spellings of sockets, chipsets, generations; which mounts are the same; platform rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fit.story import CPU

from rigwright.fit.facts.names import (
    board_socket,
    chipset_key,
    cpu_socket,
    form_key,
    generation_key,
    platform_of,
    same_mount,
    socket_key,
)
from rigwright.fit.facts.placement import slots_taken
from rigwright.fit.facts.platforms import (
    families,
    family,
    generations,
    platforms,
    socket_row,
    sockets,
)
from rigwright.fit.facts.radiators import Radiator, mounts, place_all
from rigwright.fit.rules.enclosure import likely_psu_forms
from rigwright.fit.rules.storage import lost_sata


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("LGA 1151", "LGA1151"),
        ("LGA1151-v2", "LGA1151-V2"),
        ("LGA 1151v2", "LGA1151-V2"),
        ("TR4", "STR4"),
        ("sTR4", "STR4"),
        ("sTRX4", "STRX4"),
        ("LGA 2011-3 Narrow", "LGA2011-3"),
        ("FCLGA1700", "LGA1700"),
        ("Socket AM4", "AM4"),
    ],
)
def test_sockets(text, key):
    assert socket_key(text) == key


@pytest.mark.parametrize(
    ("text", "socket", "key"),
    [
        ("Raptor Lake Refresh", "LGA 1700", "raptor-lake-refresh"),
        ("Zen 3", "AM4", "zen3"),
        ("zen3", "AM4", "zen3"),
        ("Zen+", "AM4", "zen+"),
        ("Skylake", "LGA 2066", "skylake-x"),
        ("Skylake", "LGA 1151", "skylake"),
        ("Ivy Bridge EP", "LGA 2011", "ivy-bridge-e"),
        ("Haswell-E", "LGA 2011-3", "haswell-e"),
    ],
)
def test_generations(text, socket, key):
    assert generation_key(text, socket) == key


def test_shared_socket_names_are_told_apart_or_left_open():
    assert cpu_socket("LGA 1151", "Coffee Lake") == "LGA1151-V2"
    assert cpu_socket("LGA 1151", None) is None
    assert cpu_socket("LGA 2011", "Broadwell") == "LGA2011-3"  # Xeon E5 v4 filed under LGA 2011
    assert board_socket("LGA 1151", "Intel Z370") == "LGA1151-V2"
    assert board_socket("LGA 1151", "Intel Z999") is None
    assert board_socket("AM4", None) == "AM4"


def test_mounts():
    assert same_mount("LGA1200", "LGA 1151") and same_mount("sTR5", "TR4")
    assert not same_mount("LGA1700", "LGA1200") and not same_mount("AM5", "AM4")
    assert not same_mount("sTR5", "AM4")


def test_chipsets_and_forms():
    assert chipset_key("Intel Z170") == "Z170" and chipset_key("AMD B650E") == "B650E"
    assert {form_key(t) for t in ("Micro ATX", "Micro-ATX", "mATX")} == {"MICROATX"}
    assert platform_of("none", "SP3") is not None and platform_of("none", "AM4") is None


def test_platform_table():
    assert len(platforms()) > 60
    for row in platforms().values():
        assert row.native and row.pcie_gen in (2, 3, 4, 5)
        assert row.socket == socket_key(row.socket)
        assert len({*row.native, *row.update, *row.some}) == len(row.native + row.update + row.some)
        for generation in row.native + row.update:
            lanes = family(row.socket, generation).lanes
            assert lanes is None or lanes <= (socket_row(row.socket).most_lanes or 0)


def test_tables_know_each_other():
    cores = {g for row in platforms().values() for g in row.runs}
    assert {row.socket for row in platforms().values()} <= set(sockets()) | {"LGA4189"}
    assert {core for _, core in families()} - cores <= {"steamroller"}
    assert set(generations()) - cores <= {"steamroller"}
    for row in sockets().values():
        assert set(row.mixed_up_with) <= set(sockets())


def test_a_chipset_may_take_only_some_lines_of_a_generation():
    row = platforms()["WRX80"]
    pro = replace(CPU, name="AMD Ryzen Threadripper PRO 3975WX", brand="AMD")
    plain = replace(CPU, name="AMD Ryzen Threadripper 3970X", brand="AMD")
    assert (row.support("zen2", pro.line), row.support("zen2", plain.line)) == ("native", "never")
    assert row.support("zen2", replace(CPU, name="3970X").line) is None
    listed = replace(row, some_lines=("threadripper",))
    assert listed.support("zen2", plain.line) == "some" and listed.takes(plain.line)
    assert listed.support("zen4", plain.line) == "never"


def test_z170_is_pcie_3():
    """techarp.com, ASRock Z170 Extreme4 review: PCIe 3.0 (catalogues say 4.0)."""
    assert platforms()["Z170"].pcie_gen == 3


def test_slots_taken():
    assert [slots_taken(t) for t in (1.0, 2.0, 2.05, 2.1, 2.5, 3.0, 3.65)] == [1, 2, 2, 2, 3, 3, 4]


def radiators(*sizes, thick=None):
    return tuple(Radiator(size, thick) for size in sizes)


def test_radiators():
    places = mounts(("front:280", "front:360", "rear:120"))
    assert len(places) == 2
    assert place_all(radiators(360, 120), places) == (True, True)
    assert place_all(radiators(360, 240), places) == (False, False)
    assert place_all(radiators(240), mounts(("front:280",))) == (False, True)


def test_a_stack_that_is_too_thick_is_no_proof():
    places = mounts(("front:360:55", "rear:120"))
    assert place_all(radiators(360, thick=27), places) == (True, True)
    assert place_all(radiators(360, thick=38), places) == (False, True)  # with or without fans?
    assert place_all(radiators(360, thick=60), places) == (False, False)
    assert place_all(radiators(360), places) == (False, True)


@given(
    st.lists(st.sampled_from((120, 140, 240, 280, 360)), max_size=3),
    st.sampled_from((None, 27.0, 38.0, 63.0)),
)
def test_a_surely_placed_radiator_is_perhaps_placed(sizes, thick):
    places = mounts(("front:360:55", "top:280:50", "rear:120"))
    sure, perhaps = place_all(radiators(*sizes, thick=thick), places)
    assert perhaps or not sure


@pytest.mark.parametrize(
    ("words", "ports"),
    [
        ("sata5-6 off", 2),
        ("SATA_3 off", 1),
        ("sata1 off, sata2 off", 2),
        ("turns off one SATA port", 1),
        ("slot x8", 0),
        ("", 0),
    ],
)
def test_lost_sata_ports(words, ports):
    assert lost_sata(words) == ports


def test_supply_of_a_tower_is_likely_atx():
    assert likely_psu_forms("ATX Mid Tower", ("ATX", "Micro ATX")) == ("ATX",)
    assert likely_psu_forms("Mini ITX Tower", ("Mini-ITX",)) is None
