"""Every rule: a build that passes, one that fails, one that lacks a fact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.fit.story import BOARD, CARD, CPU, DRIVE, FOUR, NVME, RAM, RTX3090, STORY, change

from rigwright.fit.answer import number
from rigwright.fit.rules import BY_ID
from rigwright.spec.build import Build
from rigwright.spec.fact import GIB
from rigwright.spec.parts import M2Slot, Slot

WET: dict[str, Any] = {"cooler__type": "liquid", "cooler__radiator_mm": 240}
M2 = {"drives": (NVME,)}
HYBRID: dict[str, Any] = {"card__cooling": "hybrid", "card__radiator_mm": 120}
SIXTEEN: dict[str, Any] = {"card__plugs": ("16",), "card__power_limit_w": 450}
TWO = (CARD, CARD)
OPEN_HOT = {"card__cooling": "open"}

# rule, passing edits, failing edits, failing verdict, edits that leave it unknown; on STORY,
# or on FOUR where the edits start from "four".
CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, dict[str, Any]]] = [
    ("parts_present", {}, {"case": None}, "warning", {"psu": None}),
    ("cpu_socket", {}, {"cpu__socket": "AM4", "cpu__generation": "zen2"}, "conflict",
     {"cpu__generation": None}),
    ("cpu_generation", {}, {"board__chipset": "Z370"}, "conflict", {"board__chipset": "Q999"}),
    ("bios_version", {}, {"cpu__generation": "kaby-lake", "board__released": None}, "warning",
     {"board__chipset": "Q999"}),
    ("host_cpu", {}, {"cards": (CARD,) * 5}, "warning", {"cpu__threads": None}),
    ("cpu_avx2", {}, {"cpu__avx2": False}, "warning", {"cpu__avx2": None}),
    ("cpu_ram_type", {}, {"ram__type": "DDR5"}, "conflict", {"cpu__memory_types": ()}),
    ("ram_type", {}, {"ram__type": "DDR3"}, "conflict", {"board__memory_type": None}),
    ("ram_form_factor", {}, {"ram__form": "SODIMM"}, "conflict", {"board__memory_form": None}),
    ("ram_buffering", {}, {"ram__form": "RDIMM"}, "conflict", {"ram__form": None}),
    ("ram_ecc", {"ram__ecc": True, "ram__form": "RDIMM", "board__memory_form": "RDIMM"}, {}, "",
     {"ram__ecc": True}),
    ("ram_slots", {}, {"ram__modules": 8}, "conflict", {"board__memory_slots": 0}),
    ("ram_capacity", {}, {"ram__module_gib": 64}, "conflict", {"board__memory_max_gib": 0}),
    ("cpu_ram_capacity", {}, {"ram__module_gib": 64}, "warning", {"cpu__memory_max_gib": None}),
    ("ram_speed", {"ram__speed_mt_s": 2133}, {}, "warning",
     {"cpu__memory_mt_s": None, "cpu__generation": "later"}),
    ("ram_matched", {}, {"ram__modules": 1}, "warning", {"cpu__memory_channels": None}),
    ("ram_4dimm_ddr5",
     {"ram__type": "DDR5", "board__socket": "AM5", "board__chipset": "B650"},
     {"ram__type": "DDR5", "ram__modules": 4, "ram__speed_mt_s": 6000, "board__socket": "AM5"},
     "warning", {"ram__type": "DDR5", "board__socket": "LGA4677", "board__chipset": "W790"}),
    ("ram_vs_vram", {}, {"ram__module_gib": 2}, "warning", {"chips": ()}),
    ("cooler_socket", {}, {"cooler__sockets": ("AM4",)}, "conflict", {"cooler__sockets": ()}),
    ("cooler_height", {"case__cooler_height_mm": 165}, {"case__cooler_height_mm": 159}, "conflict",
     {"case__cooler_height_mm": None}),
    ("cooler_required", {}, {"cooler": None}, "warning",
     {"cooler": None, "cpu__includes_cooler": None}),
    ("cooler_capacity", {}, {"cooler__capacity_w": 65}, "warning", {"cooler__capacity_w": None}),
    ("radiator_fit", {**WET, "cooler__radiator_mm": 280}, {**WET, "cooler__radiator_mm": 360},
     "conflict", {**WET, "case__radiators": None}),
    ("gpu_radiator", HYBRID, {**HYBRID, "card__radiator_mm": 360}, "conflict",
     {**HYBRID, "card__radiator_mm": None}),
    ("cooler_ram_clearance", {}, {"ram__height_mm": 60}, "warning", {"ram__height_mm": None}),
    ("mb_form_factor", {}, {"case__board_form_factors": ("Mini-ITX",)}, "conflict",
     {"board__form_factor": "E-ATX", "case__form_factor": "full tower"}),
    ("mb_rear_connect", {"board__rear_connectors": True, "case__rear_connectors": True},
     {"board__rear_connectors": True}, "conflict",
     {"board__rear_connectors": True, "case__rear_connectors": None}),
    ("gpu_length", {}, {"card__length_mm": 370}, "conflict", {"card__length_mm": 0}),
    ("gpu_length_with_radiator", {**WET, "cooler__radiator_mm": 120},
     {**WET, "card__length_mm": 340}, "conflict", {**WET, "case__gpu_length_radiator_mm": None}),
    ("gpu_thickness", {}, {"case__gpu_thickness_slots": 1.5}, "conflict",
     {"card__thickness_slots": None}),
    ("gpu_height", {}, {"card__height_mm": 170}, "conflict", {"case__gpu_height_mm": None}),
    ("gpu_sag", {}, {"card__length_mm": 330, "card__thickness_slots": 3.5}, "warning",
     {"card__length_mm": 330, "card__thickness_slots": None}),
    ("pro_card_passive", {"card__cooling": "passive", "case__form_factor": "4U server",
                          "case__fans_included": 3},
     {"card__cooling": "passive"}, "conflict", {"card__cooling": None}),
    ("psu_form_factor", {}, {"case__psu_form_factors": ("SFX",)}, "conflict",
     {"case__psu_form_factors": None}),
    ("psu_length", {}, {"case__psu_length_mm": 130}, "conflict", {"case__psu_length_mm": None}),
    ("gpu_slots", {"cards": TWO}, {"cards": (CARD,) * 4}, "conflict", {"board__slots": None}),
    ("gpu_slot_spacing", {"cards": TWO}, {"cards": TWO, "card__thickness_slots": 4.7}, "conflict",
     {"cards": TWO, "board__lane_plans": None}),
    ("gpu_case_slots", {"cards": TWO}, {"cards": (CARD,) * 4}, "conflict",
     {"case__expansion_slots": 0}),
    ("pcie_lanes", {}, {"cards": (CARD,) * 3}, "warning", {"cpu__pcie_lanes": None}),
    ("pcie_link", {}, {"chip__pcie_lanes": 4}, "warning", {"chip__pcie_gen": None}),
    ("gpu_airflow", {"four": 1}, {"four": 1, **OPEN_HOT}, "warning",
     {"four": 1, **OPEN_HOT, "board__slots": None}),
    ("gpu_p2p", {"cards": TWO}, {"cards": TWO, "chip__has_p2p": False}, "warning",
     {"cards": TWO, "chip__has_p2p": None}),
    ("gpu_bar_space", {"chip__segment": "datacentre", "chip__vram_bytes": 24 * GIB},
     {"chip__segment": "datacentre", "chip__vram_bytes": 24 * GIB, "board__socket": "LGA1150",
      "board__released": None}, "warning",
     {"chip__segment": "datacentre", "chip__vram_bytes": 24 * GIB, "board__released": None}),
    ("psu_wattage", {}, {"psu__watts": 200}, "conflict", {"card__power_limit_w": None}),
    ("psu_suggested", {}, {"psu__watts": 450}, "warning", {"card__suggested_psu_w": None}),
    ("psu_transient", {}, {"psu__watts": 400}, "warning",
     {"psu__watts": 400, "psu__pcie_16pin_plugs": None}),
    ("wall_circuit", {}, {"circuit__amperes": 3.0}, "conflict",
     {"psu__efficiency": None, "circuit__amperes": 3.8}),
    ("psu_pcie_connectors", {}, {"card__plugs": ("8", "8", "8")}, "conflict",
     {"card__plugs": (), "card__power_limit_w": 450}),
    ("psu_16pin", {**SIXTEEN, "psu__pcie_16pin_plugs": 1}, SIXTEEN, "conflict",
     {**SIXTEEN, "psu__pcie_16pin_plugs": None}),
    ("connector_16pin_quality",
     {**SIXTEEN, "psu__pcie_16pin_plugs": 1, "psu__atx_version": "3.1"},
     {**SIXTEEN, "psu__pcie_16pin_plugs": 1, "psu__atx_version": "3.0"}, "warning",
     {**SIXTEEN, "psu__pcie_16pin_plugs": 1, "psu__atx_version": None}),
    ("psu_eps", {}, {"card__plugs": ("eps8", "8")}, "conflict", {"psu__eps_plugs": 0}),
    ("psu_cable", {}, {"card__plugs": ("8", "8"), "card__power_limit_w": 320}, "warning",
     {"psu__pcie_8pin_cables": None}),
    ("psu_sata", {}, {"drives": (DRIVE,) * 7}, "conflict", {"psu__sata_plugs": 0}),
    ("m2_slots", M2, {"drives": (NVME, NVME)}, "conflict", {**M2, "board__m2_slots": None}),
    ("m2_size", M2, {**M2, "drive__form_factor": "M.2-22110"}, "conflict",
     {**M2, "board__m2_slots": None}),
    ("m2_lane_share", {"four": 1}, M2, "warning",
     {**M2, "board__m2_slots": (M2Slot((2280,), 3.0, 4, False, "chipset", "?"),)}),
    ("sata_ports", {}, {"drives": (NVME, *(DRIVE,) * 5)}, "conflict",
     {"drives": (DRIVE,) * 5, "board__sata_ports": 0}),
    ("drive_bay", {}, {"drives": (DRIVE,) * 4}, "conflict", {"case__bays_3_5": None}),
    ("storage_interface", {}, {"drive__interface": "sas"}, "conflict",
     {"drive__interface": "pcie", "drive__form_factor": "U.2", "board__m2_slots": ()}),
    ("pcie_gen", M2, {**M2, "drive__pcie_gen": 4.0}, "warning", {**M2, "drive__pcie_gen": None}),
    ("display_output", {}, {"card__display_outputs": 0, "cpu__has_igpu": False}, "warning",
     {"card__display_outputs": None, "board__display_outputs": None}),
]  # fmt: skip


def made(edits: dict[str, Any]) -> Build:
    edits = dict(edits)
    start = FOUR if edits.pop("four", None) else STORY
    return change(start, **edits)


def test_every_rule_is_here():
    assert {c[0] for c in CASES} | {"parts_identified"} == set(BY_ID)


@pytest.mark.parametrize(("rule", "passing"), [(c[0], c[1]) for c in CASES])
def test_passes(rule, passing):
    found = BY_ID[rule].check(made(passing))
    assert found is not None
    assert found.verdict == ("warning" if rule == "pro_card_passive" else "ok"), found.why
    assert found.why and found.source


@pytest.mark.parametrize(
    ("rule", "failing", "verdict"), [(c[0], c[2], c[3]) for c in CASES if c[3]]
)
def test_fails(rule, failing, verdict):
    found = BY_ID[rule].check(made(failing))
    assert found is not None and found.verdict == verdict, found
    assert found.verdict != "conflict" or found.severity == "error"
    if found.unit in ("mm", "W", "GiB") and not isinstance(found.have, str):
        assert found.margin == pytest.approx(found.have - found.need)
        assert number(found.have, found.unit) in found.why
        assert number(found.need, found.unit) in found.why


@pytest.mark.parametrize(("rule", "lacking"), [(c[0], c[4]) for c in CASES])
def test_lacks_a_fact(rule, lacking):
    found = BY_ID[rule].check(made(lacking))
    assert found is not None and found.verdict == "unknown", found
    assert found.fix, "says what to measure"


@pytest.mark.parametrize(
    ("cpu", "generation", "board", "chipset", "verdict"),
    [
        # overclock3d.net, why Coffee Lake cannot work on Z270; tomshardware.com 35554
        ("LGA 1151", "Coffee Lake Refresh", "LGA 1151", "Intel Z270", "conflict"),
        ("LGA 1151", "Kaby Lake", "LGA 1151", "Intel Z390", "conflict"),
        ("LGA 1151", "Kaby Lake", "LGA 1151", "Intel Z170", "ok"),
        ("LGA 1151", "Coffee Lake", "LGA 1151", "Intel Z370", "ok"),
        # Intel 000058309
        ("LGA 1200", "Rocket Lake", "LGA 1200", "Intel B460", "conflict"),
        ("LGA 1200", "Rocket Lake", "LGA 1200", "Intel Z490", "ok"),
        # AMD AM4 chart 2020; pcgamer.com on X570 and first-generation Ryzen
        ("AM4", "Zen+", "AM4", "AMD B550", "conflict"),
        ("AM4", "Zen", "AM4", "AMD X570", "conflict"),
        ("AM4", "Zen 3", "AM4", "AMD B450", "ok"),
        ("AM4", "Zen 3", "AM4", "AMD B350", "unknown"),
        ("sTR4", "Zen", "TR4", "AMD X399", "ok"),
        ("AM4", "Zen 9", "AM4", "AMD X999", "unknown"),
    ],
)
def test_chipset_and_generation(cpu, generation, board, chipset, verdict):
    line = {"LGA": "Core i7", "AM4": "Ryzen 7 1700", "sTR": "Ryzen Threadripper 1950X"}[cpu[:3]]
    build = change(
        STORY,
        cpu__name=line,
        cpu__socket=cpu,
        cpu__generation=generation,
        board__socket=board,
        board__chipset=chipset,
    )
    found = BY_ID["cpu_generation"].check(build)
    assert found is not None and found.verdict == verdict


def test_a_board_newer_than_the_processor_needs_no_update():
    late = change(STORY, cpu__generation="kaby-lake", board__released=CPU.released)
    found = BY_ID["bios_version"].check(late)
    assert found is not None and found.verdict == "ok"


def test_one_pigtail_is_fine_for_a_small_card_only():
    small = change(STORY, card__plugs=("8", "8"), card__power_limit_w=300)
    assert BY_ID["psu_cable"].check(small).verdict == "ok"


def test_adapter_for_a_16pin_card_is_a_condition():
    build = change(STORY, card__plugs=("16",), card__power_limit_w=300)
    found = BY_ID["psu_16pin"].check(build)
    assert found.verdict == "warning" and "2 8-pin" in found.why
    assert BY_ID["psu_pcie_connectors"].check(build).verdict == "warning"


def test_two_thick_cards_fit_only_where_slots_are_far_apart():
    thick = change(STORY, cards=(replace(CARD, thickness_slots=3.0),) * 2)
    assert BY_ID["gpu_slot_spacing"].check(thick).verdict == "conflict", "6 + 3 slots leave 7"
    thick = change(thick, case__expansion_slots=8)
    found = BY_ID["gpu_slot_spacing"].check(thick)
    assert found.verdict == "ok" and "2, 6" in found.why, "skips the slot that would be covered"
    link = BY_ID["pcie_link"].check(thick)
    assert link.verdict == "warning" and link.have == "3.0 x4", "and lands on the chipset's x4"
    near = change(thick, board__slots=BOARD.slots[:2], board__lane_plans=((8, 8),))
    assert BY_ID["gpu_slot_spacing"].check(near).verdict == "conflict"


def test_last_card_may_hang_below_the_board_if_the_case_has_openings():
    assert BY_ID["gpu_slot_spacing"].check(FOUR).verdict == "ok"
    short = change(FOUR, case__expansion_slots=7)
    assert BY_ID["gpu_slot_spacing"].check(short).verdict == "conflict"


def test_narrow_second_slot_is_a_loss_not_an_impossibility():
    build = change(STORY, cards=TWO, board__lane_plans=((16, 2, 1),))
    found = BY_ID["gpu_slots"].check(build)
    assert (found.verdict, found.severity) == ("warning", "warning")
    assert found.loses


def test_a_switch_shares_lanes():
    """ASUS X99-E WS: seven slots behind PLX switches on a 40-lane processor."""
    slots = tuple(Slot(p, 16, 3.0, "cpu") for p in range(1, 8))
    build = change(
        STORY,
        cpu__socket="LGA2011-3",
        cpu__generation="haswell-e",
        cpu__pcie_lanes=40,
        board__socket="LGA2011-3",
        board__chipset="X99",
        board__slots=slots,
        board__lane_plans=((16, 8, 8, 8, 16, 8, 8),),
        cards=(replace(CARD, thickness_slots=1.0),) * 7,
    )
    assert BY_ID["pcie_lanes"].check(build).verdict == "warning"


def test_two_radiators_need_two_places():
    build = change(STORY, **WET, **HYBRID)
    assert BY_ID["gpu_radiator"].check(build).verdict == "warning"  # 240 mm on 280 mm holes
    both = change(build, case__radiators=("front:240",))
    assert BY_ID["gpu_radiator"].check(both).verdict == "conflict"


def test_different_kits_are_mixed():
    build = change(STORY, ram=(RAM, replace(RAM, cas=15)))
    assert BY_ID["ram_matched"].check(build).verdict == "warning"
    assert BY_ID["ram_slots"].check(build).need == 4


def test_sata_m2_drive_needs_a_sata_socket():
    drive = replace(NVME, interface="sata", pcie_gen=None)
    plain = (M2Slot((2280,), 4.0, 4, False, "cpu"),)
    assert BY_ID["m2_slots"].check(change(STORY, drives=(drive,))).verdict == "ok"
    wrong = change(STORY, drives=(drive,), board__m2_slots=plain)
    assert BY_ID["m2_slots"].check(wrong).verdict == "conflict"


def test_eps_plug_for_the_second_socket_is_a_warning():
    found = BY_ID["psu_eps"].check(change(STORY, board__eps_plugs=2))
    assert found.verdict == "warning" and found.margin == -1


def test_rtx_3090_pair_of_blowers_needs_no_gap():
    assert BY_ID["gpu_airflow"].check(change(FOUR, cards=(RTX3090,) * 2)).verdict == "ok"
    apart = change(FOUR, cards=(replace(RTX3090, cooling="open"),) * 2)
    assert BY_ID["gpu_airflow"].check(apart).verdict == "ok", "slots 1 and 5 leave a gap"


def test_sharing_that_concerns_sata_drives_only():
    socket = M2Slot((2280,), 3.0, 4, True, "chipset", "a SATA drive in it turns off one SATA port")
    nvme = change(STORY, drives=(NVME, *(DRIVE,) * 6), board__m2_slots=(socket,))
    assert BY_ID["m2_lane_share"].check(nvme).verdict == "ok"
    assert BY_ID["sata_ports"].check(nvme).verdict == "ok"
    plain = replace(NVME, interface="sata", pcie_gen=None)
    sata = change(nvme, drives=(plain, *(DRIVE,) * 6))
    assert BY_ID["sata_ports"].check(sata).verdict == "conflict"


def test_a_board_that_feeds_its_own_socket_shows_a_picture():
    rule = BY_ID["display_output"]
    blind = replace(
        STORY, cards=(replace(CARD, display_outputs=0),), cpu=replace(CPU, has_igpu=False)
    )
    assert rule.check(blind).verdict == "warning"
    with_one = replace(blind, board=replace(BOARD, own_display_outputs=1))
    assert rule.check(with_one).verdict == "ok"
