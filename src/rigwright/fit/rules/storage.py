"""Rules on drives: M.2 sockets and sizes, shared lanes, SATA ports, bays, interfaces."""

import functools
import re
from collections.abc import Sequence

from rigwright.fit.answer import Answer, Supply, fits, ok, positive, unknown
from rigwright.fit.facts.bounds import bounds
from rigwright.fit.facts.names import form_key
from rigwright.fit.table import rule
from rigwright.spec.parts import Board, Case, Drive, M2Slot

NOT_READ = "?"  # M2Slot.shares of a board whose sharing table nobody has read
MOST_LOST = 2  # SATA ports one M.2 socket switches off at most, over the manuals seen


def has_sata(board: Board) -> bool:
    """Whether the board is of a size that always has some SATA ports."""
    return form_key(board.form_factor or "") in ("ATX", "MICROATX", "EATX")


def _perhaps_more(board: Board, drives: Sequence[Drive]) -> bool:
    """The list of sockets is a lower bound and more of them could take the drives."""
    return board.m2_slots_most is not None and len(drives) <= board.m2_slots_most


def m2_drives(drives: Sequence[Drive]) -> list[Drive]:
    """Drives that sit in an M.2 socket; no hard disk does."""
    solid = (d for d in drives if d.type != "hdd")
    return [d for d in solid if (d.form_factor or "").upper().startswith("M.2")]


def _unread(drives: Sequence[Drive]) -> bool:
    return any(not d.interface or not d.form_factor for d in drives)


def _size(drive: Drive) -> int | None:
    digits = re.search(r"(22\d{2,3})", drive.form_factor)
    return int(digits[1]) if digits else None


def sharing(drive: Drive, slot: M2Slot) -> str:
    """What goes off with this drive in this socket: some conditions are for SATA drives only."""
    for_sata = slot.shares.lower().startswith("a sata drive")
    return "" if for_sata and drive.interface != "sata" else slot.shares


def lost_sata(shares: str) -> int:
    """SATA ports that go off, from the manual's words: ``sata5-6 off``, ``one SATA port``."""
    words = shares.lower()
    ports = words.count("one sata port") + 2 * words.count("two sata ports")
    for first, last in re.findall(r"sata\s*_?(\d+)(?:\s*-\s*(\d+))?", words):
        ports += int(last or first) - int(first) + 1
    return ports


def seat(
    drives: Sequence[Drive], slots: Sequence[M2Slot], *, sized: bool
) -> tuple[M2Slot, ...] | None:
    """A socket for every drive, sharing as little as possible; None when there is no way."""
    if len(drives) > len(slots):
        return None

    @functools.cache
    def place(i: int, free: int) -> tuple[M2Slot, ...] | None:
        if i == len(drives):
            return ()
        best: tuple[M2Slot, ...] | None = None
        for j, slot in enumerate(slots):
            speaks = slot.sata if drives[i].interface == "sata" else slot.pcie_gen is not None
            if not free >> j & 1 or not speaks:
                continue
            if sized and _size(drives[i]) not in slot.sizes:
                continue
            rest = place(i + 1, free & ~(1 << j))
            if rest is None:
                continue
            if best is None or _loss(drives[i:], (slot, *rest)) < _loss(drives[i:], best):
                best = (slot, *rest)
        return best

    return place(0, (1 << len(slots)) - 1)


def _m2_unread(drives: Sequence[Drive]) -> Answer | None:
    """Of drives that may sit in an M.2 socket: no hard disk does."""
    unread = _unread([drive for drive in drives if drive.type != "hdd"])
    return unknown("form or interface of a drive", "maker's page") if unread else None


def _loss(drives: Sequence[Drive], used: tuple[M2Slot, ...]) -> tuple[int, int]:
    words = [sharing(drive, slot) for drive, slot in zip(drives, used, strict=True)]
    return sum(lost_sata(w) for w in words), sum(bool(w) for w in words)


@rule
def m2_slots(drives: tuple[Drive, ...], board: Board) -> Answer | None:
    """NVMe drives need PCIe in the socket, SATA M.2 drives need SATA."""
    in_m2 = m2_drives(drives)
    if (open_ := _m2_unread(drives)) or not in_m2:
        return open_
    if board.m2_slots is None:
        return unknown(f"M.2 sockets of {board.name}", "look in the board's manual")
    seated: list[Drive] = []
    for drive in in_m2:  # drives that can be seated together form a matroid: greedy is exact
        if seat([*seated, drive], board.m2_slots, sized=False) is not None:
            seated.append(drive)
    have, need = len(seated), len(in_m2)
    text = f"{need} M.2 drive(s), {board.name} has {len(board.m2_slots)} socket(s)"
    if have < need and _perhaps_more(board, in_m2):
        return unknown(f"whether {board.name} has more M.2 sockets ({text} for certain)", "manual")
    if have < need:
        why = f"{text} and seats {have} of them on the right bus"
        fix = "an adapter card in a slot"
        return Answer("conflict", why, have, need, "sockets", have - need, fix)
    left = len(board.m2_slots) - need
    return Answer("ok", text, len(board.m2_slots), need, "sockets", left)


