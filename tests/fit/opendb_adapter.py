"""Just enough of OpenDB's records -> parts to ask the rules about labelled cases.

Mending follows what the data is known to get wrong (zeros, merged sockets, impossible PCIe
generations, RDIMM told by the name only); it never looks at one case or one record.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rigwright.fit.enclosure import likely_psu_forms
from rigwright.fit.names import board_socket, cpu_socket, generation_key, platform_of, socket_key
from rigwright.fit.platforms import CHANNELS, usable_lanes
from rigwright.spec.build import Build
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

Record = dict[str, Any]
DAY = dt.date(2026, 8, 17)
# Slot plan from ASRock's manual, positions not read (0); OpenDB has no lane plans.
READ_PLANS = {("ASROCK", "Z170 EXTREME4"): ((16, 0, 4), (8, 8, 4))}


def read_records(archive: Path, ids: Iterable[str]) -> dict[str, Record]:
    """The records with these ids, from the compressed tar."""
    wanted = sorted(set(ids))
    patterns = [f"*/{i}.json" for i in wanted]
    with subprocess.Popen(["zstd", "-dc", str(archive)], stdout=subprocess.PIPE) as source:
        tar = ["tar", "xf", "-", "--wildcards", "--to-stdout", *patterns]
        done = subprocess.run(tar, stdin=source.stdout, capture_output=True, check=True)
    records, text, decoder = {}, done.stdout.decode(), json.JSONDecoder()
    while text.strip():
        record, end = decoder.raw_decode(text.lstrip())
        text = text.lstrip()[end:]
        records[record["opendb_id"]] = record
    return records


def known(value: Any) -> Any:
    """Zero, -1, empty and null are missing."""
    return value if value not in (None, 0, -1, "", []) else None


def _common(record: Record) -> dict[str, Any]:
    return {
        "id": record["opendb_id"],
        "name": record["metadata"]["name"],
        "source": "OpenDB 136a77a",
        "source_date": DAY,
    }


def _year(record: Record) -> dt.date | None:
    year = known(record["metadata"].get("releaseYear"))
    return dt.date(year, 1, 1) if year and 1990 < year < 2030 else None


def cpu(r: Record) -> Cpu:
    spec, name = r["specifications"], r["metadata"]["name"]
    core = r.get("microarchitecture") or ""
    socket = cpu_socket(r["socket"], core) or socket_key(r["socket"])
    cooler: bool | None = known(spec.get("includesCooler"))
    if re.search(r"i[579][ -]?\d{4,5}(K|KF|KS|X|XE)\b", name):
        cooler = False
    return Cpu(
        **_common(r),
        generation=core,
        socket=socket,
        cores=r["cores"]["total"],
        threads=r["cores"]["threads"],
        tdp_w=known(spec["tdp"]),
        max_power_w=known(spec.get("ppt")),
        memory_types=tuple(spec["memory"].get("types") or ()),
        memory_channels=known(spec["memory"].get("channels")),
        memory_max_gib=known(spec["memory"].get("maxSupport")),
        registered_memory="no",
        pcie_lanes=usable_lanes(socket, generation_key(core, socket)),  # type: ignore[arg-type]
        pcie_gen=5.0 if "Zen 4" in core else 3.0,
        has_igpu=(known(spec["integratedGraphics"].get("model")) or "None") != "None",
        includes_cooler=cooler,
    )


def _memory_form(r: Record, socket: str) -> str:
    if socket in ("STR5", "SP3", "SP5", "SWRX8"):
        return "RDIMM"
    small = r.get("form_factor") == "Mini-ITX" and CHANNELS.get(socket, 4) > 2
    return "SODIMM" if small else "UDIMM"  # four channels on 17 cm: notebook sockets


def _slots(r: Record) -> tuple[tuple[Slot, ...] | None, tuple[tuple[int, ...], ...] | None]:
    row, listed = platform_of(r.get("chipset"), r.get("socket")), r.get("pcie_slots") or []
    curated = bool(r["power_connectors"].get("cpu_power"))
    slots, widths = [], []
    for item in listed:
        if item["lanes"] == 1:
            continue
        gen = min(float(item["gen"]), row.pcie_gen) if row else 0.0
        for _ in range(min(item["quantity"], 7)):
            slots.append(Slot(0, 16, gen, "cpu" if not slots else "chipset"))
            widths.append(item["lanes"])
    meta = r["metadata"]
    key = (meta["manufacturer"].upper(), (meta.get("part_numbers") or [""])[0].upper())
    plans = READ_PLANS.get(key) or ((tuple(widths),) if curated and widths else None)
    return tuple(slots) or None, plans


def _m2(r: Record) -> tuple[M2Slot, ...] | None:
    """One socket per kind at least: the records list a socket once per size."""
    kinds: dict[str, set[int]] = {}
    curated = bool(r["power_connectors"].get("cpu_power"))
    for i, item in enumerate(r.get("m2_slots") or []):
        if item.get("key") in ("M", "B+M", None):
            sizes = {int(s) for s in re.findall(r"22\d{2,3}", item["size"])}
            kinds.setdefault(f"{item['interface']}{i if curated else ''}", set()).update(sizes)
    made = tuple(
        M2Slot(tuple(sorted(s)), 3.0 if "PCIe" in k else None, 4, "SATA" in k, "chipset", "?")
        for k, s in kinds.items()
    )
    return made or None


def board(r: Record) -> Board:
    socket = board_socket(r["socket"], r["chipset"]) or socket_key(r["socket"])
    slots, plans = _slots(r)
    return Board(
        **_common(r),
        released=_year(r),
        socket=socket,
        chipset=r["chipset"],
        form_factor=r["form_factor"],
        memory_type=r["memory"]["ram_type"],
        memory_form=_memory_form(r, socket),
        memory_slots=known(r["memory"]["slots"]),
        memory_max_gib=known(r["memory"]["max"]),
        slots=slots,
        lane_plans=plans,
        m2_slots=_m2(r),
        sata_ports=known(r["storage_devices"]["sata_6_gb_s"]),
        eps_plugs=known(len(r["power_connectors"].get("cpu_power") or [])),
        bios_flashback=known(r["bios_features"].get("flashback")),
        rear_connectors=bool(r.get("back_connect_connectors"))
        or bool(re.search(r"\bBTF\b|PROJECT ZERO", r["metadata"]["name"].upper())),
    )


def cooler(r: Record) -> Cooler:
    return Cooler(
        **_common(r),
        type="liquid" if r["water_cooled"] else "air",
        height_mm=known(r.get("height")),
        radiator_mm=known(r.get("radiator_size")),
        sockets=tuple(r.get("cpu_sockets") or ())
        + (("TR4", "SP3") if "TR4" in r["metadata"]["name"] else ()),
    )


def ram(r: Record) -> RamKit:
    name = r["metadata"]["name"]
    registered = re.search(r"registered|rdimm|\breg\b", name, re.I)
    form = "SODIMM" if "SO-DIMM" in r["form_factor"] else "RDIMM" if registered else "UDIMM"
    return RamKit(
        **_common(r),
        type=r["ram_type"],
        form=form,
        ecc=bool(re.search(r"\becc\b", name, re.I)) or None if "ECC" in name.upper() else False,
        modules=r["modules"]["quantity"],
        module_gib=r["modules"]["capacity_gb"],
        speed_mt_s=r["speed"],
        cas=known(r.get("cas_latency")),
    )


def _plugs(r: Record) -> tuple[str, ...] | None:
    counts = {k: v or 0 for k, v in (r.get("power_connectors") or {}).items()}
    sixteen = counts.get("pcie_12VHPWR", 0) + counts.get("pcie_12V_2x6", 0)
    plugs = ("6",) * counts.get("pcie_6_pin", 0) + ("8",) * counts.get("pcie_8_pin", 0)
    return plugs + ("16",) * sixteen or None


def card(r: Record) -> Card:
    name, cooling = r["metadata"]["name"], r.get("cooling") or ""
    kinds = {"Hybrid": "hybrid", "Water Cooled": "water", "Passive": "passive", "Blower": "blower"}
    blower = re.search(r"\b(turbo|aero|blower)\b", name, re.I) and "1 Fan" in cooling
    return Card(
        **_common(r),
        chip=r["chipset"],
        chip_count=1,
        length_mm=known(r.get("length")),
        thickness_slots=known(r.get("total_slot_width")),
        plugs=_plugs(r),
        power_limit_w=known(r.get("tdp")),
        cooling="blower" if blower else kinds.get(cooling, "open" if "Fan" in cooling else None),
        radiator_mm=known(r.get("radiator_size")),
        display_outputs=known(sum(n or 0 for n in (r.get("video_outputs") or {}).values())),
    )


def chip(r: Record) -> Chip:
    link = re.fullmatch(r"PCIe ([\d.]+ )?x(\d+)", r.get("interface") or "")
    return Chip(
        **{**_common(r), "id": r["chipset"]},
        aliases=(),
        vendor=r["chipset_manufacturer"].lower(),
        segment="geforce",
        architecture="",
        sm_count=0,
        boost_mhz=0.0,
        fp32_flop_per_s=0.0,
        vram_bytes=r["memory"] * GIB,
        bandwidth_bytes_per_s=0.0,
        power_limit_w=r["tdp"],
        pcie_gen=float(link[1]) if link and link[1] else None,
        pcie_lanes=int(link[2]) if link else None,
        unified_memory=False,
    )


def drive(r: Record) -> Drive:
    text = r["interface"].lower()
    bus = "sas" if "sas" in text else "sata" if "sata" in text else "pcie"
    return Drive(
        **_common(r),
        type=r["storage_type"].lower(),
        form_factor=r["form_factor"].rstrip('"'),
        interface=bus,
        capacity_bytes=r["capacity"] * 10**9,
    )


def psu(r: Record) -> Psu:
    plugs, length, form = r["connectors"], known(r.get("length")), r["form_factor"]
    name = r["metadata"]["name"]
    atx3 = re.search(r"ATX ?3\.[01]|PCIE ?5", name, re.I)
    return Psu(
        **_common(r),
        watts=known(r["wattage"]),
        form_factor="SFX-L" if form == "SFX" and (length or 0) > 110 else form,
        atx_version="3.0" if atx3 else None,
        efficiency=(r.get("efficiency_rating") or "").replace("80+", "").strip().lower() or None,
        length_mm=length,
        eps_plugs=known(plugs["eps_8_pin"]),
        pcie_8pin_plugs=plugs["pcie_6_plus_2_pin"],
        pcie_16pin_plugs=plugs["pcie_12vhpwr"],
        sata_plugs=known(plugs["sata"]),
    )


def case(r: Record) -> Case:
    boards = tuple(r["supported_motherboard_form_factors"])
    listed = tuple(r.get("supported_power_supply_form_factors") or ())
    return Case(
        **_common(r),
        form_factor=r["form_factor"],
        board_form_factors=boards,
        gpu_length_mm=known(r.get("max_video_card_length")),
        gpu_thickness_slots=known(r.get("riser_expansion_slots")),
        cooler_height_mm=known(r.get("max_cpu_cooler_height")),
        psu_length_mm=known(r.get("max_psu_length")),
        psu_form_factors=listed or likely_psu_forms(r["form_factor"], boards),
        expansion_slots=known(r.get("expansion_slots")),
        bays_3_5=r.get("internal_3_5_bays"),
        bays_2_5=r.get("internal_2_5_bays"),
    )


SINGLE = {
    "CPU": ("cpu", cpu),
    "CPUCooler": ("cooler", cooler),
    "Motherboard": ("board", board),
    "PSU": ("psu", psu),
    "PCCase": ("case", case),
}
MANY = {"RAM": ("ram", ram), "GPU": ("cards", card), "Storage": ("drives", drive)}


def build_of(parts: Iterable[Record], records: dict[str, Record]) -> Build:
    """A labelled case's parts as a Build."""
    fields: dict[str, Any] = {"chips": ()}
    for part in parts:
        record, count = records[part["opendb_id"]], int(part.get("qty", 1))
        if part["category"] in SINGLE:
            field, make = SINGLE[part["category"]]
            fields[field] = make(record)
            continue
        field, make_many = MANY[part["category"]]
        fields[field] = fields.get(field, ()) + (make_many(record),) * count
        if part["category"] == "GPU":
            fields["chips"] += (chip(record),)
    return Build(**fields)
