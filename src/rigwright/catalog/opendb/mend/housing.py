"""Supplies, cases and coolers: raw record -> trusted part."""

import re
from typing import Any

from rigwright.catalog.opendb.record import Record
from rigwright.fit.rules.enclosure import likely_psu_forms

SFX_MM_MAX, INCH_MM = 110.0, 25.4
RADIATORS = (80, 92, 120, 140, 160, 180, 200, 240, 280, 320, 360, 400, 420, 480, 560)
_ATX3 = re.compile(
    r"ATX ?3\.?[01]?\b(?! ?\d\d+ ?W)|PCIE ?(5|gen ?5)|\bGEN ?5\b|12V-?2X6|12VHPWR", re.I
)


def _card_plugs(r: Record, recent: bool) -> tuple[int | None, int | None]:
    eight = r.whole("pcie_8pin_plugs", "connectors.pcie_6_plus_2_pin", 1, 24, zero=True)
    sixteen = r.whole("pcie_16pin_plugs", "connectors.pcie_12vhpwr", 1, 8, zero=True)
    if not eight and not sixteen:
        if eight is not None:
            r.distrusted("pcie_8pin_plugs", 0, "no-card-plugs-listed")
            r.distrusted("pcie_16pin_plugs", 0, "no-card-plugs-listed")
        return None, None
    if sixteen == 0 and recent:
        r.distrusted("pcie_16pin_plugs", 0, "no-16pin-on-atx3")
        sixteen = None
    return eight, sixteen


def _psu_form(r: Record, length: float | None) -> str:
    form = r.text("form_factor", "form_factor") or ""
    if form == "ATX/EPS":
        form = "ATX"
    long = length is not None and length > SFX_MM_MAX
    if form == "SFX" and (long or re.search(r"\bSFX-?L\b", r.name, re.I)):
        r.mended("form_factor", form, "SFX-L", "sfxl-by-length")
        return "SFX-L"
    return "" if form == "Mini-ITX" else form


def _efficiency(r: Record) -> str | None:
    text = r.text("efficiency", "efficiency_rating")
    if text is None or text.lower() == "none":
        return None
    word = text.replace("80+", "").strip().lower()
    if word in ("", "standard"):
        r.mended("efficiency", text, "white", "plain-80plus")
        return "white"
    return word


def psu(r: Record) -> dict[str, Any]:
    """A power supply."""
    length = r.number("length_mm", "length", 60, 400)
    version = _ATX3.search(r.name)
    newest = "3.1" if re.search(r"ATX ?3\.1|12V-?2X6", r.name, re.I) else "3.0"
    if version:
        r.mended("atx_version", None, "3.0", "atx3-by-name")
    eight, sixteen = _card_plugs(r, bool(version))
    modular = (r.text("modular", "modular") or "").lower()
    return {
        "watts": r.number("watts", "wattage", 50, 4000), "form_factor": _psu_form(r, length),
        "atx_version": newest if version else None, "efficiency": _efficiency(r),
        "modular": {"full": "full", "semi-modular": "semi", "non-modular": "no"}.get(modular),
        "length_mm": length, "eps_plugs": r.whole("eps_plugs", "connectors.eps_8_pin", 1, 8),
        "pcie_8pin_plugs": eight, "pcie_16pin_plugs": sixteen,
        "sata_plugs": r.whole("sata_plugs", "connectors.sata", 1, 40),
    }  # fmt: skip


