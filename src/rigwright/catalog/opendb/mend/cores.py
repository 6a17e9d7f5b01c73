"""What follows from a processor's name, core and socket: PCIe, instruction sets.

Facts of whole generations and sockets are in the tables of ``fit.platforms``; what differs by
model is here. Absent = not looked up: the fact stays unknown.
"""

from __future__ import annotations

import re

from rigwright.fit.facts.platforms import generations, usable_lanes


def with_graphics_die(name: str) -> bool:
    """AMD's monolithic dies: model numbers that end in G or GE, and Athlons of socket AM4."""
    return bool(re.search(r"\d{3,4}G[ET]?\b|\bAthlon\b", name))


def pcie_gen(name: str, generation: str) -> float | None:
    """Generation of the processor's own lanes."""
    row = generations().get(generation)
    if row is None or not re.fullmatch(r"zen[2-9]", generation):
        return row.pcie_gen if row else None
    if re.search(r"\b8[3-7]00[GF]", name):
        return 4.0  # Phoenix, also without graphics
    return row.pcie_gen_with_graphics if with_graphics_die(name) else row.pcie_gen


def lanes(name: str, socket: str, generation: str) -> int | None:
    """Lanes for slots and M.2 drives; by model where a socket has several numbers."""
    if socket == "AM4":
        if generation == "excavator":
            return None
        small = with_graphics_die(name) and generation in ("zen", "zen+")
        return 12 if small else 20
    if socket == "AM5":
        return None if re.search(r"\b8\d00[GF]|\d{3}G\b", name) else 24
    if socket == "LGA2011-3":
        return 28 if re.search(r"\b(5820K|6800K)\b", name) else 40
    if socket == "LGA2011":
        return 40
    if (socket, generation) == ("LGA2066", "skylake-x"):
        return _skylake_x(name)
    if socket == "STR5":
        return 120 if re.search(r"\d{4}WX\b", name) else 80
    if socket == "SWRX8":
        return 120
    return usable_lanes(socket, generation)


def _skylake_x(name: str) -> int | None:
    if re.search(r"\b(7800X|7820X)\b", name):
        return 28
    if re.search(r"\b(7[9]\d0XE?|98[02]0X|99\d0XE?)\b", name):
        return 44
    return 48 if re.search(r"\bW-?2[12]\d\d", name) else None


def avx2(name: str, generation: str) -> bool | None:
    """Pentium and Celeron lack it before Alder Lake."""
    row = generations().get(generation)
    known = row.avx2 if row else None
    return None if known and re.search(r"pentium|celeron", name, re.I) else known
