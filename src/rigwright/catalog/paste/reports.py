"""What programs say of a machine: lspci, nvidia-smi -L, dmidecode, neofetch -> lines of a list."""

import re
from collections.abc import Iterator

from rigwright.bringup.found import Found
from rigwright.bringup.reading import read_texts
from rigwright.catalog.names.namewords import pattern_of

_BUS = re.compile(r"\s*(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\s")
_HEADS = ("processor information", "base board information", "memory device")
_BRACKETS = re.compile(r"\[(?![0-9a-f]{4}:[0-9a-f]{4}\]|AMD/ATI\])([^\]]+)\]")
LONGEST = 1500
_UUID = re.compile(r"\(UUID: [^)]{,60}\)")
_SYSTEM = re.compile(pattern_of("system report"))
_USED = re.compile(r"^(\s*(?:memory|ram)\s*:)\s*[\d.]+ ?[MG]iB\s*/\s*([\d.]+) ?([MG])iB.*$", re.I)


def as_list(text: str) -> str:
    """The same text where it is no such report."""
    lines = [line[:LONGEST] for line in text.splitlines()]
    if any(_BUS.match(line) or line.strip().lower() in _HEADS for line in lines):
        rest = (x for x in lines if x[:1].strip() and not x.startswith("Handle 0x"))
        kept = (x for x in rest if not _BUS.match(x) and x.strip().lower() not in _HEADS)
        return "\n".join((*_parts(read_texts([text])), *kept))
    system = sum(_SYSTEM.match(line.lower()) is not None for line in lines) > 1
    kept = (x for x in lines if not (system and _SYSTEM.match(x.lower())))
    return "\n".join(_UUID.sub("", _USED.sub(_total, x)) for x in kept)


def _parts(found: Found) -> Iterator[str]:
    """Label and name of each part."""
    if name := found.one("cpu")["name"]:
        yield f"CPU: {name}"
    if name := found.one("board")["name"]:
        yield f"Motherboard: {found.one('board')['maker'] or ''} {name}"
    for m in found.of("module"):
        if m["size_bytes"]:
            rate = f"{m['speed']:g} MT/s" if m["speed"] else ""
            yield f"RAM: {m['size_bytes'] / 2**30:g} GB {m['type'] or ''} {rate} {m['part'] or ''}"
    for device in found.of("pci"):
        kind, name = str(device["class"]).lower(), str(device["name"])
        label = "SSD" if kind.startswith("non-volatile") else "GPU"
        if kind.startswith(("vga", "3d", "display", "non-volatile")):
            yield f"{label}: {(_BRACKETS.findall(name) or [name])[-1]}"


def _total(found: re.Match[str]) -> str:
    """Memory that is there, of which the machine keeps a little for itself. [GB]"""
    gib = float(found[2]) / (1024 if found[3].upper() == "M" else 1)
    size = 8 if gib > 8 else 1
    return f"{found[1]} {-(-gib // size) * size:g} GB"
