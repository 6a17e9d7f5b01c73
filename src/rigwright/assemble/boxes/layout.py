"""A build in its case as boxes in millimetres: makers' sizes, usual places, rules' verdicts.

Beside them the rooms a builder worries about: what the part needs, what the case has.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rigwright.assemble.boxes import cooling
from rigwright.assemble.boxes.frame import Frame, frame
from rigwright.assemble.boxes.geometry import (
    SLOT_MM,
    USUAL_MM,
    Axis,
    Box,
    Clearance,
    Layout,
    Seat,
    form_of,
    sizes_mm,
)
from rigwright.spec.build import Build, Finding, Verdict
from rigwright.spec.tables.table import toml


def _most(values: Sequence[float | None]) -> float | None:
    """The largest; None when one is not known."""
    known = [v for v in values if v is not None]
    return max(known) if known and len(known) == len(values) else None


def _said(finding: Finding, side: str) -> float | None:
    value = getattr(finding, side)
    return float(value) if isinstance(value, int | float) else None


def _size(build: Build, place: str) -> float | None:
    """The largest ``kind.attribute`` of the parts of a build."""
    kind, _, name = place.partition(".")
    return _most([getattr(part, name) for part in build.of(kind)]) if kind else None


def clearances(build: Build, findings: Sequence[Finding], f: Frame) -> tuple[Clearance, ...]:
    """One entry per rule on room that was asked (``data/rooms.toml``); a number the rule had to
    leave open is taken from the part, so that the drawing can show the half that is known."""
    places: dict[str, tuple[Axis | Literal[""], float, int]] = {
        "brackets": ("x", f.rear, 1), "tray": ("z", f.board_z, -1), "": ("", 0, 1),
        "slots": ("z" if f.cards == "slots" else "", f.board_z, -1),
        "supply": ("" if f.psu == "front" else "x", cooling.psu_start(f), 1),
    }  # fmt: skip
    said = {found.rule: found for found in findings}
    out = []
    for room in ROOMS:
        finding = said.get(room["rule"])
        if finding is None:
            continue
        need, have = _said(finding, "need"), _said(finding, "have")
        if need is None and have is None and finding.verdict in ("ok", "warning"):
            continue  # the rule is met in another way, such as a radiator that sits elsewhere
        need = _size(build, room["need"]) if need is None else need
        have = _size(build, room["have"]) if have is None else have
        named = room["what"], room["part"], need, have, room["unit"], finding.verdict, finding.rule
        out.append(Clearance(*named, *places[room["from"]]))
    return tuple(out)


RANK: tuple[Verdict, ...] = ("ok", "warning", "unknown", "conflict")
DATA = Path(__file__).parents[1] / "data"
VIEWS: dict[str, dict[str, list[str]]] = toml(DATA / "views.toml")
ROOMS: list[dict[str, str]] = toml(DATA / "rooms.toml")["room"]
_Y: Axis = "y"
_Z: Axis = "z"


def layout(
    build: Build,
    findings: Sequence[Finding] = (),
    seats: Sequence[Seat] = (),
    radiator_place: str | None = None,
) -> Layout | None:
    """Where everything sits, and how much room is left; None when the case's size is not known.

    findings : the rules' verdicts on this build; nothing is judged here.
    seats : slot of each card, in the order of ``build.cards``; a card without one is drawn at
    the usual slot.  radiator_place : front, top, side, bottom or rear of the case.
    """
    roof = cooling.radiator_depth(build) if radiator_place == "top" else 0.0
    inside = frame(build, roof)
    if inside is None or build.case is None:
        return None
    worst = _worst(findings)
    boxes = (
        *_front(inside),
        *_board(build, inside, worst),
        *cooling.psu(build, inside, worst),
        *cooling.drives(build, inside, worst),
        *_ram(build, inside, worst),
        *cooling.air_cooler(build, inside, worst),
        *cooling.liquid_cooler(build, inside, worst, radiator_place),
        *_cards(build, inside, worst, seats),
    )
    return Layout(
        case=build.case.name,
        case_mm=(inside.depth, inside.height, inside.width),
        lying=inside.lying,
        boxes=boxes,
        clearances=clearances(build, findings, inside),
        openings=_openings(build, inside),
        notes=_notes(build, seats, boxes),
    )


def _worst(findings: Sequence[Finding]) -> cooling.Worst:
    said = {f.rule: f.verdict for f in findings}

    def of(kind: str) -> tuple[Verdict, Verdict]:
        def worst(view: str) -> Verdict:
            rules = VIEWS[view].get(kind, ())
            return max((said.get(rule, RANK[0]) for rule in rules), key=RANK.index, default="ok")

        return worst("side"), worst("front")

    return of


def _openings(build: Build, f: Frame) -> tuple[float, ...]:
    count = build.case.expansion_slots if build.case else None
    if f.cards != "slots" or not count:
        return ()
    return tuple(f.slot_y(n) for n in range(1, count + 1))


def _front(f: Frame) -> tuple[Box, ...]:
    if f.front is None or f.front >= f.depth - 2:
        return ()
    words = "front fans and panel"
    return (Box("front", words, words, (f.front, f.depth), (0, f.height), (0, f.width)),)


def _board(build: Build, f: Frame, worst: cooling.Worst) -> tuple[Box, ...]:
    board = build.board
    if board is None:
        return ()
    form, known = form_of(board.form_factor), sizes_mm("board")
    height, depth = known.get(form, known["ATX"])
    usual: cooling.Usual = () if form in known else (("y", "height"), ("x", "depth"))
    usual = (("x", "depth"),) if form == "EATX" else usual
    x, y = (f.board_x, f.board_x + depth), (f.top, f.top + height)
    side, front = worst("board")
    z = (f.board_z, f.board_z + 1.6)
    label = f"{board.form_factor} board"
    return (Box("board", label, board.name, x, y, z, side, front, usual),)


def _ram(build: Build, f: Frame, worst: cooling.Worst) -> tuple[Box, ...]:
    length, pitch, bare = sizes_mm("module")["dimm"]
    small = build.board is not None and form_of(build.board.form_factor) == "MINIITX"
    x = f.board_x + (142.0 if small else 178.0)
    side, front = worst("ram")
    found = []
    for kit in build.ram:
        for _ in range(min(kit.modules, 8)):
            z = (f.board_z - (kit.height_mm or bare), f.board_z)
            usual: cooling.Usual = () if kit.height_mm else (("z", "height"),)
            y = (f.top + 12.0, f.top + 12.0 + length)
            found.append(
                Box("ram", "memory", kit.name, (x, x + pitch - 1.5), y, z, side, front, usual)
            )
            x += pitch
    return tuple(found)


def _cards(build: Build, f: Frame, worst: cooling.Worst, seats: Sequence[Seat]) -> tuple[Box, ...]:
    side, front = worst("card")
    found, free = [], 1
    for i, card in enumerate(build.cards):
        seat = seats[i] if i < len(seats) else Seat(free, known=False)
        slots = card.thickness_slots or USUAL_MM["card slots"]
        free = seat.position + int(slots + 0.9)
        length = card.length_mm or USUAL_MM["card length"]
        height = card.height_mm or USUAL_MM["card height"]
        upright = f.cards == "slots"
        high, flat = (_Z, _Y) if upright else (_Y, _Z)
        known: tuple[tuple[Axis, str, float | None], ...]
        known = (("x", "length", card.length_mm), (high, "height", card.height_mm),
                 (flat, "thickness", card.thickness_slots))  # fmt: skip
        usual = tuple((axis, name) for axis, name, value in known if not value)
        thick = slots * SLOT_MM
        x = (f.rear, f.rear + length)
        if f.cards == "slots":
            y0 = f.slot_y(seat.position) - 6.0
            y, z = (y0, y0 + thick), (f.board_z - height, f.board_z)
        elif f.cards == "behind":
            y, z = (f.top + 6.0, f.top + 6.0 + height), (f.board_z + 8.0, f.board_z + 8.0 + thick)
        else:
            y, z = (f.height - 8.0 - height, f.height - 8.0), (f.board_z - thick, f.board_z)
        label = "card" if len(build.cards) == 1 else f"card {i + 1}"
        found.append(Box("card", label, card.name, x, y, z, side, front, usual))
    return tuple(found)


def _notes(build: Build, seats: Sequence[Seat], boxes: Sequence[Box]) -> tuple[str, ...]:
    notes = [
        "Sizes and clearances are the makers'; places inside the case are the usual ones for a "
        "case of these proportions"
    ]
    if build.cards and (len(seats) < len(build.cards) or not all(s.known for s in seats)):
        notes.append("which slot a card sits in was not read in the board's manual")
    loose = sorted({f"{b.label} {', '.join(n for _, n in b.usual)}" for b in boxes if b.usual})
    if loose:
        notes.append(f"no data sheet gives, drawn at a usual size: {'; '.join(loose)}")
    return tuple(notes)
