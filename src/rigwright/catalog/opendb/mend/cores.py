"""What follows from a processor's core and socket: PCIe, memory, instruction sets.

Sources, read 2025-11: Intel ARK pages of each family; AMD product pages ("PCI Express version",
"native PCIe lanes (usable)"); Intel and AMD data sheets for memory types. Absent = differs by
model or not looked up: the fact stays unknown.
"""

from __future__ import annotations

import re

from rigwright.fit.facts.platforms import usable_lanes


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PCIE_GEN: dict[str, float] = {
    **dict.fromkeys(("sandy-bridge",), 2.0),
    **dict.fromkeys(
        _set(
            "ivy-bridge sandy-bridge-e ivy-bridge-e haswell haswell-refresh haswell-e"
            " broadwell broadwell-e skylake skylake-x kaby-lake kaby-lake-x"
            " coffee-lake coffee-lake-refresh comet-lake cascade-lake-x zen zen+"
            " excavator"
        ),
        3.0,
    ),
    **dict.fromkeys(("rocket-lake",), 4.0),
    **dict.fromkeys(
        _set("alder-lake raptor-lake raptor-lake-refresh arrow-lake arrow-lake-refresh"),
        5.0,
    ),
}
_ZEN_GEN = {"zen2": 4.0, "zen3": 4.0, "zen4": 5.0, "zen5": 5.0}
# Monolithic dies with graphics (G, GE) have the link of the generation before.
_ZEN_G_GEN = {"zen2": 3.0, "zen3": 3.0, "zen4": 4.0}

MEMORY_TYPES: dict[tuple[str, str], tuple[str, ...]] = {
    **dict.fromkeys((("LGA1155", "sandy-bridge"), ("LGA1155", "ivy-bridge")), ("DDR3",)),
    **dict.fromkeys((("LGA2011", "sandy-bridge-e"), ("LGA2011", "ivy-bridge-e")), ("DDR3",)),
    **dict.fromkeys(
        (("LGA1150", g) for g in ("haswell", "haswell-refresh", "broadwell")), ("DDR3",)
    ),
    **dict.fromkeys((("LGA1151", g) for g in ("skylake", "kaby-lake")), ("DDR4", "DDR3")),
    **dict.fromkeys((("LGA1151-V2", g) for g in ("coffee-lake", "coffee-lake-refresh")), ("DDR4",)),
    **dict.fromkeys((("LGA2011-3", g) for g in ("haswell-e", "broadwell-e")), ("DDR4",)),
    **dict.fromkeys(
        (("LGA2066", g) for g in ("skylake-x", "kaby-lake-x", "cascade-lake-x")), ("DDR4",)
    ),
    **dict.fromkeys((("LGA1200", g) for g in ("comet-lake", "rocket-lake")), ("DDR4",)),
    **dict.fromkeys((("AM4", g) for g in ("excavator", "zen", "zen+", "zen2", "zen3")), ("DDR4",)),
    **dict.fromkeys((("AM5", g) for g in ("zen4", "zen5")), ("DDR5",)),
    **dict.fromkeys((("STR4", "zen"), ("STR4", "zen+"), ("STRX4", "zen2")), ("DDR4",)),
    **dict.fromkeys((("STR5", "zen4"), ("STR5", "zen5")), ("DDR5",)),
    **dict.fromkeys((("AM3+", "bulldozer"), ("AM3+", "piledriver")), ("DDR3",)),
    **dict.fromkeys((("FM2", "piledriver"), ("FM2+", "steamroller")), ("DDR3",)),
}

REGISTERED: dict[str, str] = {
    **dict.fromkeys(
        _set(
            "LGA1155 LGA1150 LGA1151 LGA1151-V2 LGA1200 LGA1700 LGA1851 AM3+ AM4 AM5"
            " FM1 FM2 FM2+ STR4 STRX4"
        ),
        "no",
    ),
    **dict.fromkeys(_set("SP3 SP5 SP6 STR5 LGA4677"), "yes"),
    "SWRX8": "either",
}

_AVX2 = _set(
    "haswell haswell-refresh haswell-e broadwell broadwell-e skylake skylake-x"
    " kaby-lake kaby-lake-x coffee-lake coffee-lake-refresh comet-lake rocket-lake"
    " cascade-lake-x alder-lake raptor-lake raptor-lake-refresh arrow-lake"
    " arrow-lake-refresh excavator zen zen+ zen2 zen3 zen4 zen5"
)
_NO_AVX2 = _set(
    "sandy-bridge sandy-bridge-e ivy-bridge ivy-bridge-e bulldozer piledriver steamroller"
)


def with_graphics_die(name: str) -> bool:
    """AMD's monolithic dies: model numbers that end in G or GE, and Athlons of socket AM4."""
    return bool(re.search(r"\d{3,4}G[ET]?\b|\bAthlon\b", name))


def pcie_gen(name: str, generation: str) -> float | None:
    """Generation of the processor's own lanes."""
    if generation in _ZEN_GEN:
        if re.search(r"\b8[3-7]00[GF]", name):
            return 4.0  # Phoenix, also without graphics
        table = _ZEN_G_GEN if with_graphics_die(name) else _ZEN_GEN
        return table.get(generation)
    return PCIE_GEN.get(generation)


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
    if generation in _NO_AVX2:
        return False
    if generation not in _AVX2 or re.search(r"pentium|celeron", name, re.I):
        return None
    return True
