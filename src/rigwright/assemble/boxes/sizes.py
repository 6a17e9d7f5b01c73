"""Sizes that standards fix, and the usual ones where only a maker's drawing would tell."""

from __future__ import annotations

import re

# Height x depth of the board, mm: ATX 2.2, microATX 1.2, Mini-ITX 2.0, SSI EEB 3.61, SSI CEB 1.1.
# E-ATX is no standard: makers use it for any depth from 257 to 330 mm, so the largest is drawn.
BOARDS_MM: dict[str, tuple[float, float]] = {
    "ATX": (304.8, 243.8),
    "MICROATX": (243.8, 243.8),
    "MINIITX": (170.0, 170.0),
    "EATX": (304.8, 330.2),
    "SSIEEB": (304.8, 330.2),
    "SSICEB": (304.8, 266.7),
}
SLOT_MM = 20.32  # pitch of expansion slots, ATX 2.2 and PCIe CEM
FIRST_SLOT_MM = 163.0  # top of the board to the middle of slot 1; the microATX drawing, about
# Width x height of the supply, mm (ATX12V, SFX12V design guides); its length is the maker's.
PSUS_MM: dict[str, tuple[float, float]] = {
    "ATX": (150.0, 86.0),
    "SFX": (125.0, 63.5),
    "SFXL": (125.0, 63.5),
    "TFX": (85.0, 65.0),
    "FLEX": (81.5, 40.5),
}
# Length x width x height of a drive, mm (SFF-8301, SFF-8201).
DRIVES_MM: dict[str, tuple[float, float, float]] = {
    "3.5": (147.0, 101.6, 26.1),
    "2.5": (100.5, 69.9, 7.0),
    "U.2": (100.5, 69.9, 15.0),
}
DIMM_MM = (133.4, 7.0, 31.3)  # length, pitch drawn, height without a heat spreader (JEDEC)
# Length x width of a radiator by class, mm: usual housings, 10 mm either way between makers.
RADIATORS_MM: dict[int, tuple[float, float]] = {
    92: (125.0, 96.0),
    120: (157.0, 120.0),
    140: (174.0, 140.0),
    240: (277.0, 120.0),
    280: (315.0, 140.0),
    360: (397.0, 120.0),
    420: (457.0, 140.0),
    480: (517.0, 120.0),
}
FAN_MM = 25.0
USUAL_MM = {
    "card length": 270.0,
    "card height": 120.0,
    "card slots": 2.5,
    "cooler height": 155.0,
    "cooler width": 125.0,
    "cooler depth": 85.0,
    "psu length": 160.0,
    "radiator thickness": 27.0,
}


def form_of(text: str | None) -> str:
    """``Micro-ATX`` -> ``MICROATX``: the spelling of the tables above."""
    key = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    return {"MATX": "MICROATX", "UATX": "MICROATX", "MITX": "MINIITX", "ITX": "MINIITX"}.get(
        key, key
    )
