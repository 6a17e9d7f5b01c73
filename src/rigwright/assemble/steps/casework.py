"""Steps in the case: board, supply, cables, drives."""

from __future__ import annotations

from collections.abc import Iterator

from rigwright.assemble.steps.boardwork import SCREWDRIVER
from rigwright.assemble.steps.step import Step
from rigwright.assemble.steps.traits import Traits

PHASE = "In the case"


def case_steps(t: Traits) -> Iterator[Step]:
    """The steps between an empty case and a machine without cards."""
    yield _case(t)
    if t.build.board is not None:
        yield _board(t)
    if t.build.psu is not None:
        yield _psu(t)
    if t.build.psu is not None and t.build.board is not None:
        yield _power_cables(t)
    if t.build.board is not None:
        yield _front_panel()
    if t.liquid:
        yield _radiator(t)
    if t.cabled:
        yield _drives(t)


def _case(t: Traits) -> Step:
    form = t.build.board.form_factor if t.build.board else "the board"
    name = t.build.case.name if t.build.case else "the case"
    return Step(
        id="case",
        phase=PHASE,
        title=f"Make {name} ready",
        do=(
            "Take off both side panels; lay a glass panel flat on something soft.",
            f"Standoffs where {form} has holes: one under every hole, none elsewhere.",
            "Press the I/O shield in from inside, sockets the right way up (some boards have it "
            "built on).",
        ),
        checks=("Hold the board over it: every hole has a standoff, no standoff is left over.",),
        hazards=("A standoff too many shorts the board.",),
        tools=(SCREWDRIVER,),
        minutes=(5, 15),
        after=("parts",),
    )


def _board(t: Traits) -> Step:
    name = t.build.board.name if t.build.board else "the board"
    eps = (
        "Lay the processor's power cable (EPS) through its hole now: the cooler covers it later."
        if t.big_tower
        else ""
    )
    return Step(
        id="board",
        phase=PHASE,
        title=f"Screw {name} into the case",
        do=(
            *((eps,) if eps else ()),
            "Lower it at an angle, sockets first, into the I/O shield.",
            "Start every screw before you tighten any; snug, not tight.",
        ),
        checks=("The rear sockets sit in the middle of their openings.", "All screws are in."),
        hazards=("Do not drag the board over the standoffs.",),
        tools=(SCREWDRIVER,),
        minutes=(5, 20),
        after=("case", "backplate"),
    )


def _psu(t: Traits) -> Step:
    psu = t.build.psu
    modular = psu.modular if psu else None
    cables = (
        "Plug in the cables you need before it goes in: there is little room afterwards."
        if modular in ("full", "semi")
        else "Lead the cables behind the board's tray."
    )
    return Step(
        id="psu",
        phase=PHASE,
        title=f"Mount {psu.name if psu else 'the supply'}",
        do=(
            "Its switch stays off, its mains cable out.",
            cables,
            "Fan towards the vent; 4 screws.",
        ),
        hazards=(
            *(
                ("Use only the cables of this very supply: the pins at its end differ by maker.",)
                if modular in ("full", "semi")
                else ()
            ),
        ),
        tools=(SCREWDRIVER,),
        minutes=(5, 15),
        after=("case",),
    )


def _power_cables(t: Traits) -> Step:
    eps = t.build.board.eps_plugs if t.build.board else None
    count = f"{eps} x 8-pin" if eps and eps > 1 else "8-pin (4+4)"
    return Step(
        id="power-cables",
        phase=PHASE,
        title="Power to the board",
        do=(
            "24-pin at the board's right edge: press until the latch clicks.",
            f"EPS {count} at the top left, next to the processor; not the 6+2 of a card.",
        ),
        checks=("Both plugs are home and not pulled at an angle.",),
        hazards=("These two are the connectors that are forgotten most.",),
        minutes=(4, 15),
        after=("psu", "board"),
    )


def _front_panel() -> Step:
    return Step(
        id="front-panel",
        phase=PHASE,
        title="Front panel, USB, audio, fans",
        do=(
            "Power switch, reset and lights as the manual draws them; switches have no polarity.",
            "USB 3 and USB-C headers, audio, case fans.",
        ),
        checks=("The power switch is on PWR_SW.",),
        hazards=("The USB 3 header's pins bend when it is pushed in crooked.",),
        minutes=(8, 25),
        after=("board",),
    )


def _radiator(t: Traits) -> Step:
    cooler = t.build.cooler
    size = f"{cooler.radiator_mm} mm " if cooler and cooler.radiator_mm else ""
    return Step(
        id="radiator",
        phase=PHASE,
        title=f"Mount the {size}radiator",
        do=(
            "Fans on the radiator first, then the radiator in the case.",
            "The pump must not be the highest point; at the front, tubes at the bottom where they "
            "reach.",
        ),
        checks=("No fan touches a cable, no tube is kinked.",),
        tools=(SCREWDRIVER,),
        minutes=(10, 30),
        after=("case", "board"),
    )


def _drives(t: Traits) -> Step:
    return Step(
        id="drives",
        phase=PHASE,
        title="Mount " + ", ".join(d.name for d in t.cabled),
        do=("Into its bay.", "SATA data to the board, SATA power from the supply."),
        checks=(
            "The SATA port used is not one that an M.2 drive switches off (manual).",
            *(("The card's length leaves the cage free.",) if t.build.cards else ()),
        ),
        tools=(SCREWDRIVER,),
        minutes=(4, 10 * len(t.cabled)),
        after=("psu", "board"),
    )
