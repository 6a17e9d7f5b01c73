"""What each chipset runs: socket, newest slot generation, CPU generations.

One row per chipset. ``native``: boots with the first BIOS. ``update``: needs a newer BIOS than
the first one. ``some``: only boards whose maker published a BIOS for it. Anything else never works.
Sources, read 2025-11: Intel ARK chipset pages and Intel support article 000058309 (11th generation
on H470/Z490, not on B460/H410); overclock3d.net "why Coffee Lake cannot work on Z270"; AMD "Socket
AM4 processor support" chart of 2020 (B550 from Zen 2, X570 from Zen+; pcgamer.com 2019 for X570)
and AMD's opening of 300-series boards to Ryzen 5000 in March 2022 (board maker decides);
AMD product pages for TRX40, WRX80, TRX50, WRX90, SP3, SP5.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """One chipset. ``pcie_gen`` is the newest generation any of its expansion slots can have."""

    chipset: str
    socket: str
    pcie_gen: float
    native: tuple[str, ...]
    update: tuple[str, ...] = ()
    some: tuple[str, ...] = ()

    def support(self, generation: str) -> str:
        """``native``, ``update``, ``some`` or ``never``."""
        for word in ("native", "update", "some"):
            if generation in getattr(self, word):
                return word
        return "never"


# chipsets | socket | slot generation | native | update | some
_TABLE = """
P67 H67 Z68 Q67 H61 B65 | LGA1155 | 3 | sandy-bridge | ivy-bridge |
Z75 Z77 H77 B75 Q75 Q77 | LGA1155 | 3 | sandy-bridge ivy-bridge | |
H81 B85 Q85 Q87 H87 Z87 C222 C224 C226 | LGA1150 | 3 | haswell | haswell-refresh |
H97 Z97 | LGA1150 | 3 | haswell haswell-refresh | broadwell |
H110 B150 H170 Q150 Q170 Z170 C232 C236 | LGA1151 | 3 | skylake | kaby-lake |
B250 H270 Q250 Q270 Z270 | LGA1151 | 3 | skylake kaby-lake | |
Z370 | LGA1151-V2 | 3 | coffee-lake | coffee-lake-refresh |
H310 B360 H370 Q370 C242 C246 | LGA1151-V2 | 3 | coffee-lake | coffee-lake-refresh |
B365 Z390 | LGA1151-V2 | 3 | coffee-lake coffee-lake-refresh | |
H410 B460 | LGA1200 | 3 | comet-lake | |
H470 Q470 Z490 W480 | LGA1200 | 4 | comet-lake | rocket-lake |
H510 B560 H570 Q570 Z590 W580 | LGA1200 | 4 | comet-lake rocket-lake | |
H610 B660 H670 Q670 Z690 W680 | LGA1700 | 5 | alder-lake | raptor-lake raptor-lake-refresh |
B760 H770 Z790 | LGA1700 | 5 | alder-lake raptor-lake | raptor-lake-refresh |
H810 B860 Z890 W880 | LGA1851 | 5 | arrow-lake | arrow-lake-refresh |
X79 C602 C602J C606 | LGA2011 | 3 | sandy-bridge-e | ivy-bridge-e |
X99 C612 | LGA2011-3 | 3 | haswell-e | broadwell-e |
X299 | LGA2066 | 3 | skylake-x kaby-lake-x | cascade-lake-x |
C422 | LGA2066 | 3 | skylake-x | cascade-lake-x |
C621 C622 | LGA3647 | 3 | skylake-sp | cascade-lake-sp |
C621A | LGA4189 | 4 | ice-lake-sp | |
C741 | LGA4677 | 5 | sapphire-rapids | emerald-rapids |
W790 | LGA4677 | 5 | sapphire-rapids | emerald-rapids |
970 990X 990FX | AM3+ | 2 | bulldozer piledriver | |
A320 B350 X370 | AM4 | 3 | zen excavator | zen+ zen2 | zen3
B450 X470 | AM4 | 3 | zen zen+ excavator | zen2 zen3 |
A520 | AM4 | 3 | zen2 | zen3 |
B550 | AM4 | 4 | zen2 | zen3 |
X570 | AM4 | 4 | zen+ zen2 | zen3 |
A620 A620A | AM5 | 5 | zen4 | zen5 |
B650 B650E X670 X670E | AM5 | 5 | zen4 | zen5 |
B840 B850 X870 X870E | AM5 | 5 | zen4 zen5 | |
X399 | STR4 | 3 | zen | zen+ |
TRX40 | STRX4 | 4 | zen2 | |
WRX80 | SWRX8 | 4 | zen2 | zen3 |
TRX50 WRX90 | STR5 | 5 | zen4 | zen5 |
SP3 | SP3 | 4 | zen | zen2 zen3 |
SP5 | SP5 | 5 | zen4 | zen5 |
"""


def _read(table: str) -> dict[str, Platform]:
    rows = {}
    for line in table.strip().splitlines():
        names, socket, gen, native, update, some = (cell.strip() for cell in line.split("|"))
        words = tuple(tuple(cell.split()) for cell in (native, update, some))
        for name in names.split():
            rows[name] = Platform(name, socket, float(gen), *words)
    return rows


PLATFORMS: dict[str, Platform] = _read(_TABLE)

# Lanes for slots and M.2, the chipset link not counted, where every CPU of that socket and
# generation has the same number. Absent = it differs by model (X299, X99) or was not looked up.
# Intel ARK "Max # of PCI Express Lanes"; AMD product pages "native PCIe lanes (usable)".
_LANES: dict[tuple[str, str], int] = {
    ("LGA1155", "sandy-bridge"): 16,
    ("LGA1155", "ivy-bridge"): 16,
    ("LGA1150", "haswell"): 16,
    ("LGA1150", "haswell-refresh"): 16,
    ("LGA1150", "broadwell"): 16,
    ("LGA1151", "skylake"): 16,
    ("LGA1151", "kaby-lake"): 16,
    ("LGA1151-V2", "coffee-lake"): 16,
    ("LGA1151-V2", "coffee-lake-refresh"): 16,
    ("LGA1200", "comet-lake"): 16,
    ("LGA1200", "rocket-lake"): 20,
    ("LGA1700", "alder-lake"): 20,
    ("LGA1700", "raptor-lake"): 20,
    ("LGA1700", "raptor-lake-refresh"): 20,
    ("LGA1851", "arrow-lake"): 24,
    ("LGA2066", "kaby-lake-x"): 16,
    ("LGA2066", "cascade-lake-x"): 48,
    ("STR4", "zen"): 60,
    ("STR4", "zen+"): 60,
    ("STRX4", "zen2"): 56,
    ("SP3", "zen"): 128,
    ("SP3", "zen2"): 128,
    ("SP3", "zen3"): 128,
    ("SP5", "zen4"): 128,
    ("SP5", "zen5"): 128,
}

# The most lanes any CPU of a socket has: slots that add up to more are fed by a PCIe switch.
MOST_LANES: dict[str, int] = {
    "LGA1155": 16,
    "LGA1150": 16,
    "LGA1151": 16,
    "LGA1151-V2": 16,
    "LGA1200": 20,
    "LGA1700": 20,
    "LGA1851": 24,
    "LGA2011": 40,
    "LGA2011-3": 40,
    "LGA2066": 48,
    "AM4": 20,
    "AM5": 24,
    "STR4": 60,
    "STRX4": 56,
    "SWRX8": 128,
    "STR5": 128,
    "SP3": 128,
    "SP5": 128,
}

# Memory channels of the socket; absent = differs by model.
CHANNELS: dict[str, int] = {
    **dict.fromkeys(("LGA1155", "LGA1150", "LGA1151", "LGA1151-V2", "LGA1200"), 2),
    **dict.fromkeys(("LGA1700", "LGA1851", "AM3+", "AM4", "AM5"), 2),
    **dict.fromkeys(("LGA2011", "LGA2011-3", "STR4", "STRX4"), 4),
    **dict.fromkeys(("SWRX8", "SP3"), 8),
    "SP5": 12,
}


def usable_lanes(socket: str, generation: str) -> int | None:
    """CPU lanes for slots and M.2 of a (normalised) socket and generation; None = by model."""
    return _LANES.get((socket, generation))
