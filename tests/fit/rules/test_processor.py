"""A chipset takes product lines, not only generations."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rigwright.catalog.tables import load
from rigwright.fit.rules import BY_ID
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Cpu


def verdict(name, socket, generation, chipset, listed=None):
    cpu = replace(load(Cpu)[0], name=name, socket=socket, generation=generation)
    board = replace(load(Board)[0], socket=socket, chipset=chipset, cpu_generations=listed)
    return BY_ID["cpu_generation"].check(Build(cpu=cpu, board=board))


@pytest.mark.parametrize(
    ("name", "socket", "generation", "chipset", "says"),
    [
        ("AMD Ryzen Threadripper 7960X", "sTR5", "zen4", "WRX90", "conflict"),
        ("AMD Ryzen Threadripper 7960X", "sTR5", "zen4", "TRX50", "ok"),
        ("AMD Ryzen Threadripper PRO 7965WX", "sTR5", "zen4", "WRX90", "ok"),
        ("AMD Ryzen Threadripper PRO 7965WX", "sTR5", "zen4", "TRX50", "ok"),
        ("Intel Xeon E3-1230 v5", "LGA1151", "skylake", "Z170", "conflict"),
        ("Intel Xeon E3-1230 v5", "LGA1151", "skylake", "C236", "ok"),
        ("Intel Xeon E3-1231 v3", "LGA1150", "haswell-refresh", "Z97", "ok"),
        ("Intel Core i5-6500", "LGA1151", "skylake", "Z170", "ok"),
        ("Intel Core i7-6700", "LGA1151", "skylake", "C232", "unknown"),
        ("Intel Xeon E-2136", "LGA1151-v2", "coffee-lake", "Z370", "conflict"),
        ("Intel Xeon E-2136", "LGA1151-v2", "coffee-lake", "C246", "ok"),
        ("AMD EPYC 4464P", "AM5", "zen4", "B650", "unknown"),
        ("AMD Ryzen 7 PRO 7745", "AM5", "zen4", "B650", "unknown"),
        ("AMD Ryzen 7 7700", "AM5", "zen4", "B650", "ok"),
        ("Intel Xeon W-2145", "LGA2066", "skylake-w", "X299", "conflict"),
        ("Intel Xeon W-1290", "LGA1200", "comet-lake", "Z490", "conflict"),
        ("some processor", "AM5", "zen4", "B650", "unknown"),
        ("some processor", "AM5", "zen3", "B650", "conflict"),
        ("AMD Ryzen 7 7700", "AM5", "zen4", "a chipset nobody knows", "unknown"),
    ],
)
def test_generation_and_line(name, socket, generation, chipset, says):
    assert verdict(name, socket, generation, chipset).verdict == says


def test_the_sentence_names_the_line():
    found = verdict("AMD Ryzen Threadripper 7960X", "sTR5", "zen4", "WRX90")
    assert (found.have, found.need) == ("WRX90", "threadripper")
    assert found.why.endswith("the chipset does not take threadripper")
    assert found.fix == "WRX90 runs: threadripper-pro"


def test_a_boards_own_list_of_generations_says_nothing_of_lines():
    listed = ("zen4", "zen5")
    assert verdict("AMD Ryzen 9 9950X", "AM5", "zen5", "B650", listed).verdict == "ok"
    chip = ("Intel Xeon E3-1230 v5", "LGA1151", "skylake", "Z170", ("skylake",))
    assert verdict(*chip).verdict == "conflict"


@pytest.mark.parametrize(
    ("generation", "chipset", "words"),
    [("zen3", "B450", "AGESA 1.0.8.1"), ("zen5", "B650", "AGESA 1.1.7.0")],
)
def test_the_bios_that_is_needed_is_named(generation, chipset, words):
    """A warning with the version, of the processor's month or later; never a question."""
    for board in (b for b in load(Board) if b.chipset == chipset):
        for cpu in load(Cpu):
            if (cpu.generation, cpu.socket) != (generation, board.socket):
                continue
            board = replace(board, released=dt.date(2018, 1, 1))
            found = BY_ID["bios_version"].check(Build(cpu=cpu, board=board))
            assert (found.verdict, found.severity) == ("warning", "note"), found.why
            assert words in found.why
            later = replace(board, released=cpu.released)
            assert BY_ID["bios_version"].check(Build(cpu=cpu, board=later)).verdict == "ok"


def test_where_no_version_is_known_the_month_of_the_processor_is_named():
    board = next(b for b in load(Board) if b.chipset == "Z170")
    cpu = next(c for c in load(Cpu) if c.generation == "kaby-lake" and c.socket == board.socket)
    board = replace(board, released=dt.date(2015, 8, 1))
    found = BY_ID["bios_version"].check(Build(cpu=cpu, board=board))
    assert f"{cpu.released:%B %Y} or later" in found.why
