"""What several texts say of one part, brought together: cards and bridges, drives, memory."""

import functools
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from rigwright.bringup import memory
from rigwright.bringup.found import Found, FoundPart
from rigwright.spec.tables.table import records

TABLE = Path(__file__).parent / "data" / "words.csv"


@functools.cache
def _said() -> dict[str, list[str]]:
    return {row["about"]: row["words"].split("|") for row in records(TABLE)}


def tells(about: str, *texts: object) -> bool:
    """Whether one of the words of a row of ``words.csv`` stands in one of the texts."""
    low = " ".join(str(text or "") for text in texts).lower()
    return any(word in low for word in _said()[about])


Bus = dict[str, FoundPart]
"""Devices by address, and the bridge above each bus by the bus."""


def _above(device: FoundPart, bus: Bus) -> FoundPart | None:
    return bus.get(str(device["address"] or "").rsplit(":", 1)[0])


def _device(device: FoundPart) -> FoundPart:
    """Generation and lanes of ``/sys`` where lspci told none."""
    more: dict[str, Any] = {"secondary": device["secondary"] or device["sys_secondary"]}
    for name, tail in (("cap", "_max"), ("sta", "")):
        gen, lanes = device[f"sys_gen{tail}"], device[f"sys_lanes{tail}"]
        if device[name] is None and gen and lanes and lanes < 255:
            more[name] = (int(gen), int(lanes))
    if device["name"] is None and device["vendor"] == "0x10de":
        more["name"] = "NVIDIA"
    return device.plus(**more)


def _bus(found: Found) -> Bus:
    bus = {str(d["address"]): _device(d) for d in found.of("pci") if d["address"]}
    domains = {a: f"{a.rsplit(':', 2)[0]}:" if a.count(":") > 1 else "" for a in bus}
    return bus | {domains[a] + d["secondary"]: d for a, d in bus.items() if d["secondary"]}


def _computes(name: object) -> bool:
    """Whether a graphics device is a card, not part of a processor or of a board."""
    inside = tells("integrated", name) and not tells("intel_card", name)
    return not inside and not tells("no_graphics", name)


def _is_card(d: FoundPart) -> bool:
    graphics = str(d["class"] or "").lower().startswith(("vga", "3d", "display", "0x03"))
    return graphics and bool(d["name"]) and _computes(d["name"])


def _link_of(device: FoundPart, bus: Bus) -> dict[str, Any]:
    """What a link has, what it can, and what the bridge above it can.

    A card of Intel or a newer one of AMD sits behind its own switch, whose upstream port tells it;
    the graphics function tells the inside of the card. ``link_hidden``: that port is not shown.
    """
    end, bridge, name = device, _above(device, bus), device["name"]
    inside = tells("amd", name) or tells("intel_card", name)
    while inside and bridge and bridge["port"] == "Downstream Port" and (up := _above(bridge, bus)):
        end, bridge = up, _above(up, bus)
    facts: dict[str, Any] = {"kernel_driver": device["driver"], "rev": device["rev"]}
    if inside and end is device and _is_card(device) and not tells("amd_direct", device["name"]):
        return facts | {"link_hidden": bool(device["cap"] or device["sta"]) or None}
    facts |= dict(zip(("gen_device", "lanes_max"), end["cap"] or (), strict=False))
    facts |= dict(zip(("gen", "lanes"), end["sta"] or (), strict=False))
    if bridge and bridge["cap"]:
        facts |= dict(zip(("bridge_gen", "bridge_lanes"), bridge["cap"], strict=True))
    return facts | {"acs": "+" in str((bridge or device)["acs"] or "") or None}


def _cards(found: Found, bus: Bus) -> list[FoundPart]:
    """Cards of every text; one that only the bus shows, while the driver lists others, is told."""
    cards = [c for c in found.of("gpu") if _computes(c["name"])]
    known = {c["address"] for c in cards}
    whole = (found.one("listing")["attached"] or 0) <= len(cards)  # else a part was pasted
    listed = whole and any(c["from_table"] or (c["limit_w"] and c["address"]) for c in cards)
    devices = [d for key, d in bus.items() if "." in key]
    shown = [d for d in devices if _is_card(d)]
    ports = [d for d in devices if d["port"] == "Upstream Port" and tells("amd", d["name"])]
    for d in shown or ports:
        if d["address"] not in known:
            unlisted = (listed and "nvidia" in str(d["name"]).lower()) or None
            facts = {"address": d["address"], "name": d["name"], "unlisted": unlisted}
            cards.append(FoundPart("gpu", facts))
    links = [_link_of(bus[c["address"]], bus) if c["address"] in bus else {} for c in cards]
    told = [{k: v for k, v in link.items() if v is not None} for link in links]
    return [
        card.plus(**link | {k: v for k, v in card.facts.items() if v and k != "lanes_max"})
        for card, link in zip(cards, told, strict=True)
    ]


def joined(found: Found) -> Found:
    """The same machine, each part once."""
    bus = _bus(found)
    logs = Counter(tuple(sorted(log.facts.items())) for log in found.of("log"))
    ssds = [
        FoundPart("drive", {"model": d["name"], "transport": "nvme", **_link_of(d, bus)})
        for d in (d for key, d in bus.items() if "." in key)
        if str(d["class"] or "").lower().startswith(("non-volatile", "0x0108"))
    ]
    rest = [p for p in found.parts if p.kind not in ("gpu", "module", "log")]
    modules = [memory.judged(m) for m in found.of("module")]
    lines = [FoundPart("log", {**dict(facts), "times": n}) for facts, n in logs.items()]
    return replace(found, parts=(*rest, *_cards(found, bus), *ssds, *modules, *lines))
