"""Curated boards: slot plans that the lanes can feed, sockets that have processors, anchors."""

import datetime as dt

import pytest

from rigwright.catalog.tables import by_id, load, slug
from rigwright.fit.facts.names import chipset_key, generation_key, socket_key
from rigwright.fit.facts.placement import physical, positions_known
from rigwright.fit.facts.platforms import platforms
from rigwright.spec.parts import Board, Cpu

BOARDS = load(Board)
CPUS = load(Cpu)
EACH = pytest.mark.parametrize("board", BOARDS, ids=lambda b: b.id)

# Slot openings a board of this height reaches.
OPENINGS = {
    "Mini-ITX": 1,
    "Micro-ATX": 4,
    "ATX": 7,
    "E-ATX": 7,
    "SSI-CEB": 7,
    "SSI-EEB": 7,
    "XL-ATX": 9,
}
# PCIe switches feed more lanes than the processor has (makers' block diagrams).
SWITCHED = {
    "asus-x99-e-ws",
    "asus-x99-e-ws-usb-3.1",
    "asus-ws-x299-sage",
    "asus-ws-z390-pro",
    "gigabyte-ga-x99-designare-ex",
}
NOT_READ = "?"


def most_lanes(board):
    """Lanes of the best embedded processor of the board's socket and chipset."""
    row = platforms()[chipset_key(board.chipset)]
    return max(
        cpu.pcie_lanes
        for cpu in CPUS
        if socket_key(cpu.socket) == socket_key(board.socket)
        and row.support(generation_key(cpu.generation, cpu.socket), cpu.line) != "never"
    )


def test_ids_are_unique_and_there_are_enough():
    assert len({board.id for board in BOARDS}) == len(BOARDS) >= 60


def test_every_processor_socket_has_two_boards_and_the_reverse():
    sockets = [board.socket for board in BOARDS]
    assert {cpu.socket for cpu in CPUS} == set(sockets)
    assert all(sockets.count(s) >= 2 for s in set(sockets))


@EACH
def test_row_names_its_part_and_source(board):
    assert board.id == slug(board.name) and board.name.startswith(board.brand)
    assert board.source and dt.date(2014, 1, 1) <= board.source_date <= dt.date.today()
    if board.released is not None:
        assert dt.date(2013, 6, 1) <= board.released <= board.source_date
    # Unread positions are said to be unread, or the source names what was read instead.
    if not positions_known(board):
        assert board.source != f"{board.brand} specification"


@EACH
def test_platform_and_memory(board):
    row = platforms()[chipset_key(board.chipset)]
    assert row.socket == socket_key(board.socket)
    assert board.form_factor in OPENINGS
    assert board.memory_type in {"DDR3", "DDR4", "DDR5"}
    assert set(board.memory_form.split("|")) <= {"UDIMM", "SODIMM", "RDIMM"}
    assert board.memory_slots in {2, 4, 8, 12, 16}
    assert 8 <= board.memory_max_gib / board.memory_slots <= 256
    known = {generation_key(cpu.generation, cpu.socket) for cpu in CPUS}
    assert {generation_key(g, board.socket) for g in board.cpu_generations or ()} <= known
    if board.form_factor == "Mini-ITX":
        assert board.memory_slots == 2


@EACH
def test_slot_plan_is_possible(board):
    assert (board.slots is None) == (board.lane_plans is None)
    if board.slots is None:
        return
    positions = [slot.position for slot in board.slots]
    # 0 stands for a position nobody has read; then none of the board is taken for known.
    if any(positions):
        assert positions == sorted(set(positions)) and positions[0] >= 1
        assert positions[-1] <= OPENINGS[board.form_factor]
    row = platforms()[chipset_key(board.chipset)]
    for plan in board.lane_plans:
        assert len(plan) == len(board.slots)
        assert all(w in {0, 1, 2, 4, 8, 16} for w in plan)
        assert all(w <= s.length for w, s in zip(plan, board.slots, strict=True))
    for slot in board.slots:
        assert slot.length == 16 and slot.host in {"cpu", "chipset"}
        assert 2.0 <= slot.gen <= row.pcie_gen
    assert board.slots[0].host == "cpu" and max(p[0] for p in board.lane_plans) == 16


@EACH
def test_processor_feeds_its_slots_and_drives(board):
    if board.slots is None:
        return
    lanes = most_lanes(board)
    cpu_fed = [i for i, slot in enumerate(board.slots) if slot.host == "cpu"]
    needs = [sum(plan[i] for i in cpu_fed) for plan in board.lane_plans]
    assert (max(needs) > lanes) == (board.id in SWITCHED)
    drives = sum(
        slot.pcie_lanes for slot in board.m2_slots or () if slot.host == "cpu" and not slot.shares
    )
    if board.id not in SWITCHED:
        assert max(needs) + drives <= lanes


