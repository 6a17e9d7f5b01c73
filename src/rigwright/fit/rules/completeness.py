"""Is everything there that a machine needs, and was every line understood?"""

from __future__ import annotations

from rigwright.fit.answer import Answer, ok, unknown
from rigwright.fit.table import rule
from rigwright.spec.build import Build
from rigwright.spec.parts import Board, Card, Cpu

NEEDED = ("cpu", "board", "ram", "psu")
USUAL = ("drive", "case")
KINDS = (*NEEDED, *USUAL, "cooler", "card")
WORDS = {"cpu": "processor", "psu": "power supply", "ram": "memory"}


def _words(kinds: list[str]) -> str:
    return ", ".join(WORDS.get(kind, kind) for kind in kinds)


@rule(
    "Processor, board, memory and supply are there; drive and case too",
    {**dict.fromkeys(KINDS, ()), "build": ("unresolved",)},
    "what a machine needs to start",
    needs=(),
)
def parts_present(build: Build) -> Answer | None:
    """A list may leave out what is owned already: unknown, not impossible. Drive and case warn."""
    named = {kind for kind, _ in build.unresolved}
    without = [k for k in NEEDED if not build.has(k) and k not in named]
    weak = [k for k in USUAL if not build.has(k) and k not in named]
    text = f"the list names no {_words(without + weak)}"
    if without:
        return Answer("unknown", text, fix=f"add {_words(without)}")
    if weak:
        return Answer("warning", text, fix=f"add {_words(weak)}")
    return ok("processor, board, memory, supply, drive and case are there")


@rule(
    "Every line of the list was identified",
    {"build": ("unresolved",)},
    "the list itself",
    needs=(),
)
def parts_identified(build: Build) -> Answer | None:
    """A part nobody could identify cannot be proven to fit."""
    lines = [text for kind, text in build.unresolved if kind in (*KINDS, "")]
    if not lines:
        return None
    return unknown(f"which part is meant by {'; '.join(lines)}", "give the maker's part number")


@rule(
    "A monitor can be connected",
    {
        "cpu": ("has_igpu",),
        "card": ("display_outputs",),
        "board": ("display_outputs",),
    },
    "card, processor and board makers' pages",
    severity="warning",
    needs=("cpu",),
    supplies=("card",),
)
def display_output(cpu: Cpu, cards: tuple[Card, ...], board: Board | None) -> Answer | None:
    """A card with sockets, or processor graphics and a socket on the board; else headless."""
    outputs = [card.display_outputs for card in cards]
    if any(n is not None and n > 0 for n in outputs):
        return ok("a card has monitor sockets")
    graphics = cpu.has_igpu
    sockets = board.display_outputs if board is not None else None
    if graphics and sockets:
        return ok("the processor's graphics reach a socket on the board")
    if None in outputs or (graphics is not False and sockets is None) or graphics is None:
        return unknown("monitor sockets of cards and board", "look at photos of the rear")
    why = "no card has a monitor socket and the processor's graphics reach none"
    fix = "a cheap display card, or set it up over the network"
    return Answer("conflict", why, 0, 1, "sockets", -1, fix)
