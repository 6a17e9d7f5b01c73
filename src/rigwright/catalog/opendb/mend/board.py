"""Boards: raw record -> trusted part.

Two populations: records whose CPU plugs are filled in were typed from the maker's page (electrical
widths, real generations); the others list slot lengths and say PCIe 4.0 whatever the board.
"""

import functools
import re
from collections import Counter
from typing import Any

from rigwright.catalog.opendb.record import Record
from rigwright.fit.facts.names import board_socket, chipset_key, form_key, platform_of, socket_key
from rigwright.fit.facts.platforms import Platform, platforms, socket_row, sockets
from rigwright.spec.parts import M2Slot, Slot

SLOTS_MAX = 8
WIDE, PAIRED = 16, 8
NOT_READ = "?"
_SIZES = (2230, 2242, 2260, 2280, 22110)


@functools.cache
def _said() -> re.Pattern[str]:
    """Chipsets in a board's name, longest first: B650E is not B650."""
    names = sorted((re.escape(n) for n in platforms() if len(n) > 3), key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(names)})[A-Z]{{0,2}}\b")


def _chipset(r: Record) -> str:
    written = r.text("chipset", "chipset") or ""
    key = chipset_key(written) if written else ""
    said: set[str] = set(_said().findall(r.name.upper()))
    if not said or not key:
        return key
    if key not in platforms() and len(said) == 1:
        (name,) = said
        r.mended("chipset", written, name, "chipset-by-name")
        return name
    if not any(key.startswith(name) or name.startswith(key) for name in said):
        r.distrusted("chipset", written, "chipset-rebadged")
        return ""
    return key


def _socket(r: Record, chipset: str) -> str:
    written = r.text("socket", "socket") or ""
    key = socket_key(written) if written else ""
    if key not in ("LGA1151", "LGA1151-V2"):
        return key
    found = board_socket(key, chipset) or ""
    if not found:
        r.distrusted("socket", written, "socket-version")
    elif found != key:
        r.mended("socket", written, found, "socket-version")
    return found


def _form_factor(r: Record) -> str:
    form = r.text("form_factor", "form_factor") or ""
    said = re.search(r"\b(micro[ -]?atx|mini[ -]?itx)\b", r.name, re.I)
    if said and form and form_key(said[1]) != form_key(form) and "THIN" not in form.upper():
        r.mended("form_factor", form, said[1], "form-factor-by-name")
        return "Micro ATX" if "micro" in said[1].lower() else "Mini-ITX"
    return form


def _decided_by_its_maker(socket: str, chipset: str) -> bool:
    if not socket or socket.startswith(("INTEGRATED", "2X")):
        return True
    return _rdimm(socket) == "by board" and chipset != "X99"


def _rdimm(socket: str) -> str:
    return socket_row(socket).board_rdimm if socket in sockets() else "no"


def _memory_form(r: Record, socket: str, chipset: str, form: str, slots: int | None) -> str:
    """Empty where the board's maker decides."""
    thin = "THIN" in form.upper() or re.search(r"so-?dimm", r.name, re.I)
    crowded = "ITX" in form.upper() and ((slots or 0) > 2 or (socket_row(socket).channels or 2) > 2)
    if thin or crowded:
        found = "SODIMM"
    elif _rdimm(socket) == "yes":
        found = "RDIMM"
    elif _decided_by_its_maker(socket, chipset):
        return ""
    else:
        return "UDIMM"
    r.mended("memory_form", None, found, "form-by-socket")
    return found


def _memory_max(r: Record, sockets: int | None, chipset: str) -> float | None:
    most = r.number("memory_max_gib", "memory.max", 1, 32768)
    ddr45 = r.raw("memory.ram_type") in ("DDR4", "DDR5")
    least = (16 if ddr45 else 2) * (sockets or 1)
    # Of DDR4 boards only the first, with X99, were printed for 8 GiB modules.
    floor = least if ddr45 and chipset != "X99" else min(least, 32)
    odd = most is not None and (most < floor or most % 2 or most in (1000, 1500, 2000))
    if odd:
        r.distrusted("memory_max_gib", most, "memory-maximum-odd")
        return None
    return most


