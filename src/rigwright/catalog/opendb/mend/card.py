"""Graphics cards: raw record -> trusted part."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rigwright.catalog.names.chipnames import resolve_chip
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.opendb.record import Record, verified_on
from rigwright.catalog.tables import slug
from rigwright.fit.facts.ratings import plug_w
from rigwright.spec.errors import UnknownNameError
from rigwright.spec.fact import GIB
from rigwright.spec.parts import Card, Chip

THICKNESS_MAX = 6.0
# Factory limits seen: -20 % (short cards) to +50 % of the chip's reference power (MSI Lightning).
POWER_LOW, POWER_HIGH = 0.75, 1.5
_KINDS = {"Hybrid": "hybrid", "Water Cooled": "water", "Passive": "passive", "Blower": "blower"}


@dataclass(frozen=True)
class Chips:
    """Our chips, and how many of one sit on a board of it."""

    rows: tuple[Chip, ...]
    dies: Mapping[str, int]
    found: dict[tuple[str, float], Chip | None] = field(default_factory=dict)

    @classmethod
    def of(cls, chips: Iterable[Chip], cards: Iterable[Card]) -> "Chips":
        """From the embedded tables."""
        dies: dict[str, int] = {}
        for card in cards:
            dies[card.chip] = max(dies.get(card.chip, 1), card.chip_count)
        return cls(tuple(chips), dies)

    def find(self, chipset: str, memory_gib: float) -> Chip | None:
        """The chip of a chipset with this memory on the board; None when it is not ours."""
        key = (chipset, memory_gib)
        if key not in self.found:
            self.found[key] = self._find(chipset, memory_gib)
        return self.found[key]

    def _find(self, chipset: str, memory_gib: float) -> Chip | None:
        for text in (f"{chipset} {memory_gib:g} GB", chipset):
            try:
                chip = resolve_chip(text, self.rows)
            except UnknownNameError:
                continue
            has = chip.vram_bytes * self.dies.get(chip.id, 1) / GIB
            if abs(has - memory_gib) < 0.06 * memory_gib:
                return chip
        return None


def _memory(r: Record) -> float | None:
    listed = r.number("chip", "memory", 0.25, 1024)
    said = {c for c in claims_of(r.name).capacities_gb if c >= 1}
    if listed is not None and len(said) == 1 and listed not in said:
        (gib,) = said
        r.mended("chip", f"{listed:g} GiB", f"{gib:g} GiB", "memory-by-name")
        return gib
    return listed


def _chip(r: Record, chips: Chips) -> tuple[str, Chip | None]:
    chipset = r.text("chip", "chipset") or ""
    memory = _memory(r)
    # LHR limits mining only; a memory size in the chipset's name repeats the field.
    plain = re.sub(r"\bLHR\b|\b\d+ ?GB\b", "", chipset).strip()
    chip = chips.find(plain, memory) if plain and memory else None
    if chip is not None:
        if slug(plain) != chip.id:
            r.mended("chip", chipset, chip.id, "chip-by-name")
        return chip.id, chip
    name = slug(f"{plain or 'unknown'} {memory:g} gb" if memory else plain or "unknown")
    r.distrusted("chip", f"{chipset} {memory or '?'} GiB", "chip-not-in-table")
    return f"unlisted-{name}", None


def _power(r: Record, chip: Chip | None, dies: int) -> float | None:
    watts = r.number("power_limit_w", "tdp", 5, 1500)
    if watts is None or chip is None:
        return watts
    usual = chip.power_limit_w * dies
    if not POWER_LOW * usual <= watts <= POWER_HIGH * usual:
        r.distrusted("power_limit_w", watts, "power-far-from-chip")
        return None
    return watts


def _plugs(r: Record, watts: float | None) -> tuple[str, ...] | None:
    """None where nothing is listed, unless somebody checked a card the slot can feed."""
    raw = r.raw("power_connectors")
    counts = {
        key: r.whole("plugs", f"power_connectors.{key}", 1, 6, zero=True) or 0
        for key in ("pcie_6_pin", "pcie_8_pin", "pcie_12VHPWR", "pcie_12V_2x6")
    }
    six, eight = counts["pcie_6_pin"], counts["pcie_8_pin"]
    sixteen = counts["pcie_12VHPWR"] + counts["pcie_12V_2x6"]
    w = plug_w()
    if not six + eight + sixteen:
        if watts is not None and watts <= w["slot"] and verified_on(r) and isinstance(raw, dict):
            return ()
        r.distrusted("plugs", raw, "no-plugs-listed")
        return None
    carries = w["slot"] + w["6"] * six + w["8"] * eight + w["16"] * sixteen
    if watts is not None and carries < 0.9 * watts:
        r.distrusted("plugs", raw, "plugs-cannot-carry")
        return None
    return ("6",) * six + ("8",) * eight + ("16",) * sixteen


def _cooling(r: Record) -> str | None:
    listed = r.text("cooling", "cooling") or ""
    if re.search(r"\b(turbo|aero|blower)\b", r.name, re.I) and listed == "1 Fan":
        r.mended("cooling", listed, "blower", "blower-by-name")
        return "blower"
    return _KINDS.get(listed, "open" if "Fan" in listed else None)


def _thickness(r: Record) -> float | None:
    thick = r.number("thickness_slots", "total_slot_width", 0.5, 200)
    if thick is not None and thick > THICKNESS_MAX:
        r.distrusted("thickness_slots", thick, "thickness-in-mm")
        return None
    whole = r.number("thickness_slots", "case_expansion_slot_width", 1, THICKNESS_MAX)
    return whole if thick is None else thick


def _outputs(r: Record) -> int | None:
    listed = r.raw("video_outputs")
    if not isinstance(listed, dict):
        return None
    counts = [
        r.whole("display_outputs", f"video_outputs.{key}", 1, 16, zero=True) for key in listed
    ]
    return sum(n or 0 for n in counts) or None


def card(r: Record, chips: Chips) -> dict[str, Any]:
    """A graphics card."""
    id_, chip = _chip(r, chips)
    dies = chips.dies.get(id_, 1)
    watts = _power(r, chip, dies)
    return {
        "chip": id_, "chip_count": dies, "length_mm": r.number("length_mm", "length", 60, 600),
        "thickness_slots": _thickness(r), "plugs": _plugs(r, watts), "power_limit_w": watts,
        "cooling": _cooling(r), "radiator_mm": r.whole("radiator_mm", "radiator_size", 80, 480),
        "display_outputs": _outputs(r),
    }  # fmt: skip
