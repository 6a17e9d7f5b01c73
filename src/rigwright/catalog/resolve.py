"""Which part of a catalogue a written line means.

Token rules decide: every word of the line must be explained by the part and every telling word of
the part must be in the line, and capacities, watts and counts must agree. Similarity only ranks
what is offered when nothing, or more than one part, is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rigwright.catalog.chipnames import find_chip, resolve_chip
from rigwright.catalog.claims import Claims, claims_of, plain
from rigwright.spec.parts import Board, Card, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit

__all__ = ["Resolution", "explained", "resolve", "resolve_chip"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a line means: one exact part, or none and the nearest ones.

    chip : for a graphics card of unknown make, the chip it names, if that is certain.
    candidates : nearest parts, best first; empty when ``part`` is set.
    """

    kind: str
    text: str
    part: Part | None = None
    chip: Chip | None = None
    candidates: tuple[Part, ...] = ()

    @property
    def near(self) -> tuple[str, ...]:
        """Names of the candidates."""
        return tuple(p.name for p in self.candidates)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_COLOURS = "black white schwarz weiss weiß red blue grey gray silver green yellow brown beige"
_FILLER = (
    "the a an and with for of by in edition series new boxed box tray retail oem kit certified"
    " desktop computer pc internal high performance premium grade quality original genuine rgb argb"
)
# Words that never tell two parts of the kind apart.
_NOISE: dict[str, frozenset[str]] = {
    kind: _set(f"{_FILLER} {words}")
    for kind, words in {
        "card": "geforce radeon nvidia amd gtx rtx rx video card graphics gaming gpu grafikkarte"
        " tesla quadro accelerator pcie express ready directx vr hdmi dp",
        "cpu": "intel amd core ryzen threadripper xeon epyc pro cpu processor prozessor unlocked"
        " haswell broadwell skylake e ep cache turbo lga socket fclga am4 am5 tr4 strx4 str5"
        " swrx8 sp3 sp5 gen generation ultra",
        "board": f"motherboard mainboard atx matx eatx micro mini itx ssi ceb eeb e m intel amd"
        f" socket sockel am4 am5 tr4 str4 strx4 str5 swrx8 sp3 lga v3 rev rack {_COLOURS}",
        "cooler": "cpu cooler air liquid aio water cooling heatsink fan tower kühler bearing"
        " sleeve pwm all one wasserkühlung chromax hydro high",
        "ram": f"memory ram dimm udimm dram module channel quad dual speed xmp {_COLOURS}",
        "drive": "ssd hdd hard drive disk solid state sata m2 pcie x4 festplatte",
        "psu": f"power supply psu netzteil atx modular fully full semi non eps active pfc unit"
        f" {_COLOURS}",
        "case": f"case gehäuse tower mid full mini midi big atx matx eatx itx micro cube window"
        f" tempered glass chassis acrylic side panel {_COLOURS}",
    }.items()
}
_CARD_MAKERS = _set(
    "asus msi gigabyte evga zotac pny gainward palit inno3d nvidia hp dell leadtek amd"
)
# `GTX 970` alone is a chip: the bare reference card is meant only by its full catalogue name.
_SOLD_BARE = _set("geforce radeon")
# `Ryzen 5800X` leaves the tier out; a wrong one is still a contradiction.
_CPU_TIERS = _set("3 5 7 9 i3 i5 i7 i9")
_EFFICIENCIES = _set("white bronze silver gold platinum titanium")
_CANDIDATES = 5
_CANDIDATE_SCORE = 55


def _near(have: float | None, claimed: Iterable[float], tolerance: float = 0.03) -> bool:
    values = tuple(claimed)
    return have is None or not values or any(abs(have - v) <= tolerance * have for v in values)


def _card(part: Card, line: Claims, chip: Chip | None) -> bool | None:
    if chip is None:
        return None
    vram_gib = chip.vram_bytes * part.chip_count / 2**30
    return _near(vram_gib, line.capacities_gb)


def _cpu(part: Cpu, line: Claims, _chip: Chip | None) -> bool | None:
    return line.cores in (None, part.cores)


def _board(part: Board, line: Claims, _chip: Chip | None) -> bool | None:
    if line.memory_type not in (None, part.memory_type):
        return False
    return line.socket is None or line.socket[:4] in part.socket


def _cooler(part: Cooler, line: Claims, _chip: Chip | None) -> bool | None:
    if part.type != "liquid" or line.radiator_mm is None:
        return True
    return part.radiator_mm in (None, line.radiator_mm)


def _ram(part: RamKit, line: Claims, _chip: Chip | None) -> bool | None:
    if line.memory_type not in (None, part.type) or line.cas not in (None, part.cas or line.cas):
        return False
    if line.mt_s is not None and line.mt_s != part.speed_mt_s:
        return False
    if line.registered and part.form != "RDIMM":
        return False
    if line.modules is not None and line.module_gb is not None:
        if (line.modules, line.module_gb) != (part.modules, part.module_gib):
            return False
    elif line.capacities_gb and part.modules * part.module_gib not in line.capacities_gb:
        return False
    # Two 8 GB modules and one of 16 GB are different parts: the kit must be written out.
    told = line.mt_s is not None and line.modules is not None
    return True if told else None


