"""Records in OpenDB's shape, made up for the tests, and archives of them."""

from __future__ import annotations

import copy
import io
import json
import tarfile
import uuid
import zipfile
from pathlib import Path
from typing import Any

from rigwright.catalog.opendb.importing import mend
from rigwright.catalog.opendb.mend.card import Chips
from rigwright.catalog.opendb.record import Record, checked
from rigwright.catalog.tables import load
from rigwright.spec.parts import Card, Chip, Part

CHIPS = Chips.of(load(Chip), load(Card))
META = {"manufacturer": "Acme", "part_numbers": [], "series": "", "variant": ""}
RECORDS: dict[str, dict[str, Any]] = {
    "CPU": {
        "metadata": {**META, "name": "Intel Core i5 9600T Testing", "manufacturer": "Intel"},
        "cores": {"total": 6, "threads": 6},
        "clocks": {"performance": {"base": 2.3, "boost": 3.9}},
        "specifications": {
            "tdp": 35,
            "ppt": 0,
            "memory": {"types": ["DDR4"], "channels": 2, "maxSupport": 128},
            "integratedGraphics": {"model": "Intel UHD Graphics 630"},
            "includesCooler": True,
            "packaging": "Boxed",
        },
        "microarchitecture": "Coffee Lake",
        "coreFamily": "Coffee Lake Refresh",
        "socket": "LGA 1151",
    },
    "Motherboard": {
        "metadata": {**META, "name": "Acme Z390 Tester"},
        "socket": "LGA 1151",
        "chipset": "Intel Z390",
        "form_factor": "ATX",
        "memory": {"ram_type": "DDR4", "slots": 4, "max": 128},
        "storage_devices": {"sata_6_gb_s": 6},
        "power_connectors": {"cpu_power": []},
        "bios_features": {"flashback": False},
        "back_connect_connectors": False,
        "pcie_slots": [
            {"gen": "4.0", "quantity": 2, "lanes": 16},
            {"gen": "4.0", "quantity": 2, "lanes": 1},
        ],
        "m2_slots": [
            {"size": "2242-2260", "key": "M", "interface": "PCIe 4.0 x4"},
            {"size": "2280", "key": "M", "interface": "PCIe 4.0 x4"},
            {"size": "2242-2260", "key": "M", "interface": "PCIe 4.0 x4"},
            {"size": "2280", "key": "M", "interface": "PCIe 4.0 x4"},
        ],
    },
    "GPU": {
        "metadata": {**META, "name": "Acme Tester GeForce RTX 3090 24GB GDDR6X"},
        "chipset": "GeForce RTX 3090",
        "memory": 24,
        "tdp": 370,
        "length": 305,
        "total_slot_width": 2.7,
        "cooling": "3 Fans",
        "interface": "PCIe x16",
        "power_connectors": {"pcie_6_pin": 0, "pcie_8_pin": 3},
        "video_outputs": {"hdmi_2_1": 1, "displayport_1_4a": 3},
    },
    "CPUCooler": {
        "metadata": {**META, "name": "Acme Cold One Air 155mm"},
        "water_cooled": False,
        "height": 155,
        "cpu_sockets": ["AM4", "LGA 1151", "LGA 115"],
    },
    "RAM": {
        "metadata": {**META, "name": "Acme Quick DDR4-3200 CL16 32GB (2x16GB)"},
        "ram_type": "DDR4",
        "form_factor": "288-pin DIMM",
        "modules": {"quantity": 2, "capacity_gb": 16},
        "capacity": 32,
        "speed": 3200,
        "cas_latency": 16,
        "ecc": "Non-ECC",
        "registered": "Unbuffered",
    },
    "Storage": {
        "metadata": {**META, "name": "Acme Disk 1.92 TB M.2-2280 SSD PCIe 4.0 X4 NVMe"},
        "capacity": 1000,
        "storage_type": "SSD",
        "form_factor": "M.2-2280",
        "interface": "M.2 PCIe 4.0 x4",
    },
    "PSU": {
        "metadata": {**META, "name": "Acme Power 850W Fully Modular 80+ Gold"},
        "wattage": 850,
        "form_factor": "ATX",
        "length": 160,
        "efficiency_rating": "80+ Gold",
        "modular": "Full",
        "connectors": {"eps_8_pin": 2, "pcie_6_plus_2_pin": 4, "pcie_12vhpwr": 0, "sata": 8},
    },
    "PCCase": {
        "metadata": {**META, "name": "Acme Box ATX Mid Tower"},
        "form_factor": "ATX Mid Tower",
        "supported_motherboard_form_factors": ["ATX", "Micro ATX", "Mini-ITX"],
        "max_video_card_length": 380,
        "max_cpu_cooler_height": 165,
        "expansion_slots": 7,
        "internal_3_5_bays": 2,
        "internal_2_5_bays": 2,
        "dimensions_mm": {"depth": 450, "width": 220, "height": 470},
    },
}


def id_of(*words: str) -> str:
    """A stable identifier."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(words)))


def record(folder: str, changes: dict[str, Any] | None = None, **meta: Any) -> dict[str, Any]:
    """A raw record; ``changes`` sets values at dotted paths, ``meta`` those of ``metadata``."""
    made = copy.deepcopy(RECORDS[folder])
    for path, value in {**(changes or {}), **{f"metadata.{k}": v for k, v in meta.items()}}.items():
        *steps, last = path.split(".")
        place = made
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = value
    made.setdefault("opendb_id", id_of(folder, str(made["metadata"].get("name"))))
    return made


def mended(folder: str, changes: dict[str, Any] | None = None, **meta: Any) -> tuple[Part, Record]:
    """The part of a made-up record, and the record with its notes."""
    raw = checked(f"{folder}/x.json", json.dumps(record(folder, changes, **meta)).encode())
    assert raw is not None
    return mend(raw, CHIPS), raw


def done(raw: Record, fact: str) -> set[tuple[str, str]]:
    """(action, rule) of the notes on one fact."""
    return {(n.action, n.rule) for n in raw.notes if n.field == fact}


def files_of(records: list[tuple[str, dict[str, Any]]]) -> dict[str, bytes]:
    """Paths and contents as in OpenDB's own tree."""
    return {
        f"open-db/{folder}/{r['opendb_id']}.json": json.dumps(r).encode() for folder, r in records
    }


def whole() -> dict[str, bytes]:
    """One record of each kind."""
    return files_of([(folder, record(folder)) for folder in RECORDS])


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tar_bytes(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def unpacked(path: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return path
