"""One spelling for sockets, chipsets, CPU generations and form factors."""

import functools
import math
import re

from rigwright.fit.facts.platforms import DATA, Platform, platforms, socket_row
from rigwright.spec.parts import Board, Cooler
from rigwright.spec.tables.table import records


@functools.cache
def _names(what: str) -> dict[str, tuple[str, list[str]]]:
    """What catalogues write -> what it means, and the sockets it means that on (none: on all)."""
    rows = (row for row in records(DATA / "names.csv") if row["what"] == what)
    return {r["written"]: (r["means"], list(filter(None, r["sockets"].split("|")))) for r in rows}


def _meant(what: str, key: str, socket: str = "") -> str:
    means, only = _names(what).get(key, (key, []))
    return key if only and socket not in only else means


@functools.lru_cache(maxsize=1 << 12)
def socket_key(text: str) -> str:
    """``LGA 1151``, ``TR4`` -> ``LGA1151``, ``STR4``."""
    key = re.sub(r"[\s_]+", "", text.upper())
    key = re.sub(r"^(SOCKET|FCLGA)", lambda m: "LGA" if m[0] == "FCLGA" else "", key)
    key = re.sub(r"^LGA-", "LGA", key)
    return _meant("socket", key)


def generation_key(text: str, socket: str) -> str:
    """``Raptor Lake Refresh`` -> ``raptor-lake-refresh``; on big sockets ``Skylake`` -> skylake-x.

    The socket decides because tables name the core only (Core i9-7900X: "Skylake").
    """
    key = re.sub(r"[\s_]+", "-", text.strip().lower())
    key = re.sub(r"^zen-?(\d)$", r"zen\1", key).replace("zen-plus", "zen+")
    key = re.sub(r"-(ep|en|e5|e7|e)$", "-e", key)
    return _meant("core", key, socket_key(socket))


def chipset_key(text: str) -> str:
    """``Intel Z170`` -> ``Z170``."""
    return re.sub(r"^(INTEL|AMD)\s+", "", text.strip().upper()).replace(" ", "")


def platform_of(chipset: str | None, socket: str | None) -> Platform | None:
    """The platform row; server sockets without a chipset are looked up by socket."""
    found = platforms().get(chipset_key(chipset)) if chipset else None
    return platforms().get(socket_key(socket)) if found is None and socket else found


def cpu_socket(socket: str, generation: str | None) -> str | None:
    """The socket a CPU really has: catalogues write LGA1151 for v1 and v2, LGA2011 for v3.

    None where the name is shared and the generation does not tell which one it is.
    """
    key = socket_key(socket)
    row = socket_row(key)
    if not row.mixed_up_with:
        return key
    core = generation_key(generation, key) if generation else ""
    meant = {p.socket for p in platforms().values() if core in p.runs}
    return next((name for name in (key, *row.mixed_up_with) if name in meant), None)


def board_socket(socket: str, chipset: str | None) -> str | None:
    """The socket a board really has; None where only its chipset could tell (LGA1151)."""
    key = socket_key(socket)
    row = platforms().get(chipset_key(chipset)) if chipset else None
    if key in ("LGA1151", "LGA1151-V2"):
        return row.socket if row else None
    return key


def mount(socket: str) -> str:
    """Hole pattern that coolers screw onto; empty where the socket has one of its own."""
    return socket_row(socket_key(socket)).mount


def same_mount(socket: str, listed: str) -> bool:
    """Whether a cooler kit for socket ``listed`` screws onto ``socket``."""
    a, b = socket_key(socket), socket_key(listed)
    return a == b or (mount(a) != "" and mount(a) == mount(b))


def form_key(text: str) -> str:
    """``Micro ATX``, ``mATX``, ``Micro-ATX`` -> ``MICROATX``."""
    key = re.sub(r"[^A-Z]", "", text.upper())
    return _meant("form", key)


def kit_maker(cooler: Cooler, socket: str) -> tuple[str, bool]:
    """(maker, surely) with a kit for a socket the cooler does not list; no maker: none known."""
    wanted = mount(socket_key(socket))
    held = {mount(socket_key(listed)) for listed in cooler.sockets}
    for kit in records(DATA / "mount_kits.csv"):  # lower ones were sold again for the new socket
        ours = (cooler.name or "").lower().startswith(kit["brand"].lower())
        fits = kit["from_mount"] in held and kit["to_mount"] == wanted
        if not ours or not fits or cooler.type not in (kit["type"], None):
            continue
        height = math.inf if kit["type"] == "liquid" else cooler.height_mm or None
        if height is None or height >= float(kit["least_height_mm"]):
            return kit["brand"], cooler.type is not None and height is not None
    return "", False


def splits(board: Board) -> bool:
    """Whether a BIOS of the board's platform splits a slot into narrower links (bifurcation)."""
    return socket_row(socket_key(board.socket or "")).splits == "yes"
