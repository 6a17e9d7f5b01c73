"""Two promises of the table: no fact lost makes things better, nothing unread matters."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fit.story import BOARD, CARD, CASE, CHIP, COOLER, CPU, DRIVE, NVME, PSU, RAM

from rigwright.choose.problem import weigh
from rigwright.fit.better import BETTER
from rigwright.fit.facts.bounds import most_plugs
from rigwright.fit.facts.draw import turbo_factor
from rigwright.fit.rules import RULES
from rigwright.spec.build import Build, Circuit
from rigwright.spec.fact import GIB
from rigwright.spec.parts import M2Slot, Slot

PSU = replace(PSU, name="of no family")  # whose counts would contradict the ones drawn here
SLOTS = (
    None,
    BOARD.slots,
    tuple(Slot(p, 16, 4.0, "cpu") for p in (1, 3, 5, 7)),
    (Slot(0, 16, 3.0, "cpu"), Slot(0, 16, 3.0, "chipset")),
)
PLANS = (None, ((16, 0, 4, 0), (8, 8, 4, 0)), ((16, 8, 16, 8),), ((16, 2, 1, 1),))
M2 = (
    None,
    (),
    BOARD.m2_slots,
    (M2Slot((2280,), 4.0, 4, False, "cpu"), M2Slot((2280, 22110), 3.0, 4, True, "chipset", "?")),
)
# Values that decide something, on both sides of limits; None (and 0) = missing.
VALUES: dict[str, dict[str, tuple[Any, ...]]] = {
    "cpu": {
        "tdp_w": (91, 280, None),
        "memory_types": (("DDR4",), ("DDR5",), ()),
        "memory_channels": (2, 4, None),
        "memory_max_gib": (64, 256, 0, None),
        "memory_mt_s": (2133, 5600, None),
        "registered_memory": ("no", "yes", "either", None),
        "pcie_lanes": (16, 44, None),
        "pcie_gen": (3.0, 5.0, None),
        "has_igpu": (True, False, None),
        "includes_cooler": (True, False, None),
        "avx2": (True, False, None),
        "threads": (4, 32, None),
        "released": (CPU.released, CARD.released, None),
    },
    "cooler": {
        "type": ("air", "liquid", None),
        "height_mm": (120, 158, 170, 0, None),
        "radiator_mm": (240, 280, 360, None),
        "radiator_thickness_mm": (27, 60, None),
        "sockets": (("LGA1151",), ("AM4",), ("TR4",), ()),
        "capacity_w": (65, 300, None),
        "memory_clearance_mm": (32, 60, None),
    },
    "board": {
        "form_factor": ("ATX", "Mini-ITX", "E-ATX", None),
        "memory_type": ("DDR4", "DDR5", None),
        "memory_form": ("UDIMM", "RDIMM", "SODIMM", None),
        "memory_slots": (2, 8, 0, None),
        "memory_max_gib": (32, 128, 0, None),
        "slots": SLOTS,
        "lane_plans": PLANS,
        "m2_slots": M2,
        "sata_ports": (2, 6, 0, None),
        "eps_plugs": (1, 2, None),
        "display_outputs": (0, 2, None),
        "bios_flashback": (True, False, None),
        "rear_connectors": (True, False, None),
        "released": (CPU.released, CARD.released, None),
        "cpu_generations": (("kaby-lake",), None),
    },
    "ram": {
        "type": ("DDR4", "DDR5", None),
        "form": ("UDIMM", "RDIMM", "SODIMM", None),
        "ecc": (True, False, None),
        "modules": (1, 2, 4, None),
        "module_gib": (4, 32, 48, None),
        "speed_mt_s": (2133, 6000, None),
        "cas": (16, 36, None),
        "height_mm": (31, 55, None),
    },
    "card": {
        "chip": ("gtx-1070", "other"),
        "length_mm": (280, 330, 400, 0, None),
        "thickness_slots": (1.0, 2.05, 3.5, 0, None),
        "height_mm": (112, 150, None),
        "plugs": ((), ("8",), ("8", "8", "8"), ("16",), ("eps8",), None),
        "power_limit_w": (70, 150, 300, 575, None),
        "cooling": ("open", "blower", "passive", "hybrid", None),
        "radiator_mm": (120, 240, None),
        "display_outputs": (0, 4, None),
        "suggested_psu_w": (450, 1000, None),
    },
    "chip": {
        "vram_bytes": (8 * GIB, 48 * GIB, None),
        "pcie_gen": (3.0, 4.0, None),
        "pcie_lanes": (4, 16, None),
        "has_p2p": (True, False, None),
    },
    "drive": {
        "form_factor": ("3.5", "2.5", "M.2-2280", "M.2-22110", "U.2", None),
        "interface": ("sata", "pcie", "sas", None),
        "pcie_gen": (3.0, 5.0, None),
        "type": ("hdd", "ssd"),
    },
    "psu": {
        "watts": (300, 450, 600, 1000, 1600, None),
        "form_factor": ("ATX", "SFX", "SFX-L", None),
        "atx_version": ("2.4", "3.0", "3.1", None),
        "efficiency": ("white", "titanium", None),
        "length_mm": (100, 175, 220, None),
        "eps_plugs": (1, 2, 0, None),
        "pcie_8pin_plugs": (0, 2, 6, None),
        "pcie_8pin_cables": (1, 3, None),
        "pcie_16pin_plugs": (0, 1, 2, None),
        "sata_plugs": (2, 8, None),
    },
    "case": {
        "form_factor": ("mid tower", "full tower", "4U server", "mini-itx", None),
        "board_form_factors": (("ATX", "Micro-ATX"), ("Mini-ITX",), ()),
        "gpu_length_mm": (300, 364, 0, None),
        "gpu_length_radiator_mm": (290, 334, None),
        "gpu_thickness_slots": (2.0, 4.0, None),
        "gpu_height_mm": (120, 200, None),
        "cooler_height_mm": (70, 161, 0, None),
        "psu_length_mm": (180, 260, None),
        "psu_form_factors": (("ATX",), ("SFX",), ("SFX-L",), None),
        "expansion_slots": (2, 7, 8, None),
        "bays_3_5": (0, 2, None),
        "bays_2_5": (0, 2, None),
        "radiators": ((), ("front:280",), ("front:360", "top:240", "rear:120"), None),
        "rear_connectors": (True, False, None),
    },
}
SOCKETS = (
    ("LGA1151", "skylake"),
    ("LGA1151", "kaby-lake"),
    ("LGA1151", "coffee-lake"),
    ("LGA2011", "broadwell-e"),
    ("LGA1200", "rocket-lake"),
    ("LGA1700", "raptor-lake-refresh"),
    ("AM4", "zen3"),
    ("AM5", "zen5"),
    ("sTRX4", "zen2"),
)
CHIPSETS = (
    ("LGA1151", "Z170"),
    ("LGA1151", "Z370"),
    ("LGA2011-3", "X99"),
    ("LGA2011", "X79"),
    ("LGA1200", "B460"),
    ("LGA1700", "Z690"),
    ("AM4", "B350"),
    ("AM4", "B550"),
    ("AM5", "B650"),
    ("sTRX4", "TRX40"),
    ("LGA1151", "Z999"),
)
# Limits that exist only where a maker prints one: None says "no limit besides the openings". A
# processor's family tells its kind of memory where its own row is silent.
PRINTED_ONLY = {("case", "gpu_thickness_slots"), ("cpu", "registered_memory")}


@st.composite
def part(draw: Any, kind: str, start: Any) -> Any:
    edits = {a: draw(st.sampled_from(v)) for a, v in VALUES[kind].items()}
    if kind == "cpu":
        edits["socket"], edits["generation"] = draw(st.sampled_from(SOCKETS))
        # A printed maximum lies between TDP and the family's bound, as in the makers' tables.
        share = draw(st.sampled_from((None, 0.0, 0.5, 1.0)))
        factor = turbo_factor(edits["generation"], edits["socket"])
        if share is not None and edits["tdp_w"]:
            edits["max_power_w"] = edits["tdp_w"] * (1 + share * (factor - 1))
    if kind == "board":
        edits["socket"], edits["chipset"] = draw(st.sampled_from(CHIPSETS))
    if kind == "card" and edits["plugs"] and (limit := edits["power_limit_w"]):
        # No maker gives a card more sockets than its power allows.
        most = most_plugs(replace(start, power_limit_w=limit))
        edits["plugs"] = edits["plugs"][: max(most, 1)]
    return replace(start, **edits)


@st.composite
def builds(draw: Any, most_cards: int = 3) -> Build:
    cards = tuple(draw(st.lists(part("card", CARD), max_size=most_cards)))
    drives = st.one_of(part("drive", DRIVE), part("drive", NVME))
    return Build(
        cpu=draw(st.none() | part("cpu", CPU)),
        cooler=draw(st.none() | part("cooler", COOLER)),
        board=draw(st.none() | part("board", BOARD)),
        ram=tuple(draw(st.lists(part("ram", RAM), max_size=2))),
        cards=cards,
        drives=tuple(draw(st.lists(drives, max_size=3))),
        psu=draw(st.none() | part("psu", PSU)),
        case=draw(st.none() | part("case", CASE)),
        circuit=draw(st.sampled_from((None, Circuit(120, 15), Circuit(230, 16), Circuit(120, 2)))),
        gpu_power_cap_w=draw(st.sampled_from((None, 250.0))),
        chips=(draw(part("chip", CHIP)), draw(part("chip", replace(CHIP, id="other")))),
    )


WORKED_OUT = {
    "line": ("name",),
    "class_w": ("type", "height_mm", "radiator_mm"),
    "stands_mm": ("height_mm", "name", "type"),
    "deep_mm": ("depth_mm", "name"),
    "plugs_least": ("pcie_8pin_plugs", "name", "watts"),
    "room_least": ("radiators", "cooler_height_mm", "name"),
}
"""An attribute that is no fact of its own -> those it is read from."""
MANY = {"ram": "ram", "card": "cards", "drive": "drives", "chip": "chips"}


def facts(build: Build) -> list[tuple[str, int, str]]:
    """(kind, index, attribute) of every fact that some rule reads and the build has."""
    found = []
    for kind in VALUES:
        parts = getattr(build, MANY.get(kind, kind))
        parts = parts if isinstance(parts, tuple) else (parts,) if parts else ()
        names = {a for rule in RULES for a in rule.reads.get(kind, ())} - {"id"}
        for i, thing in enumerate(parts):
            own = sorted(names - set(WORKED_OUT))
            found += [(kind, i, a) for a in own if getattr(thing, a) is not None]
    return found


def without(build: Build, fact: tuple[str, int, str]) -> Build:
    kind, index, attribute = fact
    field = MANY.get(kind, kind)
    if kind not in MANY:
        return replace(build, **{field: replace(getattr(build, field), **{attribute: None})})
    parts = list(getattr(build, field))
    parts[index] = replace(parts[index], **{attribute: None})
    return replace(build, **{field: tuple(parts)})


SLOW = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(build=builds())
def test_a_lost_fact_never_turns_a_verdict_into_ok(build: Build) -> None:
    before = {rule.id: rule.check(build) for rule in RULES}
    for lost in facts(build):
        if (lost[0], lost[2]) in PRINTED_ONLY:
            continue
        poorer = without(build, lost)
        for rule in RULES:
            was = before[rule.id]
            if was is None or was.verdict == "ok" or lost[2] not in rule.reads.get(lost[0], ()):
                continue
            now = rule.check(poorer)
            if now is not None:
                assert now.verdict != "ok", (rule.id, lost, was.why, now.why)


WEIGHTS = ("fine", "doubt", "bad")


def _other(build: Build, fact: tuple[str, int, str], value: object) -> Build:
    kind, index, attribute = fact
    field = MANY.get(kind, kind)
    if kind not in MANY:
        return replace(build, **{field: replace(getattr(build, field), **{attribute: value})})
    parts = list(getattr(build, field))
    parts[index] = replace(parts[index], **{attribute: value})
    return replace(build, **{field: tuple(parts)})


@SLOW
@given(build=builds(), share=st.sampled_from((0.3, 0.8, 0.97, 1.03, 1.3, 3.0)))
def test_a_better_measure_never_makes_a_verdict_worse(build: Build, share: float) -> None:
    for place in facts(build):
        kind, index, attribute = place
        way = BETTER.get(kind, {}).get(attribute)
        held = getattr(build, MANY.get(kind, kind))
        value = getattr(held[index] if kind in MANY else held, attribute)
        if way is None or not value or (share > 1) != (way == "more"):
            continue
        other = value * share
        if isinstance(value, int):
            other = max(1, round(other)) if way == "less" else round(other + 0.5)
        improved = _other(build, place, other)
        for rule in (r for r in RULES if r.severity != "note"):
            before, after = weigh(rule, build), weigh(rule, improved)
            if (before, after) == ("doubt", "bad") and rule.check(improved).verdict != "conflict":
                continue  # what may have been a conflict is certainly a loss: that is less
            assert WEIGHTS.index(after) <= WEIGHTS.index(before), (rule.id, place, value, other)


def _mixed(rule: Any, kind: str, read: Any, other: Any) -> Any:
    """``other`` with the attributes that the rule reads taken from ``read``."""
    names = {n for a in rule.reads[kind] for n in WORKED_OUT.get(a, (a,))}
    return replace(other, **{a: getattr(read, a) for a in names})


def hybrid(rule: Any, a: Build, b: Build) -> Build:
    """Build ``b`` with everything that the rule reads taken from ``a``."""
    edits: dict[str, Any] = {}
    for kind in VALUES:
        field = MANY.get(kind, kind)
        if kind not in rule.reads:
            continue
        mine, yours = getattr(a, field), getattr(b, field)
        if kind in MANY:
            spare = yours or mine
            edits[field] = tuple(
                _mixed(rule, kind, p, spare[i % len(spare)]) for i, p in enumerate(mine)
            )
        elif mine is None or yours is None:
            edits[field] = mine
        else:
            edits[field] = _mixed(rule, kind, mine, yours)
    if "circuit" in rule.reads:
        edits["circuit"] = a.circuit
    if "build" in rule.reads:
        edits["gpu_power_cap_w"] = a.gpu_power_cap_w
    return replace(b, **edits)


@SLOW
@given(a=builds(), b=builds())
def test_what_a_rule_does_not_read_never_changes_its_verdict(a: Build, b: Build) -> None:
    a, b = replace(a, whole=True), replace(b, whole=True)
    for rule in RULES:
        one, two = rule.check(a), rule.check(hybrid(rule, a, b))
        assert (one is None) == (two is None), rule.id
        if one is not None and two is not None:
            assert (one.verdict, one.severity) == (two.verdict, two.severity), rule.id
            assert (one.need, one.margin) == (two.need, two.margin), rule.id


@SLOW
@given(build=builds(most_cards=5))
def test_every_finding_explains_itself(build: Build) -> None:
    for rule in RULES:
        found = rule.check(build)
        if found is None:
            continue
        assert found.why and "None" not in found.why, (rule.id, found.why)
        assert found.verdict != "unknown" or found.fix, rule.id
        if isinstance(found.have, int | float) and isinstance(found.need, int | float):
            short = found.margin is not None and found.margin < 0
            assert short or found.verdict in ("ok", "warning", "unknown"), (rule.id, found)


def test_reads_names_real_attributes() -> None:
    starts = {"cpu": CPU, "cooler": COOLER, "board": BOARD, "ram": RAM, "card": CARD}
    starts |= {"chip": CHIP, "drive": DRIVE, "psu": PSU, "case": CASE}
    starts |= {"circuit": Circuit(), "build": Build()}
    for rule in RULES:
        for kind, attributes in rule.reads.items():
            names = {f.name for f in dataclasses.fields(starts[kind])}
            assert {n for a in attributes for n in WORKED_OUT.get(a, (a,))} <= names, (
                rule.id,
                kind,
            )
