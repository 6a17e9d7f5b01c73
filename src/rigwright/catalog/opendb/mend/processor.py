"""Processors: raw record -> trusted part; PCIe and instruction sets follow from name and socket.

Facts of whole generations and sockets are in the tables of ``fit.platforms``; of what differs by
model lanes are a table too, the rest is here. Absent = not looked up: the fact stays unknown.
"""

import re
from typing import Any

from rigwright.catalog.opendb.record import Record
from rigwright.catalog.tables import DATA
from rigwright.fit.facts.names import cpu_socket, generation_key, socket_key
from rigwright.fit.facts.platforms import family, generations, socket_row
from rigwright.spec.tables.table import records


def pcie_gen(name: str, generation: str) -> float | None:
    """Generation of the processor's own lanes."""
    row = generations().get(generation)
    if row is None or not re.fullmatch(r"zen[2-9]", generation):
        return row.pcie_gen if row else None
    if re.search(r"\b8[3-7]00[GF]", name):
        return 4.0  # Phoenix, also without graphics
    # AMD's monolithic dies: numbers that end in G or GE, Athlons of AM4, and those sold without.
    graphics = re.search(r"\d{3,4}G[ET]?\b|\bAthlon\b|\b(?:4[15]|5[157])00\b", name)
    return row.pcie_gen_with_graphics if graphics else row.pcie_gen


def lanes(name: str, socket: str, generation: str) -> int | None:
    """Lanes for slots and M.2 drives; by model (``data/lanes.csv``) where a socket has several
    numbers, none where that is not looked up.
    """
    for row in records(DATA / "lanes.csv"):
        core = not row["generations"] or generation in row["generations"].split("|")
        if row["socket"] == socket and core and re.search(row["written"], name):
            return int(row["lanes"]) if row["lanes"] else None
    return family(socket, generation).lanes


def avx2(name: str, generation: str) -> bool | None:
    """Pentium and Celeron lack it before Alder Lake."""
    row = generations().get(generation)
    known = row.avx2 if row else None
    return None if known and re.search(r"pentium|celeron", name, re.I) else known


_TWO_NAMES = ("LGA1151", "LGA1151-V2", "LGA2011")


def _core(r: Record, socket: str) -> str:
    core = r.text("generation", "microarchitecture") or ""
    family = r.text("generation", "coreFamily") or ""
    found = core
    mixed = re.search(r"Zen \d", core)
    if mixed and core != mixed[0]:
        found = mixed[0]
    if core.lower() == "vishera":
        found = "Piledriver"
    if f"{core} refresh".lower() == family.lower() or family.lower().startswith(
        core.lower() + "-x"
    ):
        r.mended("generation", core, family, "core-family")
        found = family
    key = generation_key(found, socket) if found else ""
    refresh = _refresh(r, key)
    if refresh:
        r.mended("generation", core, refresh, "model-is-refresh")
    return refresh or key


def _refresh(r: Record, key: str) -> str | None:
    if key == "coffee-lake" and re.search(r"\bi[3579][ -]9\d{3}", r.name):
        return "coffee-lake-refresh"
    year = r.raw("metadata.releaseYear")
    if key == "haswell" and isinstance(year, int) and year >= 2014:
        return "haswell-refresh" if socket_key(str(r.raw("socket"))) == "LGA1150" else None
    return None


def _socket(r: Record) -> tuple[str, str]:
    """Socket and core; the socket is empty where its name is shared and the core does not tell."""
    written = r.text("socket", "socket") or ""
    core = _core(r, written)
    key = socket_key(written) if written else ""
    found = cpu_socket(key, core) if key else None
    if key in _TWO_NAMES:
        if found is None:
            r.distrusted("socket", written, "socket-version")
        elif found != key:
            r.mended("socket", written, found, "socket-version")
    return found or "", generation_key(core, found) if core and found else core


def _memory_types(r: Record, socket: str, core: str) -> tuple[str, ...]:
    listed = tuple(
        t for t in r.words("memory_types", "specifications.memory.types") if t[:3] == "DDR"
    )
    known = family(socket, core).memory_types
    if not listed and known:
        r.mended("memory_types", None, known, "memory-by-core")
    return listed or known


def _cooler(r: Record, core: str) -> bool | None:
    box = r.flag("includes_cooler", "specifications.includesCooler")
    new = core not in ("sandy-bridge", "ivy-bridge", "haswell", "haswell-refresh", "broadwell")
    unlocked = re.search(r"\bi[3579][ -]?\d{4,5}(K|KF|KS|X|XE)\b", r.name) and new
    tray = r.raw("specifications.packaging") == "OEM/Tray"
    for wrong, rule in ((unlocked, "k-has-no-cooler"), (tray, "tray-has-no-cooler")):
        if wrong and box is not False:
            r.mended("includes_cooler", box, False, rule)
            return False
    return box


def _graphics(r: Record) -> bool:
    model = r.text("has_igpu", "specifications.integratedGraphics.model")
    has = model is not None and model.lower() != "none"
    if has and re.search(r"\bi[3579][ -]?\d{4,5}K?F\b|Ultra \d \d{3}K?F\b", r.name):
        r.mended("has_igpu", model, False, "f-has-no-graphics")
        return False
    return has


def _by_table(r: Record, fact: str, value: Any, rule: str) -> Any:
    """A fact the source does not have at all, from our table."""
    if value is not None and value != "":
        r.mended(fact, None, value, rule)
    return value


def _channels(r: Record, socket: str) -> int | None:
    known = socket_row(socket).channels
    listed = r.whole("memory_channels", "specifications.memory.channels", 1, 16)
    if known and listed != known:
        r.mended("memory_channels", listed, known, "channels-by-socket")
        return known
    return listed


def cpu(r: Record) -> dict[str, Any]:
    """A processor."""
    socket, core = _socket(r)
    row = socket_row(socket)
    tdp = r.number("tdp_w", "specifications.tdp", 5, 600)
    most = r.number("max_power_w", "specifications.ppt", 5, 1000)
    if tdp and most and most < tdp:
        r.distrusted("max_power_w", most, "out-of-range")
        most = None
    return {
        "generation": core,
        "socket": socket,
        "cores": r.whole("cores", "cores.total", 1, 512),
        "threads": r.whole("threads", "cores.threads", 1, 1024),
        "base_mhz": _mhz(r.number("base_mhz", "clocks.performance.base", 0.5, 8)),
        "boost_mhz": _mhz(r.number("boost_mhz", "clocks.performance.boost", 0.5, 8)),
        "tdp_w": tdp,
        "max_power_w": most,
        "memory_types": _memory_types(r, socket, core),
        "memory_channels": _channels(r, socket),
        "memory_max_gib": r.number("memory_max_gib", "specifications.memory.maxSupport", 4, 16384),
        "registered_memory": _by_table(
            r, "registered_memory", row.processor_rdimm, "buffering-by-socket"
        ),
        "pcie_lanes": _by_table(r, "pcie_lanes", lanes(r.name, socket, core), "lanes-by-platform"),
        "pcie_gen": _by_table(r, "pcie_gen", pcie_gen(r.name, core), "link-by-core"),
        "has_igpu": _graphics(r),
        "includes_cooler": _cooler(r, core),
        "avx2": _by_table(r, "avx2", avx2(r.name, core), "avx2-by-core"),
    }


def _mhz(ghz: float | None) -> float | None:
    return None if ghz is None else round(ghz * 1000, 3)
