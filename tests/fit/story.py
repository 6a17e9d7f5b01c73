"""Builds the tests start from: the 2016 desktop, and a workstation with four blower cards."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from rigwright.spec.build import Build, Circuit
from rigwright.spec.fact import GIB
from rigwright.spec.parts import (
    Board,
    Card,
    Case,
    Chip,
    Cooler,
    Cpu,
    Drive,
    M2Slot,
    Psu,
    RamKit,
    Slot,
)


def _named(name: str, released: str = "2015-08-05") -> dict[str, Any]:
    return {
        "id": name.lower().replace(" ", "-"),
        "name": name,
        "released": dt.date.fromisoformat(released),
        "source": "maker's page",
        "source_date": dt.date(2016, 10, 29),
    }


CPU = Cpu(
    **_named("Core i7-6700K"),
    generation="skylake",
    socket="LGA1151",
    cores=4,
    threads=8,
    tdp_w=91,
    max_power_w=None,
    memory_types=("DDR3", "DDR4"),
    memory_channels=2,
    memory_max_gib=64,
    memory_mt_s=2133,
    registered_memory="no",
    pcie_lanes=16,
    pcie_gen=3.0,
    has_igpu=True,
    includes_cooler=False,
    avx2=True,
)
COOLER = Cooler(
    **_named("Scythe Kotetsu"),
    type="air",
    height_mm=160,
    sockets=("LGA1150", "LGA1151", "LGA2011", "AM3"),
    capacity_w=150,
    memory_clearance_mm=55,
)
BOARD = Board(
    **_named("ASRock Z170 Extreme4"),
    socket="LGA1151",
    chipset="Z170",
    form_factor="ATX",
    memory_type="DDR4",
    memory_form="UDIMM",
    memory_slots=4,
    memory_max_gib=64,
    slots=(Slot(2, 16, 3.0, "cpu"), Slot(4, 16, 3.0, "cpu"), Slot(6, 16, 3.0, "chipset")),
    lane_plans=((16, 0, 4), (8, 8, 4)),
    m2_slots=(M2Slot((2242, 2260, 2280), 3.0, 4, True, "chipset", "sata5-6 off"),),
    sata_ports=6,
    eps_plugs=1,
    display_outputs=3,
    bios_flashback=False,
    rear_connectors=False,
)
RAM = RamKit(
    **_named("Corsair LPX 16 GB DDR4-2666"),
    type="DDR4",
    form="UDIMM",
    ecc=False,
    modules=2,
    module_gib=8,
    speed_mt_s=2666,
    cas=16,
    height_mm=31,
)
CARD = Card(
    **_named("Gigabyte GTX 1070 G1 Gaming", "2016-06-10"),
    chip="gtx-1070",
    chip_count=1,
    length_mm=280,
    thickness_slots=2.05,
    height_mm=114,
    plugs=("8",),
    power_limit_w=150,
    cooling="open",
    display_outputs=5,
    suggested_psu_w=500,
)
CHIP = Chip(
    **{**_named("GTX 1070"), "id": "gtx-1070"},
    aliases=(),
    vendor="nvidia",
    segment="geforce",
    architecture="pascal",
    sm_count=15,
    boost_mhz=1683,
    fp32_flop_per_s=6.5e12,
    vram_bytes=8 * GIB,
    bandwidth_bytes_per_s=256e9,
    power_limit_w=150,
    pcie_gen=3.0,
    pcie_lanes=16,
    unified_memory=False,
    has_p2p=True,
)
DRIVE = Drive(
    **_named("Seagate Barracuda 2 TB"),
    type="hdd",
    form_factor="3.5",
    interface="sata",
    capacity_bytes=2 * 10**12,
    rpm=7200,
)
NVME = Drive(
    **_named("Samsung 950 Pro 512 GB"),
    type="ssd",
    form_factor="M.2-2280",
    interface="pcie",
    pcie_gen=3.0,
    pcie_lanes=4,
    capacity_bytes=512 * 10**9,
)
PSU = Psu(
    **_named("Corsair CX600M"),
    watts=600,
    form_factor="ATX",
    atx_version="2.3",
    efficiency="bronze",
    length_mm=140,
    eps_plugs=1,
    pcie_8pin_plugs=2,
    pcie_8pin_cables=1,
    pcie_16pin_plugs=0,
    sata_plugs=6,
)
CASE = Case(
    **_named("NZXT S340"),
    form_factor="mid tower",
    board_form_factors=("ATX", "Micro-ATX", "Mini-ITX"),
    gpu_length_mm=364,
    gpu_length_radiator_mm=334,
    gpu_height_mm=160,
    cooler_height_mm=161,
    psu_length_mm=180,
    psu_form_factors=("ATX",),
    expansion_slots=7,
    bays_3_5=3,
    bays_2_5=2,
    radiators=("front:280", "rear:120"),
    rear_connectors=False,
)

STORY = Build(
    name="2016 desktop",
    cpu=CPU,
    cooler=COOLER,
    board=BOARD,
    ram=(RAM,),
    cards=(CARD,),
    chips=(CHIP,),
    drives=(DRIVE,),
    psu=PSU,
    case=CASE,
    circuit=Circuit(120, 15),
)

# Four RTX 3090 blowers (350 W) on a 280 W Threadripper: the machine of Lambda's post of 2020.
RTX3090 = replace(
    CARD,
    **_named("RTX 3090 Turbo", "2020-09-24"),
    chip="rtx-3090",
    thickness_slots=2.0,
    length_mm=267,
    plugs=("8", "8"),
    power_limit_w=350,
    cooling="blower",
    suggested_psu_w=750,
)
FOUR = Build(
    name="four cards",
    cpu=replace(
        CPU,
        **_named("Threadripper 3970X", "2019-11-25"),
        generation="zen2",
        socket="sTRX4",
        cores=32,
        threads=64,
        tdp_w=280,
        max_power_w=280,
        memory_types=("DDR4",),
        memory_channels=4,
        memory_max_gib=256,
        memory_mt_s=3200,
        pcie_lanes=56,
        pcie_gen=4.0,
        has_igpu=False,
    ),
    cooler=replace(COOLER, sockets=("TR4",), capacity_w=300),
    board=replace(
        BOARD,
        **_named("TRX40 board with four x16 slots", "2019-11-25"),
        socket="sTRX4",
        chipset="TRX40",
        memory_slots=8,
        memory_max_gib=256,
        slots=tuple(Slot(p, 16, 4.0, "cpu") for p in (1, 3, 5, 7)),
        lane_plans=((16, 8, 16, 8),),
        m2_slots=(M2Slot((2280,), 4.0, 4, False, "cpu"),),
        eps_plugs=2,
        display_outputs=0,
    ),
    ram=(replace(RAM, modules=4, module_gib=32),),
    cards=(RTX3090,) * 4,
    chips=(replace(CHIP, id="rtx-3090", vram_bytes=24 * GIB, pcie_gen=4.0),),
    drives=(replace(NVME, pcie_gen=4.0),),
    psu=replace(
        PSU,
        **_named("2000 W supply"),
        watts=2000,
        efficiency="platinum",
        eps_plugs=2,
        pcie_8pin_plugs=8,
        pcie_8pin_cables=8,
    ),
    case=replace(CASE, **_named("Full tower"), expansion_slots=8),
    circuit=Circuit(230, 16),
)


def change(build: Build, **edits: Any) -> Build:
    """``change(STORY, case__cooler_height_mm=None, cards=())``: parts' attributes by kind."""
    lists = {"ram": "ram", "card": "cards", "drive": "drives", "chip": "chips"}
    for key, value in edits.items():
        kind, _, attribute = key.partition("__")
        if not attribute:
            build = replace(build, **{kind: value})
        elif kind in lists:
            parts = tuple(replace(p, **{attribute: value}) for p in getattr(build, lists[kind]))
            build = replace(build, **{lists[kind]: parts})
        else:
            build = replace(build, **{kind: replace(getattr(build, kind), **{attribute: value})})
    return build
