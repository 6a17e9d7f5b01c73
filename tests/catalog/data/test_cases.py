"""Curated cases: what goes in is smaller than what is around it."""

import datetime as dt

import pytest

from rigwright.catalog.names.resolve import resolve
from rigwright.catalog.tables import by_id, load, slug
from rigwright.fit.facts.radiators import FAMILIES
from rigwright.spec.parts import Board, Case

CASES = load(Case)
BOARDS = {"Mini-ITX", "Micro-ATX", "ATX", "E-ATX", "SSI-CEB", "SSI-EEB"}
PLACES = {"front", "top", "bottom", "rear", "side"}
RADIATORS_MM = {92, *(size for family in FAMILIES for size in family)}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_case_is_named_sourced_and_found(case):
    assert case.id == slug(case.name) and case.name.startswith(case.brand)
    assert len(case.source) > 10 and dt.date(2012, 1, 1) < case.source_date <= dt.date.today()
    assert case.released is None or case.released <= case.source_date
    assert resolve("case", case.name, CASES).part is case


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_boards_and_slots_agree(case):
    boards = set(case.board_form_factors)
    assert boards and boards <= BOARDS
    # A case for a large board has the mounts of the smaller ones.
    order = ["Mini-ITX", "Micro-ATX", "ATX", "E-ATX"]
    listed = [f in boards for f in order]
    assert listed == sorted(listed, reverse=True)
    slots = case.expansion_slots
    if "ATX" in boards:
        assert 7 <= slots <= 11  # eleven: Enthoo Pro 2 Server Edition
    elif "Micro-ATX" in boards:
        assert 4 <= slots <= 5
    else:
        assert 2 <= slots <= 3
    assert case.gpu_thickness_slots is None or case.gpu_thickness_slots <= slots
    assert set(case.psu_form_factors) <= {"ATX", "SFX", "SFX-L"}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_clearances_are_smaller_than_the_case(case):
    outer = (case.width_mm, case.height_mm, case.depth_mm)
    assert all(v is None or 80 <= v <= 750 for v in outer)
    if None in outer:
        return
    for inside in (case.gpu_length_mm, case.psu_length_mm, case.gpu_length_radiator_mm):
        # Some small cases hold the card upright.
        assert inside is None or 100 <= inside < max(case.depth_mm, case.height_mm)
    if case.cooler_height_mm is not None:
        assert case.cooler_height_mm < min(case.width_mm, case.height_mm)
    if case.gpu_length_radiator_mm is not None:
        assert case.gpu_length_radiator_mm <= case.gpu_length_mm
    assert case.gpu_height_mm is None or case.gpu_height_mm < max(outer)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_radiator_places_are_well_formed_and_fit(case):
    for item in case.radiators or ():
        place, size, *most = item.split(":")
        assert place in PLACES and int(size) in RADIATORS_MM
        assert all(20 < float(thickest) < 100 for thickest in most)
        along = {"top": (case.depth_mm,), "bottom": (case.depth_mm,)}
        # A rack chassis lies on its side: its front is as wide as a tower's is high.
        walls = along.get(place, (case.width_mm, case.height_mm, case.depth_mm))
        assert int(size) < max(w or 0 for w in walls)
    assert len(set(case.radiators or ())) == len(case.radiators or ())
    for count in (case.bays_3_5, case.bays_2_5, case.fans_included):
        assert count is None or 0 <= count <= 12


def test_the_range_is_covered():
    assert len(CASES) >= 40
    words = " ".join(c.form_factor for c in CASES)
    assert all(w in words for w in ("mid tower", "full tower", "mini-itx", "cube", "rack"))
    assert sum(c.gpu_length_mm is not None for c in CASES) >= 40


def test_every_board_size_of_the_catalogue_has_a_case():
    # No case here has XL-ATX on its list; such boards stay unproven rather than guessed.
    for form in {board.form_factor for board in load(Board)} - {"XL-ATX"}:
        assert any(form in c.board_form_factors for c in CASES), form


# Makers' product pages; Node 202: 310 x 145 x 47 mm cards and 56 mm coolers also in
# hardwareluxx.de 35801. Columns: card length, cooler height.
ANCHORS = {
    "nzxt-s340": (364, 161),
    "fractal-design-define-r5": (440, 180),
    "fractal-design-node-202": (310, 56),
    "fractal-design-torrent": (461, 188),
    "fractal-design-north": (355, 170),
    "corsair-4000d-airflow": (360, 170),
    "corsair-5000d-airflow": (420, 170),
    "lian-li-lancool-216": (392, 180.5),
    "asus-prime-ap201": (338, 170),
}


@pytest.mark.parametrize(("case_id", "facts"), ANCHORS.items())
def test_published_anchors(case_id, facts):
    case = by_id(Case)[case_id]
    assert (case.gpu_length_mm, case.cooler_height_mm) == facts


def test_the_case_of_2016():
    """NZXT product page CA-S340W."""
    s340 = by_id(Case)["nzxt-s340"]
    assert (s340.width_mm, s340.height_mm, s340.depth_mm) == (200, 445, 432)
    assert s340.gpu_length_radiator_mm == 334 and s340.released <= dt.date(2016, 10, 29)
    assert set(s340.radiators) == {"front:280", "front:240", "rear:120"}
    assert "ATX" in s340.board_form_factors and s340.expansion_slots == 7