@rule
def m2_size(drives: tuple[Drive, ...], board: Board) -> Answer | None:
    """2280 is usual; 22110 drives need the long socket."""
    in_m2 = m2_drives(drives)
    if (open_ := _m2_unread(drives)) or not in_m2:
        return open_
    if board.m2_slots is None or any(not s.sizes for s in board.m2_slots):
        return unknown(f"M.2 sizes of {board.name}", "look in the board's manual")
    if any(_size(d) is None for d in in_m2):
        return unknown("length of an M.2 drive", "maker's page")
    need = "+".join(str(_size(d)) for d in in_m2)
    have = "; ".join(",".join(map(str, s.sizes)) for s in board.m2_slots)
    text = f"M.2 drives of {need} mm, {board.name} takes {have}"
    if seat(in_m2, board.m2_slots, sized=True) is not None:
        return ok(text, have, need)
    if _perhaps_more(board, in_m2):
        return unknown(f"whether {board.name} has more M.2 sockets ({text})", "board manual")
    if seat(in_m2, board.m2_slots, sized=False) is None:
        return None  # too few sockets, or none on the bus: `m2_slots` says so
    long = [d for d in in_m2 if not any(_size(d) in s.sizes for s in board.m2_slots)]
    if long:
        why = f"{text}: no socket is long enough for {_size(long[0])} mm"
    else:
        why = f"{text}: the sockets of that length do not go round on the drives' bus"
    return Answer("conflict", why, have, need, fix="a drive of another length")


@rule
def m2_lane_share(drives: tuple[Drive, ...], board: Board) -> Answer | None:
    """Chipset lanes are shared: a used socket may disable SATA ports or halve a slot."""
    in_m2 = m2_drives(drives)
    if (open_ := _m2_unread(drives)) or not in_m2:
        return open_
    if board.m2_slots is None:
        return unknown(f"sharing table of {board.name}", "look in the board's manual")
    used = seat(in_m2, board.m2_slots, sized=False)
    if used is None:
        return None
    lost = [w for w in map(sharing, in_m2, used) if w]
    if NOT_READ in lost:
        return unknown(f"sharing table of {board.name}", "look in the board's manual")
    if lost:
        return Answer("warning", f"{board.name}: with these drives {'; '.join(lost)}")
    return ok(f"{board.name}: no sharing for {len(in_m2)} M.2 drive(s)")


@rule
def sata_ports(drives: tuple[Drive, ...], board: Board) -> Answer | None:
    """Ports that a used M.2 socket switches off are taken away."""
    if _unread(drives):
        return unknown("interface of a drive", "maker's page")
    need = sum(d.interface == "sata" for d in drives)
    in_m2 = m2_drives(drives)
    need -= sum(d.interface == "sata" for d in in_m2)
    if not need:
        return None
    ports, lost, unread = positive(board.sata_ports), 0, 0
    if in_m2:
        used = seat(in_m2, board.m2_slots or (), sized=False) or ()
        lost = _loss(in_m2, used)[0] if used else 0
        unread = sum(s.shares == NOT_READ for s in used)
        unread = len(in_m2) if board.m2_slots is None else unread
    if ports is None and has_sata(board):
        least = bounds()["board sata ports"].least - lost - MOST_LOST * unread
        if need <= least:
            return ok(f"{board.name} has at least {least} SATA ports", least, need)
    sharing = (ports or 0) - lost - MOST_LOST * unread < need
    have = None if ports is None else ports - lost
    says = f"{board.name} has" + (f" ({lost} off through M.2)" if lost else "")
    return fits(
        Supply(have, says, f"SATA ports of {board.name}"),
        Supply(need, "SATA drives:", "which ports the M.2 sockets switch off"),
        "ports",
        fix="a SATA card, or fewer, larger drives",
        partial=sharing and unread > 0,
    )


