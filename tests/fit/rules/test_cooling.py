"""Memory under a tower cooler: what sticks out moves the fan, and the case decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fit.story import STORY, change

from rigwright.catalog.source import by_id
from rigwright.fit.facts.names import mount, same_mount
from rigwright.fit.facts.platforms import DATA
from rigwright.fit.rules import BY_ID
from rigwright.spec.parts import Cooler
from rigwright.spec.tables.table import records


def found(memory, clear, height, room):
    build = change(
        STORY, ram__height_mm=memory, cooler__memory_clearance_mm=clear, cooler__height_mm=height,
        case__cooler_height_mm=room,
    )  # fmt: skip
    return BY_ID["cooler_ram_clearance"].check(build)


# NH-D15: 165 mm, clears 32 mm (noctua.at).
@pytest.mark.parametrize(
    ("memory", "clear", "height", "room", "verdict", "severity"),
    [
        (31, 32, 165, 185, "ok", "warning"),
        (34, 32, 165, 185, "warning", "note"),  # 167 of 185 mm
        (45, 32, 165, 170, "warning", "warning"),  # 178 mm are too much
        (45, 32, 165, None, "warning", "warning"),
        (45, 32, 70, 185, "warning", "warning"),  # a flat cooler has no fan to move
        (None, 32, 165, 185, "unknown", "warning"),
    ],
)
def test_the_front_fan_moves_up(memory, clear, height, room, verdict, severity):
    answer = found(memory, clear, height, room)
    assert (answer.verdict, answer.severity) == (verdict, severity), answer.why


def test_millimetres_are_said():
    assert "up by 2 mm, then the cooler stands 167 mm of 185 mm" in found(34, 32, 165, 185).why


def test_without_a_case_it_is_a_loss():
    build = replace(change(STORY, ram__height_mm=40, cooler__memory_clearance_mm=32), case=None)
    assert BY_ID["cooler_ram_clearance"].check(build).loses


COOLERS = tuple(by_id(Cooler).values())
OFFERED = {(kit["from_mount"], kit["to_mount"]) for kit in records(DATA / "mount_kits.csv")}


@pytest.mark.parametrize("cooler", COOLERS, ids=lambda c: c.id)
def test_a_kit_is_a_condition_and_never_more(cooler):
    """A socket on the list is ok; a kit makes a warning, of a known maker and pattern alone."""
    check = BY_ID["cooler_socket"].check
    for socket in ("LGA1151", "LGA1200", "LGA1700", "AM4", "sTR5"):
        said = check(change(STORY, cooler=cooler, cpu__socket=socket))
        if any(same_mount(socket, listed) for listed in cooler.sockets):
            small = any(mount(s) != mount("sTR5") for s in cooler.sockets)
            plate = socket == "sTR5" and cooler.type == "liquid" and small
            assert said.verdict == ("warning" if plate else "ok"), said
        elif not any((mount(s), mount(socket)) in OFFERED for s in cooler.sockets):
            assert said.verdict == "conflict", said.why
        else:
            assert said.verdict in ("warning", "conflict")
            other = change(STORY, cooler=replace(cooler, name="Nobody"), cpu__socket=socket)
            assert check(other).verdict == "conflict"


@pytest.mark.parametrize(
    ("name", "type", "height", "verdict"),
    [("Corsair H100i", "liquid", None, "warning"), ("Noctua NH-D15", "air", 165, "warning"),
     ("Noctua NH-L9i", "air", 37, "conflict"), ("Noctua NH-D15", "air", None, "unknown"),
     ("Scythe Kotetsu", "air", 160, "conflict"), ("NZXT Kraken X63", None, None, "unknown")],
)  # fmt: skip
def test_kits_for_lga1700_by_maker_and_build(name, type, height, verdict):
    edits = {"cooler__name": name, "cooler__type": type, "cooler__height_mm": height}
    build = change(STORY, **edits, cooler__sockets=("LGA1151", "AM4"), cpu__socket="LGA1700")
    found = BY_ID["cooler_socket"].check(build)
    assert found.verdict == verdict, found.why
    assert verdict != "warning" or "order the kit" in found.fix


@pytest.mark.parametrize(
    ("name", "type", "height", "listed", "verdict"),
    [("NZXT Kraken X61", "liquid", None, ("LGA1150", "AM3+"), "warning"),
     ("Noctua NH-U14S", "air", 165, ("LGA1150", "FM2+"), "warning"),
     ("Noctua NH-L9a", "air", 37, ("AM3+",), "conflict"),
     ("Nobody 120", "air", 155, ("LGA1150", "AM3+"), "conflict")],
)  # fmt: skip
def test_coolers_from_before_am4_get_its_bracket_from_their_maker(
    name, type, height, listed, verdict
):
    edits = {"cooler__name": name, "cooler__type": type, "cooler__height_mm": height}
    found = BY_ID["cooler_socket"].check(
        change(STORY, **edits, cooler__sockets=listed, cpu__socket="AM4")
    )
    assert found.verdict == verdict, found.why


# Classes: spec/tables/data/coolers.csv, a flat one of 69 mm carries about 95 W, a tower of 158 200.
@pytest.mark.parametrize(
    ("rated", "height", "tdp", "most", "verdict", "severity"),
    [
        (None, 69, 105, 142, "warning", "warning"),
        (None, 158, 105, 142, "unknown", "note"),
        (None, 158, 65, 219, "warning", "warning"),
        (None, None, 105, 142, "unknown", "warning"),
        (150, 69, 105, 142, "ok", "warning"),  # what its maker rates it for counts
        (120, 158, 105, 142, "warning", "warning"),
    ],
)
def test_a_cooler_that_nobody_rates_is_judged_by_its_size(
    rated, height, tdp, most, verdict, severity
):
    build = change(
        STORY, cooler__capacity_w=rated, cooler__height_mm=height, cpu__tdp_w=tdp,
        cpu__max_power_w=most,
    )  # fmt: skip
    answer = BY_ID["cooler_capacity"].check(build)
    assert (answer.verdict, answer.severity) == (verdict, severity), answer.why
    assert answer.loses == (verdict == "warning")  # then a plan buys something better
