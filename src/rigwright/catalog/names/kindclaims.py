"""What only one kind of part says in its name: board sizes, modular cables, lengths of M.2 ...

Each reader takes its patterns out of the line, so that `Micro ATX` is a size and not three words.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterable
from typing import Any

from rigwright.catalog.names.namewords import patterns, said, sorts

# Gold and titanium are efficiencies of power supplies; colours are model names of WD's drives.
_UNCOLOURED = ("cpu", "drive", "")
_METALS = ("gold", "titanium")
_FINISHES = sorts("finish")["finish"]


@functools.cache
def _swaps(*uses: str) -> tuple[tuple[str, str], ...]:
    return tuple((row.written, row.put) for use in uses for row in patterns(use))


_SIZES, _PANELS, _MODULAR, _DRIVES = map(_swaps, ("size", "panel", "modular", "drive type"))


compiled = functools.cache(re.compile)  # re looks its own up more slowly


class Reader:
    """Takes specifications out of a line, one pattern after another."""

    def __init__(self, line: str) -> None:
        self.line = line

    def take(self, pattern: str) -> re.Match[str] | None:
        """The first match, removed together with all further ones."""
        return self.swap(pattern, " ")

    def swap(self, pattern: str, put: str) -> re.Match[str] | None:
        """Another spelling; the first match of the pattern."""
        found = compiled(pattern).search(self.line)
        self.line = compiled(pattern).sub(put, self.line) if found else self.line
        return found


Found = dict[str, Any]


def _size(reader: Reader, found: Found) -> None:
    for pattern, form in _SIZES:
        if reader.take(pattern):
            found.setdefault("form", form)


def _board(reader: Reader, found: Found) -> None:
    _size(reader, found)
    socket = reader.take(r"\b(am[345]\+?|fm[12]\+?|s?tr[45]x?|strx4|swrx8|sp[356])\b")
    if socket:
        found["amd_socket"] = socket[1]


def _case(reader: Reader, found: Found) -> None:
    for pattern, panel in _PANELS:
        if reader.take(pattern):
            found.setdefault("panel", panel)
    _size(reader, found)


def _cooler(reader: Reader, found: Found) -> None:
    flow = reader.take(r"(\d+(?:[.,]\d+)?)\s*cfm\b")
    if flow:
        found["cfm"] = float(flow[1].replace(",", "."))
    radiator = reader.take(r"\b(240|280|360|420)(?:\s*mm)?\b")
    if radiator:
        found["radiator_mm"] = int(radiator[1])
    kind = radiator or re.search(r"\b(?:water|liquid|aio)\b", reader.line)
    if kind is None:
        height = reader.take(r"\b(1?\d{2}(?:[.,]\d)?)\s*mm\b(?!.*fan)")
        if height:
            found["height_mm"] = float(height[1].replace(",", "."))


def _cpu(reader: Reader, found: Found) -> None:
    if reader.take(r"\b(?:oem ?/ ?tray|tray|oem|bulk)\b"):
        found["tray"] = True


def _drive(reader: Reader, found: Found) -> None:
    for pattern, sort in _DRIVES:
        if reader.take(pattern):
            found.setdefault("drive_type", sort)
    if reader.take(r"\b(?:hybrid|sshd)\b"):
        found["drive_type"], found["hybrid"] = "hdd", True
    length = re.search(r"\bm\.?2\b.{0,2}(22\d\d0?)\b|\b(22(?:30|42|80|110))\b", reader.line)
    if length:
        found["drive_form"] = f"M.2-{length[1] or length[2]}"
        reader.take(r"\b22(?:30|42|80|110)\b(?:/\d{2,3}\b)?")
    link = reader.take(
        r"\bpci[- ]?e?(?:xpress| express)?\s?(?:gen\s?)?([1-5])(?:\.[01x])?(?![\d.])"
        r"(?:\s?x\s?[1248]\b)?|\bgen\s?([1-5])(?:\s?x[48])?\b"
    )
    if link:
        found["pcie_gen"] = float(link[1] or link[2])
    nvme = re.search(r"\bnvme\b|\bpci[- ]?e", reader.line)
    if link or nvme:
        found["interface"] = "pcie"
    elif re.search(r"\bsata\b", reader.line):
        found["interface"] = "sata"
    reader.take(r"\bpci[- ]?e(?:xpress)?\b(?:\s?x[1248]\b)?")


def _psu(reader: Reader, found: Found) -> None:
    version = reader.take(r"\batx ?v?(?:er(?:sion)?\.? ?)?(3(?:\.[01])?|2\.\d+)\b")
    if version and version[1].startswith("3"):
        found["atx"] = version[1]
    for pattern, how in _MODULAR:
        if reader.take(pattern):
            found.setdefault("modular", how)
    # Behind the watts it is a grade; elsewhere it may be the name of a series.
    grade = reader.swap(
        r"(\d{3,4} ?w(?:atts?)?) (titanium|platinum|gold|bronze)\b(?! ?(?:black|white))", r"\1"
    )
    if grade:
        found["efficiency"] = grade[2]
    small = reader.take(r"\b(sfx-?l|sfx|tfx|flex)(?:\b|(?=\d{3}))")
    if small:
        found["form"] = small[1].replace("-", "")
    elif reader.take(r"\batx\b"):
        found["form"] = "atx"


def _card(reader: Reader, found: Found) -> None:
    kind = reader.take(r"\b(gddr\dx?|hbm\d?e?)\b")
    if kind:
        found["vram_type"] = kind[1]


_READERS: dict[str, Callable[[Reader, Found], None]] = {
    "board": _board, "card": _card, "case": _case, "cooler": _cooler, "cpu": _cpu, "drive": _drive,
    "psu": _psu,
}  # fmt: skip


def kind_claims(reader: Reader, kind: str) -> Found:
    """Fields of ``Claims`` that the words of this kind tell; they leave the reader's line."""
    found: Found = {}
    for pattern, put in _swaps("model", f"{kind} model"):
        reader.swap(pattern, put)
    read = _READERS.get(kind)
    if read is not None:
        read(reader, found)
    return found


def colours_of(words: Iterable[str], kind: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The colours among words in order, in English, and the words that name them."""
    if kind in _UNCOLOURED:
        return (), frozenset()
    words, known = tuple(words), said("colour")
    named = {w: known[w] for w in words if w in known}
    named = {w: c for w, c in named.items() if kind == "case" or c not in _METALS}
    beside = itertools.pairwise(words)
    finish = {w for pair in beside if not named.keys().isdisjoint(pair) for w in pair} & _FINISHES
    return tuple(dict.fromkeys(named.values())), frozenset(named) | finish
