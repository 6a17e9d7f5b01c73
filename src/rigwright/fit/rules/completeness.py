"""Is everything there that a machine needs, and was every line understood?"""

from rigwright.fit.answer import Answer, ok, unknown
from rigwright.fit.table import rule
from rigwright.spec.build import Build, Whole
from rigwright.spec.parts import Board, Card, Cpu

NEEDED = ("cpu", "board", "ram", "psu")
USUAL = ("drive", "case")
KINDS = (*NEEDED, *USUAL, "cooler", "card")
WORDS = {"cpu": "processor", "psu": "power supply", "ram": "memory"}


def _words(kinds: list[str]) -> str:
    return ", ".join(WORDS.get(kind, kind) for kind in kinds)


def _machines(build: Build) -> Answer:
    """A machine holds what it needs; whether cards of the list go into it, its maker knows."""
    if build.cards:
        names = ", ".join(dict.fromkeys(machine.name for machine in build.machines))
        return unknown(f"whether the cards fit into {names}", "see the maker's list of cards")
    return ok("; ".join(map(_machine, dict.fromkeys(build.machines))))


def _machine(machine: Whole) -> str:
    chip = machine.chip
    if chip is None:
        return f"{machine.name} is a whole machine: nothing to fit (its GPU is not told)"
    many = f"{machine.chip_count} x " if machine.chip_count > 1 else ""
    size = f"{chip.vram_bytes / 2**30:g} GiB"
    return f"{machine.name} is a whole machine with {many}{chip.name} ({size}): nothing to fit"


@rule
def parts_present(build: Build) -> Answer | None:
    """A list may leave out what is owned already: what it names goes together all the same.

    An empty list says nothing.
    """
    if build.machines:
        return _machines(build)
    if not build.parts() and not build.unresolved:
        return unknown("what the machine is made of", "name its parts")
    named = {kind for kind, _ in build.unresolved}
    if build.open_frame:
        named.add("case")
    without = [k for k in NEEDED if not build.has(k) and k not in named]
    weak = [k for k in USUAL if not build.has(k) and k not in named]
    vague = [k for k in build.unstated if k in without + weak or not build.has(k)]
    gone = [k for k in without + weak if k not in vague]
    said = [f"names no {_words(gone)}"] * bool(gone)
    said += [f"does not say which {_words(vague)}"] * bool(vague)
    if not said:
        return ok("processor, board, memory, supply, drive and case are there")
    text = f"what is listed is checked; the list {' and '.join(said)}"
    fix = f"add {_words(gone + vague)}"
    if without:  # an incomplete list is not an incompatible one: a question, no obstacle
        return Answer("unknown", text, fix=fix, severity="warning")
    return Answer("warning", text, fix=fix)


@rule
def parts_identified(build: Build) -> Answer | None:
    """A part nobody could identify cannot be proven to fit.

    One of which it is known what it may be can: each rule says where it matters which it is.
    """
    lines = [text for kind, text in build.unresolved if kind in (*KINDS, "")]
    several = [line.text for line in build.lines()]
    if not lines and not several:
        return None
    text = f"which part is meant by {'; '.join([*lines, *several])}"
    return unknown(text, "give the maker's part number", None if lines else "note")


@rule
def display_output(cpu: Cpu, cards: tuple[Card, ...], board: Board | None) -> Answer | None:
    """A card with sockets, a board with its own, or processor graphics and a socket."""
    outputs = [card.display_outputs for card in cards]
    if any(n is not None and n > 0 for n in outputs):
        return ok("a card has monitor sockets")
    if board is not None and board.own_display_outputs:
        return ok("the board's management chip feeds a monitor socket")
    graphics = cpu.has_igpu
    sockets = board.display_outputs if board is not None else None
    if graphics and sockets:
        return ok("the processor's graphics reach a socket on the board")
    if None in outputs or (graphics is not False and sockets is None) or graphics is None:
        return unknown("monitor sockets of cards and board", "look at photos of the rear")
    why = "no card has a monitor socket and the processor's graphics reach none"
    fix = "a cheap display card, or set it up over the network"
    return Answer("conflict", why, 0, 1, "sockets", -1, fix)