def _outer(r: Record) -> tuple[float | None, float | None, float | None]:
    """Depth, width, height in mm; the printed text has this order."""
    if isinstance(r.raw("dimensions_mm"), dict):
        sizes = [
            r.number(f"{key}_mm", f"dimensions_mm.{key}", 3, 1500)
            for key in ("depth", "width", "height")
        ]
    else:
        text = r.text("depth_mm", "dimensions") or ""
        found = re.findall(r"\d+(?:\.\d+)?", text) if '"' not in text else []
        sizes = [float(n) for n in found] if len(found) == 3 else [None, None, None]
    known = [s for s in sizes if s is not None]
    if known and max(known) < 60:
        r.mended("depth_mm", sizes, [round(s * INCH_MM) for s in known], "size-in-inches")
        sizes = [None if s is None else round(s * INCH_MM, 1) for s in sizes]
    if any(s is not None and not 30 <= s <= 1500 for s in sizes):
        r.distrusted("depth_mm", sizes, "out-of-range")
        return None, None, None
    return sizes[0], sizes[1], sizes[2]


def _room(r: Record, fact: str, path: str, low: float, outer: float | None) -> float | None:
    """A clearance, which cannot be larger than the case."""
    room = r.number(fact, path, 1, 1000)
    if room is None:
        return None
    if room < low:
        r.distrusted(fact, room, "clearance-in-inches")
        return None
    if outer is not None and room > outer:
        r.distrusted(fact, room, "longer-than-case")
        return None
    return room


def case(r: Record) -> dict[str, Any]:
    """A case. Radiator places are in no record: they stay unknown."""
    form = r.text("form_factor", "form_factor") or ""
    boards = r.words("board_form_factors", "supported_motherboard_form_factors")
    supplies = r.words("psu_form_factors", "supported_power_supply_form_factors")
    inferred = None if supplies else likely_psu_forms(form, boards)
    if inferred:
        r.mended("psu_form_factors", None, inferred, "supply-forms-by-case")
    depth, width, height = _outer(r)
    longest = max((s for s in (depth, width, height) if s is not None), default=None)
    rear = r.flag("rear_connectors", "supports_rear_connecting_motherboard")
    # Openings behind a riser limit the card only where the case has no others.
    behind = r.number("gpu_thickness_slots", "riser_expansion_slots", 1, 10)
    return {
        "form_factor": form, "board_form_factors": boards,
        "gpu_length_mm": _room(r, "gpu_length_mm", "max_video_card_length", 100, longest),
        "gpu_thickness_slots": None if r.raw("expansion_slots") else behind,
        "cooler_height_mm": _room(r, "cooler_height_mm", "max_cpu_cooler_height", 20, width),
        "psu_length_mm": _room(r, "psu_length_mm", "max_psu_length", 80, longest),
        "psu_form_factors": supplies or inferred,
        "expansion_slots": r.whole("expansion_slots", "expansion_slots", 1, 12),
        "bays_3_5": r.whole("bays_3_5", "internal_3_5_bays", 1, 60, zero=True),
        "bays_2_5": r.whole("bays_2_5", "internal_2_5_bays", 1, 60, zero=True), "width_mm": width,
        "height_mm": height, "depth_mm": depth, "rear_connectors": rear,
    }  # fmt: skip


def _sockets(r: Record) -> tuple[str, ...]:
    listed = r.words("sockets", "cpu_sockets")
    wrong = [s for s in listed if s == "LGA 115"]
    if wrong:
        r.distrusted("sockets", wrong, "socket-typo")
    found = tuple(s for s in listed if s not in wrong)
    if re.search(r"\bs?TR[X45]{1,2}\b", r.name) and "SP3" not in found:
        r.mended("sockets", found, "+ TR4, SP3", "tr4-by-name")
        found += ("TR4", "SP3")
    return found


def cooler(r: Record) -> dict[str, Any]:
    """A cooler of the processor."""
    water = r.flag("type", "water_cooled")
    size = r.whole("radiator_mm", "radiator_size", 40, 1000)
    if size is not None and size not in RADIATORS:
        r.distrusted("radiator_mm", size, "radiator-class")
        size = None
    return {
        "type": "" if water is None else "liquid" if water else "air",
        "height_mm": r.number("height_mm", "height", 15, 250),
        "radiator_mm": size,
        "sockets": _sockets(r),
        "noise_dba": r.number("noise_dba", "max_noise_level", 5, 80),
    }