@rule
def drive_bay(drives: tuple[Drive, ...], case: Case) -> Answer | None:
    """A 2.5-inch drive also goes into a free 3.5-inch place."""
    if _unread(drives):
        return unknown("form of a drive", "maker's page")
    large = sum(d.form_factor.startswith("3.5") for d in drives)
    small = sum(d.form_factor.startswith(("2.5", "U.2")) for d in drives)
    if not large + small:
        return None
    missing = f"drive places of {case.name}"
    if case.bays_3_5 is None or (small and case.bays_2_5 is None):
        return unknown(missing, "look at the case maker's page")
    if large > case.bays_3_5:
        have = Supply(case.bays_3_5, f"{case.name} takes", missing)
        return fits(have, Supply(large, "3.5-inch drives:"), "places", fix="SSDs instead of disks")
    total = case.bays_3_5 + (case.bays_2_5 or 0)
    have = Supply(total, f"{case.name} takes", missing)
    return fits(have, Supply(large + small, "drives:"), "places", fix="M.2 drives instead")


@rule
def storage_interface(drives: tuple[Drive, ...], board: Board) -> Answer | None:
    """SAS needs a host adapter, U.2 a cable or card; SATA and M.2 are on the board."""
    if _unread(drives):
        return unknown("interface of a drive", "maker's page")
    if any(d.interface == "sas" for d in drives):
        why = f"{board.name} has no SAS controller, a drive is SAS"
        return Answer("conflict", why, "sata", "sas", fix="a SAS host adapter or SATA drives")
    in_m2 = m2_drives(drives)
    plain = [d for d in drives if d.type == "hdd" or (d.form_factor or "")[:3].upper() != "M.2"]
    if wide := [d for d in plain if d.interface == "pcie"]:
        return _beside_m2(board, wide, len(drives) - len(plain))
    listed = positive(board.sata_ports) is not None or has_sata(board)
    if any(d.interface == "sata" for d in plain) and not listed:
        return unknown(f"SATA ports of {board.name}", "look in the board's manual")
    if in_m2 and board.m2_slots is None:
        return unknown(f"M.2 sockets of {board.name}", "look in the board's manual")
    kinds = sorted({d.interface for d in drives})
    lacking = [d for d in in_m2 if seat([d], board.m2_slots or (), sized=False) is None]
    if lacking and _perhaps_more(board, lacking):
        return unknown(f"which buses the M.2 sockets of {board.name} have", "board manual")
    if lacking:
        return Answer(
            "conflict", f"{board.name} has no M.2 socket for {'/'.join(kinds)}", need="M.2"
        )
    return ok(f"{board.name} has {'/'.join(kinds)}")


def _beside_m2(board: Board, wide: list[Drive], used: int) -> Answer:
    """A U.2 drive goes into a free M.2 socket with an adapter, a card-edge drive into a slot."""
    cabled = sum(d.form_factor == "U.2" for d in wide)
    free = sum(slot.pcie_gen is not None for slot in board.m2_slots or ()) - used
    if cabled == len(wide) <= free:
        why = f"{board.name} takes {cabled} U.2 drive(s) in M.2 sockets through adapters"
        return Answer("warning", why, free, cabled, fix="an adapter from M.2 to U.2 for each")
    what = f"whether {board.name} has a U.2 port or a slot left for a drive"
    # A large board has a slot for a drive on a card; where it is taken, an M.2 drive does as well.
    slotted = not cabled and has_sata(board)
    return unknown(what, "manual, or an adapter", "warning" if slotted else None)


@rule
def pcie_gen(drives: tuple[Drive, ...], board: Board) -> Answer | None:
    """A newer drive works in an older socket, slower."""
    nvme = [d for d in m2_drives(drives) if d.interface != "sata"]
    if _m2_unread(drives) or (nvme and board.m2_slots is None):
        return unknown(f"PCIe generation of the M.2 sockets of {board.name}", "board manual")
    if not nvme:
        return None
    wants = sorted((d.pcie_gen or 0 for d in nvme), reverse=True)
    gens = sorted((s.pcie_gen or 0 for s in board.m2_slots or ()), reverse=True)
    if 0 in wants:
        return unknown("PCIe generation of a drive", "maker's page")
    slow = [w for w, g in zip(wants, [*gens, *[0.0] * len(wants)], strict=False) if g < w]
    text = f"drives of PCIe {wants[0]:g}, sockets of PCIe {gens[0] if gens else 0:g}"
    if slow and 0 in gens[: len(wants)]:
        return unknown(f"PCIe generation of the M.2 sockets of {board.name}", "board manual")
    if slow:
        return Answer(
            "warning", f"{text}: runs at the socket's speed", gens[0] if gens else 0, wants[0]
        )
    return ok(text, gens[0], wants[0])