def curated(r: Record) -> bool:
    """Typed from the maker's page."""
    plugs = r.raw("power_connectors.cpu_power")
    return isinstance(plugs, list) and bool(plugs)


def _gen(value: Any) -> float | None:
    text = str(value)
    return float(text) if re.fullmatch(r"[1-6](\.0)?", text) else None


def _listed(r: Record) -> list[tuple[float | None, int]]:
    """(generation, lanes) of every slot longer than x1."""
    found: list[tuple[float | None, int]] = []
    for item in r.items("slots", "pcie_slots"):
        if not isinstance(item, dict):
            continue
        lanes, count = item.get("lanes"), item.get("quantity", 1)
        if not (type(lanes) is int and type(count) is int and lanes in (1, 2, 4, 8, 16)):
            r.distrusted("slots", item, "wrong-type")
            return []
        if not 0 <= count <= SLOTS_MAX:
            r.distrusted("slots", item, "too-many-slots")
            return []
        found += [(_gen(item.get("gen")), lanes)] * (count if lanes > 1 else 0)
    return found if len(found) <= SLOTS_MAX else []


def _slots(r: Record, row: Platform | None) -> tuple[Slot, ...] | None:
    """Slots in the order listed; position 0 and generation 0 stand for "not read"."""
    made: list[Slot] = []
    for i, (gen, lanes) in enumerate(_listed(r)):
        length = lanes
        if curated(r):
            length = WIDE  # widths are electrical there; x4 mostly sits in a long slot
        elif i:
            if gen is not None and row is not None:
                r.mended("slots", gen, None, "gen-is-constant")
            gen = None
        if gen is not None and row is not None and gen > row.pcie_gen:
            r.mended("slots", gen, row.pcie_gen, "gen-above-platform")
            gen = row.pcie_gen
        made.append(Slot(0, length, gen or 0.0, "cpu" if not made else "chipset"))
    return tuple(made) or None


def _plans(r: Record, slots: tuple[Slot, ...] | None) -> tuple[tuple[int, ...], ...] | None:
    """Electrical widths, where the record says them and they can be true."""
    if slots is None:
        return None
    widths = [lanes for _, lanes in _listed(r)]
    if not curated(r):
        r.distrusted("lane_plans", widths, "slots-listed-by-length")
        return None
    wide = [i for i, w in enumerate(widths) if w > 4]
    if len(wide) == 1 and widths[0] == WIDE:
        return (tuple(widths),)
    gens = [slots[i].gen for i in wide]
    if [widths[i] for i in wide] == [WIDE, PAIRED] and wide[0] == 0 and gens[0] == gens[1]:
        shared = [PAIRED if i in wide else w for i, w in enumerate(widths)]
        alone = [0 if i == wide[1] else w for i, w in enumerate(widths)]
        r.mended("lane_plans", widths, [alone, shared], "pair-shares-lanes")
        return (tuple(alone), tuple(shared))
    r.distrusted("lane_plans", widths, "width-above-platform")
    return None


def _m2_sizes(text: Any) -> frozenset[int]:
    numbers = [int(n) for n in re.findall(r"22\d{2,3}|2230", str(text))]
    if "-" in str(text) and len(numbers) == 2:
        return frozenset(s for s in _SIZES if numbers[0] <= s <= numbers[1])
    return frozenset(numbers)


def _m2_gen(r: Record, bus: str, row: Platform | None) -> float:
    """0 where it is not known: the field is a constant in most records."""
    said = re.search(r"(?:pcie|gen)\s*(?:gen)?\s*([1-6](?:\.0)?)(?!\d)", bus, re.I)
    gen = _gen(said[1]) if said else None
    if gen is None:
        return 0.0
    if row is not None and gen > row.pcie_gen:
        r.mended("m2_slots", bus, row.pcie_gen, "gen-above-platform")
        gen = row.pcie_gen
    if not curated(r):
        r.distrusted("m2_slots", bus, "gen-is-constant")
        return 0.0
    return gen


