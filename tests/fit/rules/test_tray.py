"""Boards in cases: E-ATX is not a size, and a depth that is known decides."""

from dataclasses import replace

import pytest
from tests.fit.story import BOARD, CASE

from rigwright.catalog.source import load
from rigwright.fit.facts.names import form_key
from rigwright.fit.rules.tray import DEEP, mb_form_factor
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Case


def said(board, case):
    return mb_form_factor.check(Build(board=board, case=case)).verdict


def board(form, depth=None, socket="AM5"):
    return replace(BOARD, form_factor=form, depth_mm=depth, socket=socket)


def case(*forms, form="mid tower", depth=None):
    return replace(CASE, board_form_factors=forms, form_factor=form, board_depth_mm=depth)


# Boards: makers' sizes; classes of cases: gamersnexus.net "E-ATX is a lie", 2020-03-28.
@pytest.mark.parametrize(
    ("made", "into", "verdict"),
    [
        (board("ATX"), case("ATX"), "ok"),
        (board("E-ATX", 267), case("ATX", "E-ATX"), "ok"),  # X670E Taichi: 305 x 267 mm
        (board("E-ATX", 272), case("ATX", "E-ATX"), "ok"),
        (board("E-ATX", 277), case("ATX", "E-ATX"), "unknown"),
        (board("E-ATX", 330, "sWRX8"), case("ATX", "E-ATX"), "conflict"),  # WRX80E-SAGE
        (board("E-ATX", 330, "sWRX8"), case("ATX", "E-ATX", form="full tower"), "unknown"),
        (board("E-ATX", 330, "sWRX8"), case("E-ATX", "SSI-EEB"), "ok"),
        (board("E-ATX", 330, "sWRX8"), case("SSI-EEB"), "warning"),  # the holes are not the same
        (board("E-ATX"), case("ATX", "E-ATX"), "unknown"),
        (board("E-ATX"), case("ATX", "E-ATX", depth=290), "ok"),
        (board("E-ATX", 285), case("ATX", "E-ATX", depth=280), "conflict"),
        # The word of a full tower's maker is where its standoffs end; there is room beyond.
        (board("E-ATX", 330), case("ATX", "E-ATX", form="full tower", depth=277), "warning"),
        (board("E-ATX", 277), case("ATX", "E-ATX", form="full tower", depth=277), "ok"),
        (board("E-ATX"), case("Micro-ATX", "Mini-ITX", form="Micro ATX Mid Tower"), "conflict"),
        (board("E-ATX", 267), case("Mini-ITX", form="full tower"), "conflict"),
        (board("SSI-EEB"), case("ATX", "E-ATX"), "conflict"),
        (board("SSI-CEB"), case("ATX", "E-ATX"), "warning"),
        (board("SSI-CEB"), case("ATX"), "conflict"),
        (board("Micro-ATX"), case("ATX"), "warning"),
        (board("ATX"), case("Mini-ITX"), "conflict"),
    ],
)
def test_depth_decides(made, into, verdict):
    assert said(made, into) == verdict


def test_no_large_board_is_ok_by_the_word_alone():
    """Over the whole catalogue: ok needs a depth within what the case surely takes."""
    for made in load(Board):
        if form_key(made.form_factor) not in DEEP:
            continue
        for into in load(Case):
            finding = mb_form_factor.check(Build(board=made, case=into))
            if finding.verdict == "ok":
                assert finding.need <= finding.have


@pytest.mark.parametrize("depth", [245, 260, 272, 280, 300, 330])
def test_more_room_is_never_worse(depth):
    rank = {"conflict": 0, "unknown": 1, "warning": 2, "ok": 3}
    made, last = board("E-ATX", depth), 0
    for room in (250, 267, 277, 290, 305, 330):
        found = rank[said(made, case("ATX", "E-ATX", depth=room))]
        assert found >= last
        last = found
