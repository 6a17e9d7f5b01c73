"""Which of count, bus and length keeps an M.2 drive out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from tests.fit.story import NVME, STORY, change

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
