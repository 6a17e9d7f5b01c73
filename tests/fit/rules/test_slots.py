"""Splitters nobody listed; address space on old boards."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.fit.story import CHIP, STORY, change

from rigwright.catalog.source import by_id
from rigwright.fit.facts.names import socket_key
from rigwright.fit.facts.platforms import sockets
from rigwright.fit.rules import BY_ID
from rigwright.spec.fact import GIB
from rigwright.spec.parts import Board

BOARDS = tuple(b for b in by_id(Board).values() if b.slots)


@pytest.mark.parametrize("board", BOARDS, ids=lambda b: b.id)
def test_more_cards_than_slots_is_a_question_only_where_slots_split(board):
    """Up to four links a slot on workstation boards; a conflict on desktop boards and beyond."""
    row = sockets().get(socket_key(board.socket))
    long = sum(slot.length >= 16 for slot in board.slots)
    for count in (long + 1, 4 * long + 1):
        build = replace(STORY, board=board, cards=STORY.cards * count)
        found = BY_ID["gpu_slots"].check(build)
        splits = row is not None and row.splits == "yes" and count == long + 1
        assert found.verdict in ({"unknown", "conflict"} if splits else {"conflict"}), found.why
        assert not splits or found.verdict == "unknown" or long == 1, found.why


@pytest.mark.parametrize(
    ("segment", "gib", "cards", "board", "verdict", "loses"),
    [
        ("datacentre", 24, 1, ("LGA1150", 2013), "warning", True),
        ("datacentre", 24, 1, ("LGA1150", None), "warning", True),
        ("datacentre", 24, 1, ("AM4", 2017), "ok", False),
        ("datacentre", 24, 1, ("AM4", None), "unknown", False),
        ("datacentre", 24, 4, ("LGA2011-3", 2014), "ok", False),
        ("datacentre", 8, 1, ("LGA1150", 2013), None, False),
        ("geforce", 24, 1, ("LGA1150", 2013), None, False),
        ("geforce", 24, 2, ("LGA1150", 2013), "warning", False),
    ],
)
def test_old_desktop_boards_lack_address_space(segment, gib, cards, board, verdict, loses):
    socket, year = board
    chip = replace(CHIP, segment=segment, vram_bytes=gib * GIB)
    build = change(
        STORY, cards=STORY.cards * cards, chips=(chip,), board__socket=socket,
        board__released=dt.date(year, 6, 1) if year else None,
    )  # fmt: skip
    found = BY_ID["gpu_bar_space"].check(build)
    assert (found and found.verdict, bool(found and found.loses)) == (verdict, loses)


@pytest.mark.parametrize(("segment", "verdict"), [("datacentre", "warning"), ("geforce", None)])
def test_whatever_it_is_put_into_has_to_map_the_memory_of_a_data_centre_card(segment, verdict):
    chip = replace(CHIP, segment=segment, vram_bytes=24 * GIB)
    build = replace(change(STORY, chips=(chip,)), board=None)
    found = BY_ID["gpu_bar_space"].check(build)
    assert (found and found.verdict) == verdict


@pytest.mark.parametrize(("cooling", "verdict"), [("open", "warning"), ("blower", "ok")])
def test_hot_open_cards_want_room_whatever_they_are_put_into(cooling, verdict):
    build = change(STORY, card__cooling=cooling, card__power_limit_w=260)
    build = replace(build, cards=build.cards[:1] * 2, board=None, case=None)
    assert BY_ID["gpu_airflow"].check(build).verdict == verdict


@pytest.mark.parametrize("board", BOARDS, ids=lambda b: b.id)
def test_in_a_frame_split_slots_hold_more_cards_and_say_how_wide(board):
    row = sockets().get(socket_key(board.socket))
    lanes = sum(
        max((plan[i] for plan in board.lane_plans or () if i < len(plan)), default=16)
        for i, slot in enumerate(board.slots) if slot.host == "cpu"
    )  # fmt: skip
    long = sum(slot.length >= 16 for slot in board.slots)
    for count in (long + 1, 2 * long + 1):
        build = replace(STORY, board=board, cards=STORY.cards * count)
        hung = replace(build, open_frame=True, risers=count, case=None)
        found, tight = (BY_ID["gpu_slots"].check(b) for b in (hung, build))
        assert tight.verdict in ("unknown", "conflict")
        if row is None or row.splits != "yes" or lanes // 4 < count:
            assert found.verdict in ("unknown", "conflict")
        else:
            assert (
                found.verdict == "warning"
                and f"links of x{8 if lanes // 8 >= count else 4}" in found.why
            )
