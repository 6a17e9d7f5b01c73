"""Steps on the board: processor, memory, M.2 drives, cooler, first test."""

from __future__ import annotations

from collections.abc import Iterator

from rigwright.assemble.steps.step import Step
from rigwright.assemble.steps.traits import Traits

PHASE = "On the board"
SCREWDRIVER = "Phillips #2 screwdriver"


def board_steps(t: Traits) -> Iterator[Step]:
    """The steps that concern the board alone."""
    if t.build.cpu is not None or t.build.board is not None:
        yield _cpu(t)
    if t.modules:
        yield _memory(t)
    if t.m2:
        yield _m2(t)
    if t.build.cooler is not None or t.boxed_cooler:
        if not t.boxed_cooler:
            yield _backplate(t)
        yield _cooler(t)


def _cpu(t: Traits) -> Step:
    name = t.build.cpu.name if t.build.cpu else "the processor"
    socket = (t.build.cpu or t.build.board).socket  # type: ignore[union-attr]
    do: tuple[str, ...]
    hazards: tuple[str, ...]
    corner = "Match the triangle on the processor with the one on the socket"
    if t.socket == "pins-on-cpu":
        do = (
            "Lift the lever to upright.",
            f"{corner}; let {name} drop in without any force.",
            "Hold it down lightly and close the lever.",
        )
        hazards = ("The pins are on the processor: hold it by its edges, never press it in.",)
    elif t.socket == "frame":
        do = (
            "Loosen the frame's screws against the order printed beside them; lift frame and rail.",
            f"Slide {name} in its carrier into the rail until it clicks; remove the pin cover.",
            "Lower rail and frame; tighten in the printed order with the torque tool from its box.",
        )
        hazards = ("Thousands of pins stand in the socket: nothing may fall on them.",)
    elif t.socket == "carrier":
        do = (
            f"Clip {name} into its carrier and the carrier under the cooler, triangles matched.",
            "Both go onto the socket together, guided by the two posts; see the cooler step.",
        )
        hazards = ("The pins are in the socket and bend at a touch.",)
    else:
        do = (
            "Open lever and frame; leave the black plastic cover on.",
            f"{corner}; lower {name} straight down without any force.",
            "Close frame and lever: the cover pops off; keep it, a warranty return needs it.",
        )
        hazards = (
            "The pins are in the socket and bend at a touch.",
            "The lever needs real force and creaks: that is normal once the processor lies flat.",
        )
    return Step(
        id="cpu",
        phase=PHASE,
        title=f"Put {name} into the {socket} socket",
        do=do,
        checks=("It lies flat before the lever closes.",),
        hazards=hazards,
        minutes=(3, 15),
        after=("parts",),
    )


def _memory(t: Traits) -> Step:
    board = t.build.board
    slots = board.memory_slots if board else None
    if t.modules == 2 and slots == 4:
        where = "Use the second and the fourth socket counted from the processor (A2 and B2)."
    elif slots and t.modules >= slots:
        where = "Fill every socket."
    else:
        where = "The manual's memory page names the sockets to fill first."
    return Step(
        id="ram",
        phase=PHASE,
        title=f"Seat {t.modules} memory module{'s' if t.modules > 1 else ''}",
        do=("Open the clips.", where, "Press both ends until each clip clicks."),
        checks=("Both clips are closed on every module.",),
        hazards=("A half-seated module is the commonest reason for a black screen.",),
        minutes=(2, 5),
        after=("parts",),
    )


def _m2(t: Traits) -> Step:
    board = t.build.board
    first = board.m2_slots[0] if board and board.m2_slots else None
    shared = f" Using it costs: {first.shares}." if first and first.shares else ""
    host = f" (PCIe on the {first.host})" if first else ""
    sizes = ", ".join(sorted({d.form_factor for d in t.m2}))
    return Step(
        id="m2",
        phase=PHASE,
        title="Screw in " + ", ".join(d.name for d in t.m2),
        do=(
            f"Put the standoff at the drive's length ({sizes}).",
            f"Start with the socket nearest the processor{host}.{shared}",
            "Insert at 30 degrees, press down, screw down; peel the film off the heat sink's pad.",
        ),
        checks=("The manual's table of shared lanes names nothing you use.",),
        tools=("small Phillips screwdriver (#0 or #1)",),
        minutes=(4, 10 * len(t.m2)),
        after=("parts",),
    )


def _backplate(t: Traits) -> Step:
    do: tuple[str, ...]
    hazards: tuple[str, ...]
    if t.am5:
        do = (
            "AM5: the board's own backplate stays, it holds the socket. Only the two plastic "
            "brackets go; screw the cooler's mounts into the same threads.",
        )
        hazards = ("A cooler that brings its own backplate does not fit AM5.",)
    elif t.socket == "frame":
        do = ("The socket has the threads for the cooler; only the cooler's mounts go on.",)
        hazards = ("Tighten by hand only.",)
    else:
        do = (
            "Put on the mounting kit for this socket; a backplate goes on from behind, before the "
            "board is in the case.",
        )
        hazards = ("Kits for LGA115x, LGA1200 and LGA1700 look alike and differ.",)
    return Step(
        id="backplate",
        phase=PHASE,
        title=f"Mounting kit of the {t.build.cooler.name}" if t.build.cooler else "Mounting kit",
        do=do,
        hazards=hazards,
        tools=(SCREWDRIVER,),
        minutes=(4, 15),
        after=("parts",),
    )


def _cooler(t: Traits) -> Step:
    cooler = t.build.cooler
    name = cooler.name if cooler else "the cooler from the processor's box"
    room = ""
    if cooler and cooler.height_mm and t.build.case and t.build.case.cooler_height_mm:
        room = (
            f"It stands {cooler.height_mm:.0f} mm, the case takes "
            f"{t.build.case.cooler_height_mm:.0f} mm."
        )
    do = [
        "Peel the film off the base.",
        "Paste: a pea in the middle, unless the base comes with a layer of it.",
        "Tighten the screws crosswise, a few turns each, until they stop.",
    ]
    if t.liquid:
        do.append("Pump cable to PUMP or AIO_PUMP, radiator fans to CPU_FAN.")
    else:
        do.append("Fan cable to CPU_FAN; air flows towards the back of the case.")
    after = ["cpu", "backplate", "ram"]
    if t.liquid:
        after.append("radiator")
    return Step(
        id="cooler",
        phase=PHASE,
        title=f"Mount {name}" if not t.liquid else f"Mount the pump of {name}",
        do=tuple(do),
        checks=(
            "It does not wiggle and the board is not bent.",
            *((room,) if room else ()),
        ),
        hazards=("The film left on is the classic: 100 °C within a minute.",),
        tools=(SCREWDRIVER, *(("thermal paste",) if not t.boxed_cooler else ())),
        minutes=(10, 35),
        after=tuple(after),
    )
