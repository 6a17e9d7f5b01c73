"""Steps from the cards to the first picture on the screen."""

from __future__ import annotations

from collections.abc import Iterator

from rigwright.assemble.steps.boardwork import SCREWDRIVER
from rigwright.assemble.steps.step import Step
from rigwright.assemble.steps.traits import HOT_16PIN_W, Traits

PHASE = "Cards and first power"
STRAIGHT_MM = 35
"""A 16-pin cable runs straight this far before its first bend (makers' guides)."""
RISER = (
    "A card on a riser: a shielded cable of the slot's PCIe generation, no sharp bend, the card "
    "screwed down; errors in `dmesg` (AER, Xid 79): one generation lower in the BIOS."
)
INSIDE = ("cpu", "ram", "m2", "cooler", "board", "psu", "power-cables", "front-panel", "drives")


def start_steps(t: Traits) -> Iterator[Step]:
    """A look before power: the parts; and, where a card is not needed for it, a bench test."""
    parts = ", ".join(dict.fromkeys(p.name for p in t.build.parts()))
    yield Step(
        id="parts",
        phase="Before you start",
        title="Lay out parts, manuals and tools",
        do=(
            f"Compare with the list: {parts}.",
            "Read the manual's pages on memory sockets, M.2 and PCIe slots.",
            "Table without carpet; touch bare metal of the case before you touch a part.",
        ),
        checks=("Nothing is missing, no box was opened before.",),
        hazards=("Static: leave boards in their bags until they are needed.",),
        tools=(SCREWDRIVER, "anti-static wrist strap or a grounded case", "cable ties"),
        minutes=(10, 30),
    )


def bench_test(t: Traits) -> Step:
    """Power outside the case, so that a dead part shows before everything is screwed down."""
    show = (
        "monitor on the board" if t.igpu else "the first card in the top slot, monitor on the card"
    )
    return Step(
        id="bench-test",
        phase="On the board",
        title="Test on the bench",
        do=(
            f"Board on its box, supply beside it, 24-pin and EPS plugged; {show}.",
            "Switch the supply on; touch the two PWR_SW pins with a screwdriver for a second.",
            "Switch off and pull the mains cable before you go on.",
        ),
        checks=("The BIOS shows processor, all memory and M.2 drives.",),
        hazards=("The supply is on a table: its fan needs air, its switch stays in reach.",),
        minutes=(5, 20),
        after=("cpu", "ram", "m2", "cooler"),
    )


def card_steps(t: Traits) -> Iterator[Step]:
    """Cards, their power, a last look, first power."""
    if t.build.cards:
        yield _first_card(t)
        if t.plugs:
            yield _card_power(t)
    yield Step(
        id="look",
        phase=PHASE,
        title="Look once more",
        do=("No screw lies loose, no cable touches a fan, every plug is home.",),
        checks=(
            "The monitor is on the card, not on the board."
            if t.build.cards and not t.blind
            else "The monitor is on the board: the cards have no socket.",
        ),
        minutes=(3, 10),
        after=(*INSIDE, "card", "card-power", "radiator"),
    )
    yield Step(
        id="first-power",
        phase=PHASE,
        title="First power",
        do=("Mains in, supply on, press the button.", "Enter the BIOS (Del or F2)."),
        checks=(
            "Fans turn, the processor's temperature stays under 50 °C in the BIOS.",
            "Memory and drives are all there.",
        ),
        hazards=(
            *(
                ("DDR5 trains for some minutes at the first start: the screen stays black.",)
                if any(kit.type == "DDR5" for kit in t.build.ram)
                else ()
            ),
            "Nothing at all: wall and supply switch, 24-pin, PWR_SW. Fans but no picture: EPS, "
            "memory, the card's seat and power, the monitor's socket.",
        ),
        minutes=(3, 15),
        after=("look",),
    )
    if len(t.build.cards) > 1:
        yield _more_cards(t)


def _first_card(t: Traits) -> Step:
    card, case = t.build.cards[0], t.build.case
    room: tuple[str, ...] = ()
    if card.length_mm and case and case.gpu_length_mm:
        room = (f"It is {card.length_mm:.0f} mm long, the case takes {case.gpu_length_mm:.0f} mm.",)
    where = "the x16 slot nearest the processor"
    if t.seats:
        where = f"the x16 slot behind opening {t.seats[0][0]} of the case"
    return Step(
        id="card",
        phase=PHASE,
        title=f"Seat {card.name}" + (" (the first one)" if len(t.build.cards) > 1 else ""),
        do=(
            "Remove the slot covers it needs; open the slot's latch.",
            f"Push it into {where} until the latch clicks; screw the bracket.",
            *((RISER,) if t.build.risers else ()),
            *(("Put a support under its far end: it is heavy.",) if card in t.heavy else ()),
        ),
        checks=("The gold edge is gone in the slot over its whole length.", *room),
        hazards=(
            *(
                ("It has no fan: without a blower or server airflow it throttles in a minute.",)
                if card in t.passive
                else ()
            ),
        ),
        tools=(SCREWDRIVER,),
        minutes=(4, 15),
        after=("board", "drives", "front-panel", "m2", "cooler"),
    )


def _card_power(t: Traits) -> Step:
    do, hazards = [], []
    if {"8", "6"} & set(t.plugs):
        do.append("6- and 8-pin sockets: a separate cable from the supply for each, no pigtail.")
    if "16" in t.plugs:
        do.append(
            "16-pin (12VHPWR, 12V-2x6): push until it clicks and no gap is left; straight for "
            f"{STRAIGHT_MM} mm before the first bend; the supply's own cable, not an adapter."
        )
        hazards.append("A 16-pin plug that is not home melts. Look again after the panel is on.")
        if any((c.power_limit_w or 0) >= HOT_16PIN_W for c in t.build.cards):
            hazards.append("This card leaves that plug little margin: feel it warm, never hot.")
    if "eps8" in t.plugs:
        do.append("Data-centre card: its 8-pin is an EPS plug, not a PCIe one; use the adapter.")
        hazards.append("A PCIe plug forced into an EPS socket shorts 12 V.")
    if "?" in t.plugs:
        do.append("Which plugs the card has is not known: look at it before you buy cables.")
    return Step(
        id="card-power",
        phase=PHASE,
        title="Power to the card" + ("s" if len(t.build.cards) > 1 else ""),
        do=tuple(do),
        checks=("Every socket of the card is filled.",),
        hazards=tuple(hazards),
        minutes=(3, 12),
        after=("card", "psu"),
    )


def _more_cards(t: Traits) -> Step:
    rest = t.build.cards[1:]
    slots = [f"opening {position} (x{lanes})" for position, lanes in t.seats[1:]]
    where = f" behind {', '.join(slots)}" if slots else ""
    return Step(
        id="more-cards",
        phase="First boot",
        title=f"Add the other {len(rest)} card{'s' if len(rest) > 1 else ''}",
        do=(
            "Power off, mains out.",
            f"One after the other{where}; separate power cables for each; start after each.",
        ),
        checks=("The BIOS or `lspci` counts one more card after each.",),
        hazards=(
            "`insufficient MMIO` or a missing card: Above 4G Decoding is off.",
            "Risers are the usual reason for a card that falls off the bus (Xid 79).",
        ),
        minutes=(8 * len(rest), 20 * len(rest)),
        after=("bios", "card-power"),
    )
