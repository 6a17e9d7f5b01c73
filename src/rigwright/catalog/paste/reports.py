"""What programs say of a machine: lspci, nvidia-smi -L, dmidecode, neofetch -> lines of a list."""

from __future__ import annotations

import re

from rigwright.catalog.names.namewords import pattern_of

_BUS = re.compile(
    r"^\s*(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\s+"
    r"(?P<what>[^:\[]+?)(?: \[\w+\])?: (?P<name>.*)$"
)
_ON_BUS = {
    "vga compatible controller": "GPU",
    "3d controller": "GPU",
    "display controller": "GPU",
    "non-volatile memory controller": "SSD",
}
_SECTIONS = {
    "processor information": ("CPU", ("version",)),
    "base board information": ("Motherboard", ("manufacturer", "product name")),
    "memory device": ("RAM", ("size", "type", "speed", "part number")),
}
LONGEST = 1500
_UUID = re.compile(r"\(UUID: [^)]{,60}\)")
_EMPTY = re.compile(r"(?:no module installed|not specified|unknown|none|to be filled.*)?", re.I)
_SYSTEM = re.compile(pattern_of("system report"))
_USED = re.compile(r"^(\s*(?:memory|ram)\s*:)\s*[\d.]+ ?[MG]iB\s*/\s*([\d.]+) ?([MG])iB.*$", re.I)


def as_list(text: str) -> str:
    """The same text where it is no such report."""
    lines = [line[:LONGEST] for line in text.splitlines()]
    found = [line for at in _sections(lines) for line in at]
    if found == lines and not any(map(_BUS.match, lines)):
        system = sum(_SYSTEM.match(line.lower()) is not None for line in lines) > 1
        kept = (x for x in lines if not (system and _SYSTEM.match(x.lower())))
        return "\n".join(_UUID.sub("", _USED.sub(_total, x)) for x in kept)
    return "\n".join(x for line in found if (x := _device(line)) is not None)


def _total(found: re.Match[str]) -> str:
    """Memory that is there, of which the machine keeps a little for itself. [GB]"""
    gib = float(found[2]) / (1024 if found[3].upper() == "M" else 1)
    size = 8 if gib > 8 else 1
    return f"{found[1]} {-(-gib // size) * size:g} GB"


def _device(line: str) -> str | None:
    """One line of lspci as label and name; None of what is no part."""
    found = _BUS.match(line)
    if found is None:
        return line
    label = _ON_BUS.get(found["what"].strip().lower())
    named = re.findall(
        r"\[([^\]]+)\]", re.sub(r"\[[0-9a-f]{4}:[0-9a-f]{4}\]|\[AMD/ATI\]", "", found["name"])
    )
    name = named[-1] if named else re.sub(r"\s*\(rev \w+\).*", "", found["name"])
    return f"{label}: {name}" if label else None


def _sections(lines: list[str]) -> list[list[str]]:
    """Lines by section of dmidecode, each known one as one line."""
    found: list[list[str]] = []
    head = ""
    told: dict[str, str] = {}
    for line in (*lines, ""):
        key, colon, value = line.strip().partition(":")
        if line.strip().lower() in _SECTIONS or (head and line[:1] not in (" ", "\t")):
            if head:
                label, keys = _SECTIONS[head]
                words = " ".join(told[k] for k in keys if k in told)
                found += [[f"{label}: {words}"]] if words else []
            head, told = line.strip().lower() if line.strip().lower() in _SECTIONS else "", {}
            found += [] if head else [[line]]
        elif not head:
            found.append([line])
        elif colon and not _EMPTY.fullmatch(value.strip()):
            told[key.strip().lower()] = value.strip()
    return found[:-1] if not lines or found[-1:] == [[""]] else found
