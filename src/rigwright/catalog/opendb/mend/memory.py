"""Memory kits and drives: raw record -> trusted part."""

import re
from typing import Any

from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.namewords import pattern_of
from rigwright.catalog.opendb.record import Record

_REGISTERED = re.compile(pattern_of("registered"), re.I)
_REGISTERED_NUMBER = re.compile(pattern_of("registered number"), re.I)
_UDIMM_GIB_MAX = {"DDR3": 16, "DDR4": 32, "DDR5": 64}
_SODIMM = re.compile(r"so-?dimm", re.I)


def _numbers(r: Record) -> str:
    listed = r.raw("metadata.part_numbers")
    return " ".join(p for p in listed if isinstance(p, str)) if isinstance(listed, list) else ""


def _form(r: Record, kind: str, modules: int | None, size: float | None) -> str:
    field = r.text("form", "form_factor") or ""
    if _SODIMM.search(field) or _SODIMM.search(r.name):
        return "SODIMM"
    if re.search(r"non-?ecc unbuffered|\bu-?dimm\b", r.name, re.I):
        return "UDIMM"
    large = size is not None and size > _UDIMM_GIB_MAX.get(kind, 1e9)
    many = kind == "DDR5" and (modules or 0) > 4
    said = _REGISTERED.search(r.name) or _REGISTERED_NUMBER.search(f"{r.name} {_numbers(r)}")
    if said or large or many or r.raw("registered") == "Registered":
        r.mended("form", r.raw("registered"), "RDIMM", "registered-by-name")
        return "RDIMM"
    if not field or not re.fullmatch(r"(288|240|184)-pin DIMM|UDIMM", field):
        return ""
    return "UDIMM"


def _ecc(r: Record, form: str) -> bool | None:
    said = re.search(r"\becc\b", r.name, re.I) and not re.search(r"non-?ecc", r.name, re.I)
    number = re.search(r"\bKSM\d\d[A-Z]", f"{r.name} {_numbers(r)}")
    has = bool(said or number or form == "RDIMM" or r.raw("ecc") == "ECC")
    if r.raw("ecc") is not None:
        r.present.add("ecc")
    if has and r.raw("ecc") != "ECC":
        r.mended("ecc", r.raw("ecc"), True, "ecc-by-name")
    return has


def _kit(r: Record) -> tuple[int | None, float | None]:
    modules = r.whole("modules", "modules.quantity", 1, 16)
    size = r.number("module_gib", "modules.capacity_gb", 0.5, 512)
    said = claims_of(r.name)
    if said.modules and said.module_gb and (said.modules, said.module_gb) != (modules, size):
        told = f"{said.modules} x {said.module_gb:g}"
        r.mended("module_gib", f"{modules} x {size}", told, "kit-by-name")
        return said.modules, said.module_gb
    whole = r.number("module_gib", "capacity", 0.5, 8192)
    if modules and size and whole and modules * size != whole and not said.modules:
        r.distrusted("module_gib", f"{modules} x {size:g} = {whole:g}", "kit-by-name")
        return modules, None
    return modules, size


def _speed(r: Record) -> float | None:
    listed, said = r.number("speed_mt_s", "speed", 100, 20000), claims_of(r.name).mt_s
    if listed and said and listed != said and said > 300:
        r.mended("speed_mt_s", listed, said, "speed-by-name")
        return said
    return listed


def ram(r: Record) -> dict[str, Any]:
    """A memory kit."""
    kind = r.text("type", "ram_type") or ""
    modules, size = _kit(r)
    form = _form(r, kind, modules, size)
    return {
        "type": kind, "form": form, "ecc": _ecc(r, form), "modules": modules, "module_gib": size,
        "speed_mt_s": _speed(r), "cas": r.whole("cas", "cas_latency", 1, 100),
        "voltage_v": r.number("voltage_v", "voltage", 0.8, 2.5),
        "height_mm": r.number("height_mm", "height", 10, 90),
    }  # fmt: skip


def _interface(r: Record) -> tuple[str, float | None, int | None]:
    text = r.text("interface", "interface") or ""
    low = text.lower()
    link = re.search(r"pcie\s*([1-6](?:\.0)?)?\s*x(\d+)", low)
    if link:
        gen = float(link[1]) if link[1] else None
        r.mended("interface", text, "pcie", "bus-from-interface")
        return "pcie", gen, int(link[2])
    for word, bus in (("sas", "sas"), ("sata", "sata"), ("nvme", "pcie"), ("u.2", "pcie")):
        if word in low:
            return bus, None, None
    return "", None, None


def _capacity(r: Record) -> int | None:
    listed = r.number("capacity_bytes", "capacity", 1, 1_000_000)
    said = [c for c in claims_of(r.name).capacities_gb if c >= 8]
    if listed is not None and len(said) == 1 and abs(said[0] - listed) > 0.04 * said[0]:
        truncated = listed in (int(said[0] / 1000) * 1000, round(said[0] / 1000) * 1000)
        if not truncated:
            r.distrusted("capacity_bytes", f"{listed:g} GB, name {said[0]:g}", "capacity-by-name")
            return None
        r.mended("capacity_bytes", listed, said[0], "capacity-by-name")
        listed = said[0]
    return None if listed is None else round(listed * 1e9)


def drive(r: Record) -> dict[str, Any]:
    """A disk or solid-state drive; a hybrid disk is a disk."""
    form = (r.text("form_factor", "form_factor") or "").rstrip('"')
    bus, gen, lanes = _interface(r)
    kind = (r.text("type", "storage_type") or "").lower()
    rpm = re.search(r"\b(\d{4,5}) ?rpm\b", r.name, re.I)
    return {
        "type": {"sshd": "hdd"}.get(kind, kind),
        "form_factor": "U.2" if (r.raw("interface") or "") == "U.2" else form, "interface": bus,
        "pcie_gen": gen, "pcie_lanes": lanes, "capacity_bytes": _capacity(r),
        "rpm": int(rpm[1]) if rpm and kind in ("hdd", "sshd") else None,
    }  # fmt: skip
