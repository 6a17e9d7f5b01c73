"""Rules between processor and board: socket, generation, BIOS, lanes for loading data."""

from rigwright.fit.answer import Answer, Supply, fits, ok, unknown
from rigwright.fit.facts.names import board_socket, chipset_key, generation_key, platform_of
from rigwright.fit.facts.names import cpu_socket as socket_of
from rigwright.fit.facts.platforms import bios_needed
from rigwright.fit.table import rule
from rigwright.spec.build import Severity
from rigwright.spec.parts import Board, Card, Cpu


@rule
def cpu_socket(cpu: Cpu, board: Board) -> Answer | None:
    """Sockets after normalising: TR4 = sTR4; LGA1151 v1 and v2 told apart by chipset and core."""
    if not cpu.socket or not board.socket:
        which = cpu.name if not cpu.socket else board.name
        return unknown(f"the socket of {which}", "read it on the maker's page")
    need, have = socket_of(cpu.socket, cpu.generation), board_socket(board.socket, board.chipset)
    text = f"{cpu.name} is {need}, {board.name} has {have}"
    if need is None or have is None:
        who, word = (cpu.name, "generation") if need is None else (board.name, "chipset")
        return unknown(f"which version of its socket {who} has", f"its {word} tells")
    if need == have:
        return ok(text, have, need)
    return Answer("conflict", text, have, need, fix=f"choose a board with {need}")


def _support(cpu: Cpu, board: Board) -> str | None:
    """native, update, most, some, never; None = not in our tables."""
    if not cpu.generation or not cpu.socket:
        return None
    core = generation_key(cpu.generation, cpu.socket)
    row = platform_of(board.chipset, board.socket)
    word = row.support(core, cpu.line) if row else None
    if core not in {generation_key(g, cpu.socket) for g in board.cpu_generations or ()}:
        return word
    # The board's own list says more than its chipset, but names generations, not lines.
    if row is None or not cpu.line:
        return None
    return "native" if row.takes(cpu.line) else "never"


@rule
def cpu_generation(cpu: Cpu, board: Board) -> Answer | None:
    """Same socket is not enough: Rocket Lake does not start on B460, Xeon E3 v5 not on Z170."""
    support = _support(cpu, board)
    text = f"{cpu.name} ({cpu.generation}) on {board.chipset}"
    if support is None:
        return unknown(f"whether {text} works", "look in the CPU support list of the board's maker")
    row = platform_of(board.chipset, board.socket)
    if support in ("some", "most"):
        measure = f"{support} boards got a BIOS for it: look in the maker's CPU support list"
        weight: Severity | None = "warning" if support == "most" else None
        return unknown(f"whether this board's maker supports {text}", measure, weight)
    if support == "never":
        by_line = row is not None and cpu.line != "" and not row.takes(cpu.line)
        need = cpu.line if by_line else cpu.generation
        runs = row and " ".join((*row.lines, *row.some_lines) if by_line else row.runs)
        why = f"{text} is not supported" + (f": the chipset does not take {need}" * by_line)
        return Answer("conflict", why, board.chipset, need, fix=f"{board.chipset} runs: {runs}")
    words = {"native": "from the first BIOS on", "update": "with a BIOS update"}[support]
    return ok(f"{text}: supported {words}", board.chipset, cpu.generation)


@rule
def bios_version(cpu: Cpu, board: Board) -> Answer | None:
    """A processor newer than the board's first BIOS starts with the version that is named."""
    support = _support(cpu, board)
    if support == "never":
        return None
    text = f"{cpu.name} on {board.name}"
    if support == "native":
        return ok(f"{text}: runs with the first BIOS")
    if support and cpu.released and board.released and board.released >= cpu.released:
        return ok(f"{text}: the board came out after the processor ({board.released})")
    if support != "update":
        return unknown(f"which BIOS {text} needs", "look in the maker's CPU support list")
    how = {
        True: "the board can be flashed without a processor",
        False: "the board needs an older processor to be flashed: ask the seller to update it",
    }.get(board.bios_flashback, "ask the seller which BIOS is on it")  # type: ignore[arg-type]
    core = generation_key(cpu.generation, cpu.socket)
    version = bios_needed(core, chipset_key(board.chipset or ""))
    month = f"of {cpu.released:%B %Y} or later" if cpu.released else "newer than the first"
    needs = f"needs a BIOS with {version}" if version else f"needs a BIOS {month}"
    return Answer("warning", f"{text}: {needs}", need=version or None, fix=how)


@rule
def host_cpu(cpu: Cpu, cards: tuple[Card, ...]) -> Answer | None:
    """Each card needs worker threads that decode and batch its data."""
    count, threads = len(cards), cpu.threads or None
    return fits(
        Supply(threads, f"{cpu.name} has", f"the thread count of {cpu.name}"),
        Supply(2 * count, f"{count} card(s) want at least"),
        "threads",
        margin=2 * count,
        fix="a processor with more threads",
    )


@rule
def cpu_avx2(cpu: Cpu) -> Answer | None:
    """Several prebuilt wheels are compiled with AVX2."""
    if cpu.avx2 is None:
        return unknown(f"whether {cpu.name} has AVX2", "look at the maker's instruction set list")
    if cpu.avx2:
        return ok(f"{cpu.name} has AVX2")
    return Answer("conflict", f"{cpu.name} has no AVX2", "no", "AVX2", fix="another processor")