def _drive(part: Drive, line: Claims, _chip: Chip | None) -> bool | None:
    if line.rpm not in (None, part.rpm):
        return False
    if line.drive_form and part.form_factor and not part.form_factor.startswith(line.drive_form):
        return False
    if not line.capacities_gb:
        return None
    return _near(part.capacity_bytes / 1e9, line.capacities_gb)


def _psu(part: Psu, line: Claims, _chip: Chip | None) -> bool | None:
    if line.watts not in (None, part.watts):
        return False
    rated = line.efficiency or next(iter(line.words & _EFFICIENCIES), None)
    return rated is None or part.efficiency in (None, rated)


_AGREES: dict[str, Callable[..., bool | None]] = {
    "card": _card,
    "cpu": _cpu,
    "board": _board,
    "cooler": _cooler,
    "ram": _ram,
    "drive": _drive,
    "psu": _psu,
}


def _excused(part: Part, line: Claims) -> set[str]:
    """Words of a name that only repeat a fact which the line states in another way."""
    if isinstance(part, Psu):
        return {f"{part.watts:g}", *_EFFICIENCIES, *part.form_factor.lower().split("-")}
    if isinstance(part, Drive):
        return {f"{part.capacity_bytes / 1e9:g}"}
    if isinstance(part, RamKit):
        return {f"{part.speed_mt_s:g}", f"{part.modules * part.module_gib:g}", "ecc"}
    if isinstance(part, Board):
        return {plain(part.chipset)} if plain(part.chipset) in line.words else set()
    if isinstance(part, Cooler):
        return {f"{part.radiator_mm}"} if line.radiator_mm == part.radiator_mm else set()
    return set()


def _brand(part: Part, name: Claims) -> frozenset[str]:
    return claims_of(part.brand).words & name.words if part.brand else frozenset()


def _telling(part: Part, name: Claims, chip: Chip | None) -> frozenset[str]:
    """Words that must be in the line: all but noise, and the maker if enough remains."""
    words = name.words - _NOISE.get(part.kind, frozenset())
    if isinstance(part, Cpu):
        words -= _CPU_TIERS
    generic = claims_of(chip.name).words if chip else frozenset()
    maker = _brand(part, name)
    if isinstance(part, Card) and "fe" in words:
        # A Founders Edition is the same board whoever sells it.
        return words - maker
    if any(len(w) > 1 for w in words - maker - generic) or _one_design(chip):
        return words - maker
    return words | maker | (name.words & _SOLD_BARE)


def _one_design(chip: Chip | None) -> bool:
    """Workstation, data-centre and Titan boards are the chip maker's own, whoever sells them."""
    return chip is not None and (
        chip.segment in ("workstation", "datacentre") or "titan" in chip.name.lower()
    )


def _fits(part: Part, line: Claims, chip: Chip | None) -> bool:
    name = claims_of(part.name)
    check = _AGREES.get(part.kind)
    if check is not None and check(part, line, chip) is not True:
        return False
    if name.codes & line.codes:
        return True
    if name.codes and line.codes and isinstance(part, Drive | RamKit):
        return False
    noise, excused = _NOISE.get(part.kind, frozenset()), _excused(part, line)
    if not line.words & name.words - noise - excused:
        return False
    maker = claims_of(part.brand).words if part.brand else frozenset()
    if isinstance(part, Card) and ("fe" in name.words or _one_design(chip)):
        maker = maker | _CARD_MAKERS
    extra = line.words - name.words - noise - excused - maker
    missing = _telling(part, name, chip) - line.words - excused
    return not extra and not missing


def explained(kind: str, words: Iterable[str]) -> bool:
    """Whether words say nothing beyond the kind itself: no maker, no model."""
    return set(words) <= _NOISE.get(kind, frozenset()) | _EFFICIENCIES


def _ranked(kind: str, text: str, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    from rapidfuzz import fuzz, process, utils

    hits = process.extract(
        plain(text),
        [plain(p.name) for p in parts],
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        limit=_CANDIDATES,
        score_cutoff=_CANDIDATE_SCORE,
    )
    return tuple(parts[hit[2]] for hit in hits)


def resolve(
    kind: str,
    text: str,
    parts: Iterable[Part],
    chips: Mapping[str, Chip] | None = None,
) -> Resolution:
    """The part of ``kind`` that ``text`` names, or the nearest ones.

    parts : catalogue rows; those of another kind are skipped.
    chips : id -> chip; needed to recognise graphics cards.
    """
    table = tuple(p for p in parts if p.kind == kind)
    chips = chips or {}
    named = plain(text).strip()
    for part in table:
        if named in (part.id, plain(part.name).strip()):
            return Resolution(kind, text, part)
    chip = find_chip(text, chips.values()) if kind == "card" else None
    line = claims_of(text)
    rows = [p for p in table if isinstance(p, Card) and p.chip == chip.id] if chip else table
    left = [p for p in rows if _fits(p, line, chips.get(getattr(p, "chip", "")))]
    if len(left) > 1:
        closest = [p for p in left if claims_of(p.name).words <= line.words]
        left = closest if len(closest) == 1 else left
    if len(left) == 1 and (kind != "card" or chip):
        return Resolution(kind, text, left[0], chip)
    return Resolution(kind, text, None, chip, tuple(left) or _ranked(kind, text, tuple(rows)))
