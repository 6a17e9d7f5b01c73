"""The inside of a case: where its board, supply and card openings usually are.

Makers print clearances, not drawings. What follows from the clearances is exact; the rest is the
usual place for a case of these proportions, and the layout says so.
"""

from dataclasses import dataclass
from typing import Literal

from rigwright.assemble.boxes.geometry import FIRST_SLOT_MM, SLOT_MM, form_of, sizes_mm
from rigwright.spec.build import Build
from rigwright.spec.parts import Case

PANEL_MM = 1.0  # sheet metal
FEET_MM = 16.0
BRACKET_MM = 10.0  # card bracket to the rear edge of the board
CHAMBER_MM = 100.0  # room behind the tray from which on a supply stands there
SANDWICH_MM = 90.0  # below this cooler height a small case has its card on a riser
PsuPlace = Literal["bottom", "behind", "front", "beside"]
CardPlace = Literal["slots", "behind", "beside"]


@dataclass(frozen=True, slots=True)
class Frame:
    """Planes of the inside, mm; see ``geometry`` for the axes.

    rear : plane of the card brackets.  front : where the room for cards ends; None = not known.
    board_z : surface of the board.  top : upper edge of the board.
    """

    depth: float
    height: float
    width: float
    lying: bool
    rear: float
    front: float | None
    board_z: float
    top: float
    psu: PsuPlace
    cards: CardPlace

    def slot_y(self, position: int) -> float:
        """Middle of a slot opening."""
        return self.top + FIRST_SLOT_MM + (position - 1) * SLOT_MM

    @property
    def board_x(self) -> float:
        """Rear edge of the board."""
        return self.rear + BRACKET_MM


def frame(build: Build, roof_mm: float = 0.0) -> Frame | None:
    """The planes of a build's case; None when its outer size is not known.

    roof_mm : what hangs under the top, such as a radiator with its fans.
    """
    case = build.case
    if case is None or not (case.width_mm and case.height_mm and case.depth_mm):
        return None
    lying = case.height_mm < case.width_mm
    height, width = (case.width_mm, case.height_mm) if lying else (case.height_mm, case.width_mm)
    depth, room = case.depth_mm, case.gpu_length_mm
    rear = 8.0 if room is None else min(max((depth - room) / 4, 3.0), 12.0)
    board_z = min((case.cooler_height_mm or width - 45.0) + PANEL_MM, width - 8.0)
    cards = _card_place(case, width, board_z)
    zone = _zone(case)
    supplies = sizes_mm("psu")
    form = form_of(build.psu.form_factor if build.psu else "ATX")
    psu_height = supplies.get(form, supplies["ATX"])[1]
    psu = _psu_place(cards, width - board_z, height, zone + psu_height)
    slack = height - zone - (psu_height if psu == "bottom" else 0.0) - FEET_MM
    top = max(4.0, min(max(24.0, roof_mm + 6.0), slack))
    front = None if room is None else min(rear + room, depth)
    return Frame(depth, height, width, lying, rear, front, board_z, top, psu, cards)


def _zone(case: Case) -> float:
    """Height of the largest board the case takes, and of its slot openings."""
    boards = sizes_mm("board")
    known = [boards[f][0] for f in map(form_of, case.board_form_factors) if f in boards]
    openings = FIRST_SLOT_MM + SLOT_MM * ((case.expansion_slots or 2) - 0.5)
    return max([*known, openings if max(known, default=0) < 200 else 0.0, 170.0])


def _card_place(case: Case, width: float, board_z: float) -> CardPlace:
    if (case.cooler_height_mm or SANDWICH_MM) >= SANDWICH_MM or (case.expansion_slots or 9) > 3:
        return "slots"
    thick = (case.gpu_thickness_slots or case.expansion_slots or 2) * SLOT_MM
    return "behind" if board_z + thick <= width else "beside"


def _psu_place(cards: CardPlace, behind: float, height: float, need: float) -> PsuPlace:
    if cards != "slots":
        return "beside"
    if behind >= CHAMBER_MM:
        return "behind"
    return "bottom" if height >= need + FEET_MM + 14.0 else "front"
