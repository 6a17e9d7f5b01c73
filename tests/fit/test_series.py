"""What a series has at least proves that something fits, and never that it does not."""

from dataclasses import replace

import pytest
from tests.fit.story import BOARD, CARD, CASE, COOLER, PSU, STORY

from rigwright.fit.rules import BY_ID

SUPPLY = replace(PSU, name="Corsair RM1000x (2021)", watts=1000.0, pcie_8pin_plugs=None,
                 pcie_16pin_plugs=None)  # fmt: skip
TOWER = replace(CASE, name="NZXT H7 Elite ATX Mid Tower", radiators=None, cooler_height_mm=None)


def said(rule, **parts):
    found = BY_ID[rule].check(replace(STORY, **parts), False)
    return found.verdict


@pytest.mark.parametrize(("sockets", "verdict"), [(1, "ok"), (3, "ok"), (4, "unknown")])
def test_plugs_of_a_family(sockets, verdict):
    card = replace(CARD, plugs=("8",) * sockets, power_limit_w=75.0 + 150 * sockets)
    assert said("psu_pcie_connectors", psu=SUPPLY, cards=(card,)) == verdict


def test_a_count_of_its_own_counts_before_the_family():
    card = replace(CARD, plugs=("8", "8"), power_limit_w=375.0)
    counted = replace(SUPPLY, pcie_8pin_plugs=1, pcie_16pin_plugs=0)
    assert said("psu_pcie_connectors", psu=counted, cards=(card,)) == "conflict"


@pytest.mark.parametrize(("size", "verdict"), [(240, "ok"), (360, "ok"), (420, "unknown")])
def test_radiators_of_a_series_of_cases(size, verdict):
    cooler = replace(COOLER, type="liquid", radiator_mm=size, radiator_thickness_mm=27.0)
    assert said("radiator_fit", cooler=cooler, case=TOWER) == verdict


@pytest.mark.parametrize(("height", "verdict"), [(155.0, "ok"), (179.0, "unknown")])
def test_cooler_height_of_a_series_of_cases(height, verdict):
    cooler = replace(COOLER, type="air", height_mm=height)
    assert said("cooler_height", cooler=cooler, case=TOWER) == verdict


@pytest.mark.parametrize(("room", "verdict"), [(280.0, "ok"), (272.0, "conflict")])
def test_depth_of_a_series_of_boards(room, verdict):
    board = replace(BOARD, name="ASUS ROG ZENITH II EXTREME", form_factor="E-ATX", depth_mm=None)
    case = replace(CASE, board_form_factors=("ATX", "E-ATX"), board_depth_mm=room)
    assert said("mb_form_factor", board=board, case=case) == verdict
