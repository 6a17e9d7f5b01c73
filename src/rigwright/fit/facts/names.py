"""One spelling for sockets, chipsets, CPU generations and form factors."""

from __future__ import annotations

import re

from rigwright.fit.facts.platforms import PLATFORMS, Platform

_SOCKET_ALIASES = {
    "TR4": "STR4",
    "SP3R2": "STR4",
    "TRX4": "STRX4",
    "WRX8": "SWRX8",
    "TR5": "STR5",
    "LGA1718": "AM5",
    "LGA2011V3": "LGA2011-3",
    "LGA2011-V3": "LGA2011-3",
    "LGA2011-3NARROW": "LGA2011-3",
    "LGA1151V2": "LGA1151-V2",
    "LGA1151-2": "LGA1151-V2",
    "LGA115X": "LGA1151",
    "LGA20XX": "LGA2011",
    "LGA17XX": "LGA1700",
    "LGA18XX": "LGA1851",
}

# Coolers mount by hole pattern: 75 mm (LGA115x, 1200), 78 mm (LGA1700, 1851), the square ILM of
# LGA2011 (all three), AM4 = AM5 threads, and the frame SP3, TR4, sTRX4, sWRX8 and sTR5 share.
# en.wikipedia.org/wiki/LGA_1200 "Heatsink"; noctua.at/en/am5; clubic.com 483133 and
# hardwareand.co (LGA1851); Noctua NH-U14S TR4-SP3 product page (sTR5, SP6).
_MOUNTS: tuple[frozenset[str], ...] = (
    frozenset({"LGA1156", "LGA1155", "LGA1150", "LGA1151", "LGA1151-V2", "LGA1200"}),
    frozenset({"LGA1700", "LGA1851"}),
    frozenset({"LGA2011", "LGA2011-3", "LGA2066"}),
    frozenset({"STR4", "STRX4", "SWRX8", "STR5", "SP3", "SP6"}),
)

_HEDT = {
    "skylake": "skylake-x",
    "skylake-x-refresh": "skylake-x",
    "skylake-w": "skylake-x",
    "kaby-lake": "kaby-lake-x",
    "cascade-lake": "cascade-lake-x",
    "cascade-lake-w": "cascade-lake-x",
    "haswell": "haswell-e",
    "broadwell": "broadwell-e",
    "sandy-bridge": "sandy-bridge-e",
    "ivy-bridge": "ivy-bridge-e",
}
# Names that one catalogue or another uses for two sockets: core -> the real one.
_1151 = {
    "skylake": "LGA1151",
    "kaby-lake": "LGA1151",
    "coffee-lake": "LGA1151-V2",
    "coffee-lake-refresh": "LGA1151-V2",
}
_2011 = {
    "haswell-e": "LGA2011-3",
    "broadwell-e": "LGA2011-3",
    "sandy-bridge-e": "LGA2011",
    "ivy-bridge-e": "LGA2011",
}
_SHARED = {"LGA1151": _1151, "LGA1151-V2": _1151, "LGA2011": _2011}

_FORM_ALIASES = {
    "MATX": "MICROATX",
    "UATX": "MICROATX",
    "MITX": "MINIITX",
    "ITX": "MINIITX",
    "EEB": "SSIEEB",
    "CEB": "SSICEB",
}


def socket_key(text: str) -> str:
    """``LGA 1151``, ``TR4`` -> ``LGA1151``, ``STR4``."""
    key = re.sub(r"[\s_]+", "", text.upper())
    key = re.sub(r"^(SOCKET|FCLGA)", lambda m: "LGA" if m[0] == "FCLGA" else "", key)
    key = re.sub(r"^LGA-", "LGA", key)
    return _SOCKET_ALIASES.get(key, key)


def generation_key(text: str, socket: str) -> str:
    """``Raptor Lake Refresh`` -> ``raptor-lake-refresh``; on big sockets ``Skylake`` -> skylake-x.

    The socket decides because tables name the core only (Core i9-7900X: "Skylake").
    """
    key = re.sub(r"[\s_]+", "-", text.strip().lower())
    key = re.sub(r"^zen-?(\d)$", r"zen\1", key).replace("zen-plus", "zen+")
    key = re.sub(r"-(ep|en|e5|e7|e)$", "-e", key)
    if socket_key(socket) in ("LGA2011", "LGA2011-3", "LGA2066"):
        key = _HEDT.get(key, key)
    return key


def chipset_key(text: str) -> str:
    """``Intel Z170`` -> ``Z170``."""
    return re.sub(r"^(INTEL|AMD)\s+", "", text.strip().upper()).replace(" ", "")


def platform_of(chipset: str | None, socket: str | None) -> Platform | None:
    """The platform row; server sockets without a chipset are looked up by socket."""
    found = PLATFORMS.get(chipset_key(chipset)) if chipset else None
    if found is None and socket:
        found = PLATFORMS.get(socket_key(socket)) if socket_key(socket) in ("SP3", "SP5") else None
    return found


def cpu_socket(socket: str, generation: str | None) -> str | None:
    """The socket a CPU really has: catalogues write LGA1151 for v1 and v2, LGA2011 for v3.

    None where the name is shared and the generation does not tell which one it is.
    """
    key = socket_key(socket)
    if key not in _SHARED:
        return key
    core = generation_key(generation, key) if generation else ""
    return _SHARED[key].get(core)


def board_socket(socket: str, chipset: str | None) -> str | None:
    """The socket a board really has; None where only its chipset could tell (LGA1151)."""
    key = socket_key(socket)
    row = PLATFORMS.get(chipset_key(chipset)) if chipset else None
    if key in ("LGA1151", "LGA1151-V2"):
        return row.socket if row else None
    return key


def same_mount(socket: str, listed: str) -> bool:
    """Whether a cooler kit for socket ``listed`` screws onto ``socket``."""
    a, b = socket_key(socket), socket_key(listed)
    return a == b or any(a in mount and b in mount for mount in _MOUNTS)


def form_key(text: str) -> str:
    """``Micro ATX``, ``mATX``, ``Micro-ATX`` -> ``MICROATX``."""
    key = re.sub(r"[^A-Z]", "", text.upper())
    return _FORM_ALIASES.get(key, key)
