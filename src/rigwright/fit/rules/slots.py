"""Rules on several cards: slots, spacing, lanes, link speed, airflow."""

from __future__ import annotations

from rigwright.fit.answer import Answer, Supply, fits, known_sum, number, ok, positive, unknown
from rigwright.fit.facts import placement
from rigwright.fit.facts.names import board_socket, form_key, platform_of, socket_key, splits
from rigwright.fit.facts.platforms import positions, socket_row
from rigwright.fit.rules.storage import m2_drives, seat, sharing
from rigwright.fit.table import rule
from rigwright.spec.build import TRAINING_LANES, Build, Severity
from rigwright.spec.fact import GIB
from rigwright.spec.parts import Board, Card, Case, Chip, Cpu, Drive
from rigwright.spec.tables.known import lane_rates

NARROWEST = 4
LARGE_BAR_BYTES = 15 * GIB
ABOVE_4G = 2015  # from this year on desktop boards have the switch (100 series, then AM4)
OLD_SOCKETS = ("LGA1150", "LGA1155", "LGA1156", "LGA1366", "LGA2011", "AM3+", "FM2", "FM2+")
HOT_CARD_W = 250.0
_THINNER = "thinner (blower or water-cooled) cards, or a board with wider spacing"


def _sizes(cards: tuple[Card, ...]) -> tuple[list[int], bool]:
    """Slots each card covers (1 where unknown) and whether all are known."""
    known = [positive(card.thickness_slots) for card in cards]
    return [1 if t is None else placement.slots_taken(t) for t in known], None not in known


def _positions(board: Board) -> int | None:
    """Slot positions that the board's form factor has room for; None where no standard says."""
    found = positions().get(form_key(board.form_factor)) if board.form_factor else None
    return int(found) if found else None