def _m2(r: Record, row: Platform | None) -> tuple[tuple[M2Slot, ...] | None, int | None]:
    """Sockets that are certain, and how many there may be at most."""
    ranges: dict[tuple[float | None, int, bool], list[frozenset[int]]] = {}
    for item in r.items("m2_slots", "m2_slots"):
        if not isinstance(item, dict) or item.get("key") not in ("M", "B+M", "M+B", "B/M", None):
            continue
        bus = str(item.get("interface") or "")
        pcie, sata = bool(re.search(r"pcie|gen\s?\d", bus, re.I)), "SATA" in bus.upper()
        if pcie or sata:
            said = re.search(r"x\s?([124])\b", bus)
            lanes = int(said[1]) if said else 4
            place = (_m2_gen(r, bus, row) if pcie else None, lanes if pcie else 0, sata)
            ranges.setdefault(place, []).append(_m2_sizes(item.get("size")))
    made: list[M2Slot] = []
    for (gen, lanes, sata), sizes in ranges.items():
        merged = sizes if curated(r) else _joined(sizes)
        made += [M2Slot(tuple(sorted(s)), gen, lanes, sata, "chipset", NOT_READ) for s in merged]
    listed = sum(len(sizes) for sizes in ranges.values())
    if not made:
        return None, None
    if curated(r):
        listed = 0
    r.distrusted("m2_slots", f"sharing of {len(made)} socket(s)", "m2-sharing-not-listed")
    if listed > len(made):
        r.mended("m2_slots", f"{listed} entries", f"{len(made)} socket(s)", "m2-listed-by-size")
    return tuple(made[:SLOTS_MAX]), listed or None


def _joined(ranges: list[frozenset[int]]) -> list[frozenset[int]]:
    """Entries of one kind of socket -> sockets that are certain.

    A socket is listed once per range of lengths, so no range can stand twice for one socket: the
    most frequent range tells how many there are at least.
    """
    count = max(Counter(ranges).values())
    return [frozenset().union(*ranges)] * count


def _rear(r: Record) -> bool | None:
    flag = r.flag("rear_connectors", "back_connect_connectors")
    if not flag and re.search(r"\bBTF\b|PROJECT ZERO", r.name.upper()):
        r.mended("rear_connectors", flag, True, "rear-by-name")
        return True
    return flag


def board(r: Record) -> dict[str, Any]:
    """A board."""
    chipset = _chipset(r)
    socket, form = _socket(r, chipset), _form_factor(r)
    row = platform_of(chipset, socket)
    modules = r.whole("memory_slots", "memory.slots", 1, 32)
    slots = _slots(r, row)
    m2, m2_most = _m2(r, row)
    flashback = r.flag("bios_flashback", "bios_features.flashback")
    if flashback is False:
        r.distrusted("bios_flashback", False, "false-is-filler")
    plugs = r.items("eps_plugs", "power_connectors.cpu_power")
    eps = sum(bool(re.match(r"[84]", str(p))) for p in plugs)
    return {
        "socket": socket, "chipset": chipset, "form_factor": form,
        "memory_type": r.text("memory_type", "memory.ram_type") or "",
        "memory_form": _memory_form(r, socket, chipset, form, modules), "memory_slots": modules,
        "memory_max_gib": _memory_max(r, modules, chipset or ""), "slots": slots,
        "lane_plans": _plans(r, slots), "m2_slots": m2, "m2_slots_most": m2_most,
        "sata_ports": r.whole("sata_ports", "storage_devices.sata_6_gb_s", 1, 24),
        "eps_plugs": eps or None, "bios_flashback": flashback or None, "rear_connectors": _rear(r),
    }  # fmt: skip
