"""Which of count, bus and length keeps an M.2 drive out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from tests.fit.story import FOUR, NVME, STORY, change

from rigwright.fit.rules import BY_ID
from rigwright.spec.parts import M2Slot

SHORT = M2Slot((2242, 2280), 4.0, 4, False, "cpu")
LONG = M2Slot((2280, 22110), 4.0, 4, False, "cpu")
SATA = M2Slot((2280,), None, 0, True, "chipset")
SOCKETS = [s for n in (1, 2) for s in itertools.combinations((SHORT, LONG, SATA), n)]
DRIVES = [d for n in (1, 2, 3) for d in itertools.product(("M.2-2280", "M.2-22110"), repeat=n)]


@pytest.mark.parametrize("sockets", SOCKETS, ids=str)
@pytest.mark.parametrize("drives", DRIVES, ids=str)
def test_one_fault_is_said_once(sockets, drives):
    """Too few sockets on the bus is `m2_slots`' word; `m2_size` speaks of length alone."""
    held = tuple(replace(NVME, form_factor=form) for form in drives)
    build = change(STORY, drives=held, board__m2_slots=sockets)
    bus, size = BY_ID["m2_slots"].check(build), BY_ID["m2_size"].check(build)
    fed = sum(s.pcie_gen is not None for s in sockets)
    long = sum(22110 in s.sizes for s in sockets)
    if len(drives) > fed:
        assert bus.verdict == "conflict" and size is None
        return
    assert bus.verdict == "ok"
    wanted = sum(form == "M.2-22110" for form in drives)
    assert (size.verdict == "conflict") == (wanted > long), size.why
    if size.verdict == "conflict":
        assert ("no socket is long enough" in size.why) == (long == 0)


U2 = replace(NVME, form_factor="U.2")
CARD_EDGE = replace(NVME, form_factor="PCIe")


@pytest.mark.parametrize(
    ("drives", "sockets", "verdict", "severity"),
    [((U2,), (SHORT,), "warning", "error"), ((U2, NVME), (SHORT, LONG), "warning", "error"),
     ((U2, NVME), (SHORT, SATA), "unknown", "error"), ((U2,), (SATA,), "unknown", "error"),
     ((U2,), None, "unknown", "warning"), ((CARD_EDGE,), (SHORT,), "unknown", "warning")],
)  # fmt: skip
def test_a_free_m2_socket_takes_a_u2_drive_through_an_adapter(drives, sockets, verdict, severity):
    build = change(STORY, drives=drives, board__m2_slots=sockets)
    found = BY_ID["storage_interface"].check(build)
    assert (found.verdict, found.severity) == (verdict, severity), found.why


@pytest.mark.parametrize(
    ("shares", "link", "words"),
    [("first PCIe slot x8", "3.0 x8", "first PCIe slot x8"), ("", "3.0 x16", "slowest link"),
     ("sata5-6 off", "3.0 x16", "slowest link")],
)  # fmt: skip
def test_the_link_of_a_card_is_what_the_drives_leave_it(shares, link, words):
    socket = replace(SHORT, shares=shares)
    build = change(STORY, drives=(NVME,), board__m2_slots=(socket,))
    shared, found = BY_ID["m2_lane_share"].check(build), BY_ID["pcie_link"].check(build)
    assert found.have == link and words in found.why
    assert (shares in shared.why) and (("slot" in shares) == (shares != "" and shares in found.why))


def test_a_slot_that_a_drive_turns_off_is_no_link_for_a_second_card():
    off = replace(SHORT, shares="second long PCIe slot off")
    build = change(FOUR, drives=(NVME,), board__m2_slots=(off,))
    assert BY_ID["m2_lane_share"].check(build).verdict == "warning"
    assert BY_ID["pcie_link"].check(build).verdict == "warning"