def _split(board: Board, lanes: int = NARROWEST) -> int:
    """Links of so many lanes that the slots make when the BIOS splits them; 0 if it does not."""
    if not splits(board):
        return 0
    fed = (i for i, slot in enumerate(board.slots or ()) if slot.host == "cpu")
    plans = board.lane_plans or ()
    widths = (
        max((plan[i] for plan in plans if i < len(plan)), default=placement.CARD_LENGTH)
        for i in fed
    )
    return sum(width // lanes for width in widths)


@rule
def gpu_slots(build: Build, cards: tuple[Card, ...], board: Board) -> Answer | None:
    """Slots by length and by the widths of the manual's lane plans; x2 from the chipset is loss."""
    count = len(cards)
    # One card finds its slot on any desktop board: not having read the plan is no obstacle.
    weight: Severity = "note" if count == 1 else "error"
    most = _positions(board)
    if not board.slots and most is not None and count > most:
        text = f"{count} card(s), a {board.form_factor} board has at most {most} slot(s)"
        return Answer("conflict", text, most, count, "slots", most - count, fix="a larger board")
    if not board.slots:
        return unknown(f"slots of {board.name}", "look in the board's manual", weight)
    long = placement.long_slots(board)
    text = f"{count} card(s), {board.name} has {long} x16-length slot(s)"
    facts = (long, count, "slots", long - count)
    if count > long:
        wide = next((w for w in (TRAINING_LANES, NARROWEST) if count <= _split(board, w)), 0)
        if wide and build.open_frame and build.risers >= count:
            why = f"{text}: split into links of x{wide} in the BIOS, by a splitter riser each"
            severity: Severity = "note" if wide >= build.lanes_each else "warning"
            return Answer("warning", why, *facts, severity=severity)
        if wide:
            what = f"whether slots are split for risers ({text})"
            return unknown(what, "the BIOS splits a slot: list splitters and risers, too")
        return Answer("conflict", text, *facts, fix="fewer cards or a workstation board")
    if not board.lane_plans:
        measure = "look in the board's manual"
        if 1 < count <= placement.surely_fed(long):  # only how fast is open
            weight = "warning"
        return unknown(f"lane plan of {board.name} ({text})", measure, weight)
    best = max(placement.electrical(board, count), key=lambda p: p.worth, default=None)
    if best is None:
        fed = max(sum(width > 0 for width in plan) for plan in board.lane_plans)
        why = f"{text}, no lane plan feeds {count}"
        return Answer("conflict", why, fed, count, "slots", fed - count, fix="fewer cards")
    plan = "/".join(f"x{w}" for w in best.widths)
    text, narrow = f"{text}: {plan}", best.worth[0]
    short = (narrow, build.lanes_each, "lanes", narrow - build.lanes_each)
    if narrow < NARROWEST:
        return Answer("conflict", text, *short, fix="another board", severity="warning")
    if narrow < build.lanes_each:
        return Answer("warning", f"{text}: the narrow link slows loading and exchange", *short)
    return Answer("ok", text, *facts)


@rule
def gpu_slot_spacing(
    build: Build, cards: tuple[Card, ...], board: Board, case: Case | None
) -> Answer | None:
    """Exact search over slots, order of cards and lane plans; the last may overhang the board."""
    if build.open_frame and build.risers >= len(cards) > 1:
        return ok("every card hangs on a riser of its own in an open frame")
    sizes, complete = _sizes(cards)
    if len(sizes) == 1:
        return None
    if not placement.positions_known(board):
        most, least = _positions(board), sum(sizes) - max(sizes) + 1
        if most is not None and least > most:
            text = f"cards of {'+'.join(map(str, sizes))} slots reach slot {least} at least"
            why = f"{text}, a {board.form_factor} board has {most}"
            return Answer("conflict", why, most, least, "slots", most - least, _THINNER)
        return unknown(
            f"slot positions of {board.name}", "measure them on a photo or in the manual"
        )
    openings = case and positive(case.expansion_slots)
    best = placement.physical(board, sizes, int(openings) if openings else None)
    have = ",".join(str(s.position) for s in board.slots or () if s.length >= placement.CARD_LENGTH)
    need = "+".join(map(str, sizes))
    text = f"cards of {need} slots, {board.name} has x16 slots at positions {have}"
    if best is None:
        return Answer("conflict", text, have, need, "slots", fix=_THINNER)
    if not complete or not openings:
        what = f"thickness of a card or slot openings of the case ({text})"
        return unknown(what, "makers' pages", "warning" if complete and case is None else None)
    where = ", ".join(str(s.position) for s in best.slots)
    return ok(f"{text}: they fit at {where}", have, need)


@rule
def gpu_case_slots(cards: tuple[Card, ...], case: Case) -> Answer | None:
    """Necessary, not sufficient: `gpu_slot_spacing` looks at positions."""
    each = [positive(card.thickness_slots) for card in cards]
    total, partial = known_sum(None if t is None else placement.slots_taken(t) for t in each)
    return fits(
        Supply(positive(case.expansion_slots), f"{case.name} has", f"slot openings of {case.name}"),
        Supply(total, f"{len(each)} card(s) cover", "thickness of a card"),
        "slots",
        fix="thinner cards or a case with more openings",
        partial=partial,
    )


def _switched(board: Board) -> bool:
    """Slots that add up to more lanes than any processor has hang on a PCIe switch."""
    key = board_socket(board.socket, board.chipset) if board.socket else None
    most = socket_row(key).most_lanes
    cpu_fed = [i for i, slot in enumerate(board.slots or ()) if slot.host == "cpu"]
    widest = max(
        (sum(plan[i] for i in cpu_fed if i < len(plan)) for plan in board.lane_plans or ()),
        default=0,
    )
    return most is not None and widest > most


@rule
def pcie_lanes(
    build: Build,
    cpu: Cpu,
    cards: tuple[Card, ...],
    drives: tuple[Drive, ...],
    board: Board | None,
) -> Answer | None:
    """i7-7740X has 16 lanes on the board where an i9-7900X has 44."""
    known, need = positive(cpu.pcie_lanes), build.lanes_each * len(cards)
    # No processor of a socket has more than the socket carries.
    lanes = known or socket_row(socket_key(cpu.socket or "")).most_lanes
    if lanes is None or (known is None and need <= lanes):
        return unknown(f"PCIe lanes of {cpu.name}", "look at the processor maker's page")
    has = "has" if known else "has at most"
    text = f"{len(cards)} card(s) want {need} lanes, {cpu.name} {has} {lanes:g}"
    facts = (lanes, need, "lanes", lanes - need)
    if need > lanes:
        if board is not None and _switched(board):
            return Answer("warning", f"{text}: the board's PCIe switch shares them", *facts)
        return Answer("conflict", text, *facts, fix="a processor with more lanes")
    pcie = [d for d in drives if d.interface not in ("sata", "sas")]
    unread = sum(not d.interface or not d.form_factor for d in pcie)
    sockets = board.m2_slots if board else None
    spare = sum(slot.host == "chipset" and slot.pcie_gen is not None for slot in sockets or ())
    total = need + 4 * max(0, len(pcie) - spare)
    if total <= lanes:
        return Answer("ok", text, lanes, total, "lanes", lanes - total)
    if unread or (sockets is None and board is not None):
        return unknown(f"M.2 sockets at the chipset ({text}, M.2 up to {total - need})", "manual")
    why = f"{text}; M.2 drives take {total - need} more"
    return Answer("warning", why, lanes, total, "lanes", lanes - total)


def _seated(cards: tuple[Card, ...], board: Board, case: Case | None) -> placement.Placement | None:
    """The placement the cards would get; None when it cannot be known."""
    sizes, complete = _sizes(cards)
    if len(sizes) == 1:
        return max(placement.electrical(board, 1), key=lambda p: p.worth, default=None)
    openings = positive(case.expansion_slots) if case else None
    if not complete or openings is None or not placement.positions_known(board):
        return None
    return placement.physical(board, sizes, int(openings))


@rule
def pcie_link(build: Build, cards: tuple[Card, ...], board: Board | None) -> Answer | None:
    """Slowest of slot, platform, processor and chip; catalogues often print impossible slots.

    A card outside in a box has the four lanes of PCIe 3.0 that Thunderbolt carries.
    """
    rates = lane_rates()
    need = round(rates[3.0] / 1e9 * TRAINING_LANES, 2)
    if build.enclosures:
        speed = round(rates[3.0] / 1e9 * NARROWEST, 2)
        why = f"a card in a box on Thunderbolt has PCIe 3.0 x4, {speed:g} GB/s; x8 is {need:g} GB/s"
        return Answer("warning", why, "3.0 x4", "3.0 x8", margin=round(speed - need, 3))
    if board is None:
        return None
    place = _seated(cards, board, build.case)
    row = platform_of(board.chipset, board.socket)
    if place is None or row is None:
        return unknown(f"slot plan or platform of {board.name}", "look in the board's manual")
    drives = m2_drives(build.drives)
    used = seat(drives, board.m2_slots or (), sized=False) or ()
    taken = "; ".join(word for word in map(sharing, drives, used) if "slot" in word)
    widest = 8 if "x8" in taken else placement.CARD_LENGTH
    known = {chip.id: chip for chip in build.chips}
    host = positive(build.cpu.pcie_gen) if build.cpu else row.pcie_gen
    links = []
    # Which card sits where is the builder's choice, so different chips count in every slot.
    for chip in {card.chip: known.get(card.chip) for card in cards}.values():
        gen, lanes = (positive(chip.pcie_gen), positive(chip.pcie_lanes)) if chip else (None, None)
        for slot, width in zip(place.slots, place.widths, strict=True):
            gens = (positive(slot.gen), gen, host if slot.host == "cpu" else row.pcie_gen)
            slowest = min(row.pcie_gen, *(g or 0.0 for g in gens))
            if lanes is None or slowest not in rates:
                return unknown("PCIe generation or lanes of a part", "makers' pages")
            width = int(min(width, lanes, widest))
            links.append((rates[slowest] / 1e9 * width, slowest, width))
    speed, gen_found, lanes_found = min(links)
    link = f"{gen_found:.1f} x{lanes_found}"
    text = f"slowest link is PCIe {link}, {number(speed, 'GB/s')}; x8 of 3.0 is {need:g} GB/s"
    text += f"; with the M.2 drives {taken}" if taken else ""
    lost = len(cards) > 1 and taken.endswith(" off")
    return Answer(
        "ok" if speed >= need - 0.01 and not lost else "warning",
        text,
        link,
        "3.0 x8",
        margin=round(speed - need, 3),
    )


@rule
def gpu_airflow(cards: tuple[Card, ...], board: Board | None, case: Case | None) -> Answer | None:
    """Blowers push air out at the back; open coolers need room between cards."""
    if len(cards) < 2:
        return None
    if any(not card.cooling for card in cards):
        return unknown("how a card is cooled", "blower, open or water: look at a photo")
    limits = [positive(card.power_limit_w) or HOT_CARD_W for card in cards]
    hot = [c.cooling == "open" and w >= HOT_CARD_W for c, w in zip(cards, limits, strict=True)]
    if not any(hot):
        return ok("no open-air card of 250 W or more")
    sizes, complete = _sizes(cards)
    openings = positive(case.expansion_slots) if case else None
    if board is None and case is None:
        why = f"{sum(hot)} open-air cards of 250 W or more want a free slot under their fans"
        return Answer("warning", why, fix="a board and a case with room between the cards")
    if board is None or not placement.positions_known(board) or openings is None or not complete:
        return unknown(
            "free slots between the cards", "slot positions of the board, card thickness"
        )
    if placement.physical(board, sizes, int(openings), [int(h) for h in hot]) is not None:
        return ok(f"{sum(hot)} open-air card(s) with a free slot to the next")
    why = f"{sum(hot)} open-air cards of 250 W or more without a free slot between them"
    fix = "blower or water-cooled cards, a power cap, or a board with wider spacing"
    return Answer("conflict", why, 0, 1, "slots", -1, fix)


@rule
def gpu_p2p(cards: tuple[Card, ...], chips: tuple[Chip, ...]) -> Answer | None:
    """Without peer-to-peer every exchange takes two copies through main memory."""
    if len(cards) < 2:
        return None
    found = {chip.id: chip.has_p2p for chip in chips}
    states = {found.get(card.chip) for card in cards}
    if False in states:
        return Answer("warning", "cards without peer-to-peer exchange through main memory")
    if None in states:
        return unknown(
            "whether the driver lets these cards copy directly", "nvidia-smi topo -p2p r"
        )
    return ok("the cards copy directly to each other")


@rule
def gpu_bar_space(
    cards: tuple[Card, ...], chips: tuple[Chip, ...], board: Board | None
) -> Answer | None:
    """Old desktop boards map cards below 4 GiB, where a data-centre card does not fit.

    Two and more cards of 16 GiB ask for the same switch as soon as their BAR is resized.
    """
    known = {chip.id: chip for chip in chips}
    found = [known.get(card.chip) for card in cards]
    if None in found:
        return None
    mine = [chip for chip in found if chip is not None]
    large = [chip for chip in mine if (chip.vram_bytes or 0) >= LARGE_BAR_BYTES]
    # Data-centre cards map all their memory; others 256 MiB until they are told more.
    whole, several = [c.name for c in large if c.segment == "datacentre"], len(large)
    if not whole and (several < 2 or board is None):
        return None
    switch = "switch on Above 4G decoding in the BIOS"
    if board is None:
        return Answer("warning", f"the firmware has to map all memory of {whole[0]}", fix=switch)
    key = socket_key(board.socket or "")
    old = board.released.year < ABOVE_4G if board.released else None
    if socket_row(key).splits == "yes":
        old = False
    elif old is None and key in OLD_SOCKETS:
        old = True
    which = whole[0] if whole else f"{several} cards of 16 GiB and more"
    text = f"{which} on {board.name}"
    if old is None:
        return unknown(f"whether {text} finds address space", switch, "note")
    if not old:
        return ok(f"{text}: such boards have Above 4G decoding")
    why = f"{text}: desktop boards from before {ABOVE_4G} often lack Above 4G decoding"
    if not whole:
        return Answer("warning", f"{why}: leave resizable BAR off", fix=switch)
    fix = f"a newer board; else {switch}, or pci=realloc,nocrs for Linux"
    return Answer("conflict", f"{why} and do not start with it", fix=fix)
