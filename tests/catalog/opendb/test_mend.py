"""Every mending rule: the raw value, what stands instead, and the rule that says so."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from tests.catalog.opendb.made import RECORDS, done, mended

import rigwright.catalog.opendb as package
from rigwright.catalog.opendb.record import RULES
from rigwright.spec.parts import M2Slot

E5 = {"socket": "LGA 2011", "microarchitecture": "Broadwell", "coreFamily": "Broadwell-EP"}
FULL = {"power_connectors.cpu_power": ["8-pin", "4-pin"]}

# folder, changes, name, fact, value that stands, action, rule
CASES = [
    # processors
    ("CPU", {}, None, "socket", "LGA1151-V2", "mended", "socket-version"),
    ("CPU", {}, None, "generation", "coffee-lake-refresh", "mended", "core-family"),
    (
        "CPU",
        {"coreFamily": "Coffee Lake"},
        "Intel Core i7 9700",
        "generation",
        "coffee-lake-refresh",
        "mended",
        "model-is-refresh",
    ),
    (
        "CPU",
        {"microarchitecture": "Haswell", "coreFamily": "Haswell", "socket": "LGA 1150",
         "metadata.releaseYear": 2014},
        "Intel Core i7 4790", "generation", "haswell-refresh", "mended", "model-is-refresh",
    ),
    (
        "CPU", {"microarchitecture": "Unheard Of", "coreFamily": "", "socket": "LGA 1151"},
        None, "socket", "", "distrusted", "socket-version",
    ),
    ("CPU", E5, "Intel Xeon E5-2620 v4", "socket", "LGA2011-3", "mended", "socket-version"),
    ("CPU", E5, "Intel Xeon E5-2620 v4", "pcie_lanes", 40, "mended", "lanes-by-platform"),
    ("CPU", {}, None, "pcie_lanes", 16, "mended", "lanes-by-platform"),
    ("CPU", {}, None, "pcie_gen", 3.0, "mended", "link-by-core"),
    ("CPU", {}, None, "max_power_w", None, "distrusted", "zero-is-missing"),
    ("CPU", {}, None, "registered_memory", "no", "mended", "buffering-by-socket"),
    ("CPU", {}, None, "avx2", True, "mended", "avx2-by-core"),
    (
        "CPU", {"specifications.memory.types": []}, None,
        "memory_types", ("DDR4",), "mended", "memory-by-core",
    ),
    (
        "CPU", {"specifications.memory.channels": None}, None,
        "memory_channels", 2, "mended", "channels-by-socket",
    ),
    ("CPU", {}, "Intel Core i7 9700K", "includes_cooler", False, "mended", "k-has-no-cooler"),
    (
        "CPU", {"specifications.packaging": "OEM/Tray"}, None,
        "includes_cooler", False, "mended", "tray-has-no-cooler",
    ),
    ("CPU", {}, "Intel Core i5 9400F", "has_igpu", False, "mended", "f-has-no-graphics"),
    ("CPU", {"specifications.tdp": "65 W"}, None, "tdp_w", None, "distrusted", "wrong-type"),
    ("CPU", {"specifications.tdp": 1e6}, None, "tdp_w", None, "distrusted", "out-of-range"),
    (
        "CPU", {"metadata.releaseYear": 2018}, None,
        "released", dt.date(2018, 12, 31), "mended", "year-only-date",
    ),
    (
        "CPU", {"metadata.releaseYear": 20117}, None,
        "released", None, "distrusted", "out-of-range",
    ),
    # boards
    ("Motherboard", {}, None, "socket", "LGA1151-V2", "mended", "socket-version"),
    (
        "Motherboard", {"chipset": "Intel 390Z"}, None,
        "chipset", "Z390", "mended", "chipset-by-name",
    ),
    (
        "Motherboard", {"chipset": "Intel H470", "socket": "LGA 1200"}, "Acme H510M Tester",
        "chipset", "", "distrusted", "chipset-rebadged",
    ),
    ("Motherboard", {}, None, "lane_plans", None, "distrusted", "slots-listed-by-length"),
    ("Motherboard", {}, None, "slots", None, "mended", "gen-above-platform"),
    ("Motherboard", {}, None, "slots", None, "mended", "gen-is-constant"),
    (
        "Motherboard", {"pcie_slots": [{"gen": "3.0", "quantity": 31, "lanes": 16}]}, None,
        "slots", (), "distrusted", "too-many-slots",
    ),
    ("Motherboard", {}, None, "m2_slots", None, "mended", "m2-listed-by-size"),
    ("Motherboard", {}, None, "m2_slots", None, "distrusted", "m2-sharing-not-listed"),
    ("Motherboard", {}, None, "bios_flashback", None, "distrusted", "false-is-filler"),
    (
        "Motherboard", {"storage_devices.sata_6_gb_s": 0}, None,
        "sata_ports", None, "distrusted", "zero-is-missing",
    ),
    (
        "Motherboard", {"memory.max": 1}, None,
        "memory_max_gib", None, "distrusted", "memory-maximum-odd",
    ),
    (
        "Motherboard", {}, "Acme Z390 BTF Tester",
        "rear_connectors", True, "mended", "rear-by-name",
    ),
    (
        "Motherboard", {}, "Acme Z390M Micro-ATX",
        "form_factor", "Micro ATX", "mended", "form-factor-by-name",
    ),
    (
        "Motherboard", {"socket": "sTR5", "chipset": "AMD TRX50"}, "Acme TRX50",
        "memory_form", "RDIMM", "mended", "form-by-socket",
    ),
    (
        "Motherboard",
        {"form_factor": "Mini-ITX", "socket": "LGA 2066", "chipset": "Intel X299"},
        "Acme X299", "memory_form", "SODIMM", "mended", "form-by-socket",
    ),
    (
        "Motherboard",
        {**FULL, "pcie_slots": [{"gen": "3.0", "quantity": 1, "lanes": 16},
                                {"gen": "3.0", "quantity": 1, "lanes": 8}]},
        None, "lane_plans", ((16, 0), (8, 8)), "mended", "pair-shares-lanes",
    ),
    (
        "Motherboard",
        {**FULL, "pcie_slots": [{"gen": "3.0", "quantity": 2, "lanes": 16}]},
        None, "lane_plans", None, "distrusted", "width-above-platform",
    ),
    # cards
    (
        "GPU", {"memory": 12}, "Acme GeForce RTX 3090",
        "chip", "unlisted-geforce-rtx-3090-12-gb", "distrusted", "chip-not-in-table",
    ),
    (
        "GPU", {"chipset": "GeForce RTX 4060 Ti", "memory": 16, "tdp": 165},
        "Acme 4060 Ti 16GB", "chip", "geforce-rtx-4060-ti-16-gb", "mended", "chip-by-name",
    ),
    (
        "GPU", {"chipset": "GeForce RTX 5060 Ti", "memory": 8, "tdp": 180},
        "Acme 5060 Ti 16GB", "chip", "geforce-rtx-5060-ti-16-gb", "mended", "memory-by-name",
    ),
    ("GPU", {"tdp": 850}, None, "power_limit_w", None, "distrusted", "power-far-from-chip"),
    (
        "GPU", {"power_connectors.pcie_8_pin": 0}, None,
        "plugs", None, "distrusted", "no-plugs-listed",
    ),
    (
        "GPU", {"power_connectors.pcie_8_pin": 1}, None,
        "plugs", None, "distrusted", "plugs-cannot-carry",
    ),
    (
        "GPU", {"cooling": "1 Fan"}, "Acme Turbo GeForce RTX 3090 24GB",
        "cooling", "blower", "mended", "blower-by-name",
    ),
    (
        "GPU", {"total_slot_width": 55.6}, None,
        "thickness_slots", None, "distrusted", "thickness-in-mm",
    ),
    ("GPU", {"length": 0}, None, "length_mm", None, "distrusted", "zero-is-missing"),
    # coolers
    ("CPUCooler", {}, None, "sockets", ("AM4", "LGA 1151"), "distrusted", "socket-typo"),
    (
        "CPUCooler", {}, "Acme NH-U14S TR4-SP3",
        "sockets", ("AM4", "LGA 1151", "TR4", "SP3"), "mended", "tr4-by-name",
    ),
    (
        "CPUCooler", {"water_cooled": True, "radiator_size": 394}, None,
        "radiator_mm", None, "distrusted", "radiator-class",
    ),
    # memory and drives
    (
        "RAM", {}, "Kingston FURY Renegade Pro Registered DDR5-5600 CL36 32GB (2x16GB)",
        "form", "RDIMM", "mended", "registered-by-name",
    ),
    (
        "RAM", {"metadata.part_numbers": ["KSM32RD8/16MER"]}, None,
        "form", "RDIMM", "mended", "registered-by-name",
    ),
    ("RAM", {}, "Acme ECC UDIMM DDR4-3200 32GB (2x16GB)", "ecc", True, "mended", "ecc-by-name"),
    (
        "RAM", {"modules.capacity_gb": 8}, None,
        "module_gib", 16.0, "mended", "kit-by-name",
    ),
    ("RAM", {"speed": 2133}, None, "speed_mt_s", 3200.0, "mended", "speed-by-name"),
    ("Storage", {}, None, "capacity_bytes", 1_920_000_000_000, "mended", "capacity-by-name"),
    ("Storage", {}, None, "interface", "pcie", "mended", "bus-from-interface"),
    # supplies and cases
    (
        "PSU", {"connectors.pcie_6_plus_2_pin": 0}, None,
        "pcie_8pin_plugs", None, "distrusted", "no-card-plugs-listed",
    ),
    (
        "PSU", {}, "Acme ATX 3.0 850W", "pcie_16pin_plugs", None, "distrusted", "no-16pin-on-atx3",
    ),
    ("PSU", {}, "Acme 850W PCIE5", "atx_version", "3.0", "mended", "atx3-by-name"),
    (
        "PSU", {"form_factor": "SFX", "length": 130}, None,
        "form_factor", "SFX-L", "mended", "sfxl-by-length",
    ),
    ("PSU", {"efficiency_rating": "80+"}, None, "efficiency", "white", "mended", "plain-80plus"),
    ("PCCase", {}, None, "psu_form_factors", ("ATX",), "mended", "supply-forms-by-case"),
    (
        "PCCase", {"dimensions_mm": {"depth": 18.07, "width": 10.7, "height": 18.3}}, None,
        "depth_mm", 459.0, "mended", "size-in-inches",
    ),
    (
        "PCCase", {"max_cpu_cooler_height": 279}, None,
        "cooler_height_mm", None, "distrusted", "longer-than-case",
    ),
    (
        "PCCase", {"max_video_card_length": 9}, None,
        "gpu_length_mm", None, "distrusted", "clearance-in-inches",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("folder", "changes", "name", "fact", "value", "action", "rule"), CASES)
def test_the_value_and_the_rule(folder, changes, name, fact, value, action, rule):
    part, raw = mended(folder, changes, **({"name": name} if name else {}))
    assert (action, rule) in done(raw, fact)
    if fact not in ("slots", "m2_slots"):
        assert getattr(part, fact) == value


def test_every_rule_of_a_single_record_has_a_case():
    """Rules about several records are tested with merging."""
    several = {"two-records-disagree", "other-record", "number-of-two-products"}
    several |= {"differs-from-embedded", "of-one-shell"}
    assert {case[6] for case in CASES} == set(RULES) - several


def test_every_rule_is_used_and_every_used_rule_is_told():
    sources = [p for p in Path(package.__file__).parent.rglob("*.py") if p.name != "rules.py"]
    text = "".join(p.read_text() for p in sources)
    assert {rule for rule in RULES if f'"{rule}"' not in text} == set()
    named = set(
        re.findall(r'(?:distrusted|mended)\([^()]*(?:\([^()]*\)[^()]*)*"([a-z0-9-]+)"\)', text)
    )
    assert named - set(RULES) == set()


@pytest.mark.parametrize("folder", RECORDS)
def test_a_good_record_keeps_what_it_says(folder):
    part, raw = mended(folder)
    kept = {
        "CPU": {"cores": 6, "tdp_w": 35, "boost_mhz": 3900, "memory_max_gib": 128},
        "Motherboard": {"chipset": "Z390", "memory_slots": 4, "sata_ports": 6},
        "GPU": {"chip": "geforce-rtx-3090", "length_mm": 305, "plugs": ("8", "8", "8"),
                "power_limit_w": 370, "cooling": "open", "display_outputs": 4},
        "CPUCooler": {"type": "air", "height_mm": 155},
        "RAM": {"modules": 2, "module_gib": 16, "cas": 16, "form": "UDIMM", "ecc": False},
        "Storage": {"type": "ssd", "pcie_gen": 4.0, "pcie_lanes": 4, "form_factor": "M.2-2280"},
        "PSU": {"watts": 850, "eps_plugs": 2, "pcie_8pin_plugs": 4, "pcie_16pin_plugs": 0,
                "efficiency": "gold", "modular": "full"},
        "PCCase": {"gpu_length_mm": 380, "cooler_height_mm": 165, "width_mm": 220,
                   "radiators": None},
    }[folder]  # fmt: skip
    assert {fact: getattr(part, fact) for fact in kept} == kept
    assert part.id == raw.id and part.source.startswith("BuildCores OpenDB (ODC-By 1.0)")


def test_sockets_listed_once_per_length_are_counted_once():
    part, _ = mended("Motherboard")
    assert part.m2_slots_most == 4 and len(part.m2_slots) == 2
    assert set(part.m2_slots) == {M2Slot((2242, 2260, 2280), 0.0, 4, False, "chipset", "?")}


def test_a_board_typed_from_the_makers_page_is_complete():
    part, _ = mended("Motherboard", FULL)
    assert part.m2_slots_most is None and len(part.m2_slots) == 4 and part.eps_plugs == 2


@pytest.mark.parametrize(
    ("name", "socket", "core", "lanes", "gen"),
    [  # Intel ARK, AMD product pages
        ("Intel Core i7 5820K", "LGA 2011-3", "Haswell-E", 28, 3.0),
        ("Intel Core i7 6850K", "LGA 2011-3", "Broadwell E", 40, 3.0),
        ("Intel Core i7 7820X", "LGA 2066", "Skylake-X", 28, 3.0),
        ("Intel Core i9 7900X", "LGA 2066", "Skylake-X", 44, 3.0),
        ("Intel Core i7 7740X", "LGA 2066", "Kaby Lake", 16, 3.0),
        ("Intel Core i9 10980XE", "LGA 2066", "Cascade Lake", 48, 3.0),
        ("Intel Core i5 13600K", "LGA 1700", "Raptor Lake", 20, 5.0),
        ("AMD Ryzen 5 5600X", "AM4", "Zen 3", 20, 4.0),
        ("AMD Ryzen 5 5600G", "AM4", "Zen 3", 20, 3.0),
        ("AMD Ryzen 3 3200G", "AM4", "Zen+", 12, 3.0),
        ("AMD Ryzen 7 7700X", "AM5", "Zen 4", 24, 5.0),
        ("AMD Ryzen 7 8700G", "AM5", "Zen 4", None, 4.0),
        ("AMD Ryzen Threadripper 7970X", "sTR5", "Zen 4", 80, 5.0),
        ("AMD Ryzen Threadripper PRO 7985WX", "sTR5", "Zen 4", 120, 5.0),
        ("AMD FX-8350", "AM3+", "Vishera", None, None),
    ],
)
def test_lanes_and_link_follow_from_the_model(name, socket, core, lanes, gen):
    changes = {"socket": socket, "microarchitecture": core, "coreFamily": ""}
    part, _ = mended("CPU", changes, name=name)
    assert (part.pcie_lanes, part.pcie_gen) == (lanes, gen)


@pytest.mark.parametrize(
    ("name", "gen"),
    [("AMD Ryzen 5 5500", 3), ("AMD Ryzen 7 5700", 3), ("AMD Ryzen 5 4500", 3),
     ("AMD Ryzen 7 5700X", 4), ("AMD Ryzen 5 5600", 4), ("AMD Ryzen 5 5600GT", 3)],
)  # fmt: skip
def test_monolithic_dies_that_are_sold_without_graphics_keep_their_slower_link(name, gen):
    from rigwright.catalog.opendb.mend.processor import pcie_gen

    assert pcie_gen(name, "zen2" if "4500" in name else "zen3") == gen


def test_our_own_processors_agree_with_the_lane_and_link_rules():
    """The table of processors was read from makers' pages: the rules must say the same."""
    from rigwright.catalog.opendb.mend import processor as cores
    from rigwright.catalog.tables import load
    from rigwright.fit.facts.names import cpu_socket, generation_key
    from rigwright.fit.facts.platforms import family
    from rigwright.spec.parts import Cpu

    differ = []
    for cpu in load(Cpu):
        socket = cpu_socket(cpu.socket, cpu.generation)
        core = generation_key(cpu.generation, socket)
        ruled = cores.lanes(cpu.name, socket, core), cores.pcie_gen(cpu.name, core)
        ours = cpu.pcie_lanes, cpu.pcie_gen
        differ += [
            (cpu.id, r, o) for r, o in zip(ruled, ours, strict=True) if r is not None and r != o
        ]
        types = family(socket, core).memory_types
        if types and set(types) != set(cpu.memory_types):
            differ.append((cpu.id, types, cpu.memory_types))
        known = cores.avx2(cpu.name, core)
        if known is not None and cpu.avx2 is not None and known != cpu.avx2:
            differ.append((cpu.id, "avx2", known))
    assert differ == []