@EACH
def test_m2_slots_are_plausible(board):
    sizes = {2230, 2242, 2260, 2280, 22110}
    for slot in board.m2_slots or ():
        assert set(slot.sizes) <= sizes and 2280 in slot.sizes
        assert list(slot.sizes) == sorted(slot.sizes)
        assert slot.pcie_lanes in ({0} if slot.pcie_gen is None else {2, 4})
        assert slot.sata or slot.pcie_gen is not None
        assert slot.shares == NOT_READ or len(slot.shares) != 1
    if board.m2_slots is not None:
        # The first M.2 sockets came with the chipsets of 2014.
        assert (board.released or dt.date.today()).year < 2014 or board.m2_slots
        assert len(board.m2_slots) <= 5


SERVER_SOCKETS = {
    "LGA2011-3", "LGA2066", "LGA4677", "STR4", "STRX4", "SWRX8", "STR5", "SP3", "SP5", "SP6",
}  # fmt: skip


@EACH
def test_other_numbers_are_plausible(board):
    assert board.sata_ports is None or 2 <= board.sata_ports <= 10
    assert board.eps_plugs is None or 1 <= board.eps_plugs <= 2
    assert board.display_outputs is None or 0 <= board.display_outputs <= 4
    if socket_key(board.socket) in SERVER_SOCKETS:
        assert board.display_outputs == 0  # no processor of these sockets drives a monitor
    assert board.rear_connectors is False


def seats(board, cards, openings=8):
    """Dual-slot cards side by side, each with at least eight lanes."""
    if not positions_known(board):
        return False
    best = physical(board, [2] * cards, openings)
    return best is not None and min(best.widths) >= 8


def test_there_are_boards_for_two_three_and_four_cards():
    assert sum(seats(b, 2, 7) for b in BOARDS if not seats(b, 3)) >= 3
    assert sum(seats(b, 3) for b in BOARDS) >= 5
    assert sum(seats(b, 4) for b in BOARDS) >= 4
    x8_x8 = [b for b in BOARDS if b.lane_plans and any(p[:2] == (8, 8) for p in b.lane_plans)]
    assert len(x8_x8) >= 10


ANCHORS = {
    # techarp.com review p.3: PCIE2 x16, with PCIE4 x8 each, PCIE6 x4, six SATA ports;
    # tomshw.it: a free opening between the first two, so openings 2, 5 and 7.
    "asrock-z170-extreme4": ((2, 5, 7), 3.0, ((16, 0, 4), (8, 8, 4))),
    # hardwareluxx.de 42876: table of the seven openings.
    "asus-rog-strix-z270e-gaming": ((2, 5, 7), 3.0, ((16, 0, 4), (8, 8, 4))),
    # hardwareluxx.de 50624: table of the seven openings.
    "asrock-x570-phantom-gaming-x": ((2, 5, 7), 4.0, ((16, 0, 4), (8, 8, 4))),
    # tomshw.it and the maker: seven PCIe 4.0 x16 slots.
    "asrock-rack-romed8-2t": (tuple(range(1, 8)), 4.0, ((16,) * 7,)),
    # The maker and peerip.com: seven x16 slots, six wired with sixteen lanes.
    "asus-pro-ws-wrx90e-sage-se": (tuple(range(1, 8)), 5.0, ((16, 16, 16, 16, 16, 8, 16),)),
    # Tom's Hardware: four cards at double-slot spacing from the topmost position of the case.
    "gigabyte-trx40-aorus-xtreme": ((1, 3, 5, 7), 4.0, ((16, 8, 16, 8),)),
}


@pytest.mark.parametrize(("board_id", "facts"), ANCHORS.items(), ids=list(ANCHORS))
def test_published_anchor(board_id, facts):
    board = by_id(Board)[board_id]
    found = tuple(s.position for s in board.slots), board.slots[0].gen, board.lane_plans
    assert found == facts


def test_two_big_cards_of_the_story_need_the_second_x16_slot():
    """Two 2.05-slot GTX 1070 on the Z170 Extreme4 run with eight lanes each."""
    best = physical(by_id(Board)["asrock-z170-extreme4"], [2, 2], 7)
    assert [s.position for s in best.slots] == [2, 5] and best.widths == (8, 8)


def test_memory_limits_that_were_read():
    boards = by_id(Board)
    assert boards["asrock-x399-taichi"].memory_max_gib == 128  # hardwareluxx.de 44320
    assert boards["asus-pro-ws-wrx90e-sage-se"].memory_max_gib == 2048  # peerip.com review
