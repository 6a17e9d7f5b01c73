"""Whole machines as people name them: a Mac, a mini-PC, a server, a laptop, a box for a card.

``data/systems.csv`` has a row for each; a machine that is sold with several chips leaves it to
the line to say which. A chip that comes only inside a machine names one, too.
"""

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rigwright.catalog.names.chipnames import find_chip, resolve_chip, with_memory
from rigwright.catalog.names.namewords import pattern_of
from rigwright.catalog.tables import DATA
from rigwright.spec.build import Whole
from rigwright.spec.errors import UnknownNameError
from rigwright.spec.parts import Chip
from rigwright.spec.tables.table import table

TABLE = DATA / "systems.csv"
ENCLOSURE = "enclosure"
_ENCLOSURE = re.compile(r"\begpu\b.*\b(?:enclosure|box|dock|case)\b|\b(?:external gpu|egpu dock)\b")
_FRAME = re.compile(pattern_of("open frame"))


@dataclass(frozen=True, slots=True)
class System:
    """A machine, or a box outside of one, that is sold as a whole.

    aliases : words that name it, in a row.  kind : desktop, laptop, server, enclosure (holds a
    card outside, on Thunderbolt).  chip : id, empty = the line says it.  chip_count : 0 = cards
    are put in.  price_usd : as first sold, or what ``price_said`` says on ``released`` (used ones
    begin with ``used``).  watts : drawn at most, of what no household circuit carries.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    maker: str
    kind: str
    chip: str
    chip_count: int
    price_usd: float | None
    released: dt.date | None
    price_said: str
    watts: float | None


def sold_whole(day: dt.date, kind: str = "desktop") -> tuple[System, ...]:
    """Machines of a kind with chips of their own and a price, that were out by a day."""
    return tuple(
        s
        for s in table(System, TABLE)
        if s.kind == kind and s.chip and s.price_usd and s.released and s.released <= day
    )


def _words(text: str) -> str:
    line = unicodedata.normalize("NFKC", text).lower()
    return " " + " ".join(re.findall(r"[^\W_]+", line)) + " "


@functools.cache
def _aliases() -> tuple[tuple[str, System], ...]:
    """Longest first: what says more counts."""
    found = [(_words(a), s) for s in table(System, TABLE) for a in (s.name, *s.aliases)]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


@functools.lru_cache(maxsize=4096)
def system_of(text: str) -> tuple[System, str] | None:
    """The machine that a line names, and the other words of the line."""
    line = _words(text)
    for alias, system in _aliases():
        if alias in line:
            return system, line.replace(alias, " ", 1)
    return None


def rest_of(text: str) -> str:
    """What a line says besides the machine or box that it names."""
    found = system_of(text)
    return re.sub(r"\b(?:in|with|inside|egpu)\b", " ", found[1] if found else text).strip()


def is_enclosure(text: str) -> bool:
    """A box that holds a card outside of the computer."""
    found = system_of(text)
    return bool(found and found[0].kind == ENCLOSURE) or bool(_ENCLOSURE.search(text.lower()))


def is_frame(text: str) -> bool:
    """An open frame: a case that limits nothing."""
    return bool(_FRAME.search(text.lower()))


def whole_of(text: str, chips: Iterable[Chip]) -> Whole | None:
    """The whole machine that a line names; None where it names none.

    Its chip is None where the row leaves it open and the line does not say it.
    """
    table_ = tuple(chips)
    found = system_of(text)
    if found is None:
        chip = find_chip(text, table_) or find_chip(re.sub(r"(?i)\b\d+ ?gb\b", " ", text), table_)
        return Whole(text, chip) if chip is not None and _only_inside(chip, text, table_) else None
    system, rest = found
    if system.kind == ENCLOSURE:
        return None
    if not system.chip:
        chip = find_chip(rest, table_) if system.chip_count else None
        return Whole(text, chip if chip is not None and alone(chip) else None)
    chip = next(c for c in table_ if c.id == system.chip)
    said = {float(n) for n in re.findall(r"\b(\d{1,4}) ?gb?\b", rest)}
    sizes = said & set(chip.sold_gib or ())
    return Whole(text, with_memory(chip, min(sizes) if sizes else None), system.chip_count)


def _only_inside(chip: Chip, text: str, chips: tuple[Chip, ...]) -> bool:
    """Whether a chip that a line names makes it a machine; ``Ncase M1`` is no Apple M1."""
    if chip.vendor != "apple" or " apple " in _words(text):
        return alone(chip)
    try:
        return resolve_chip(text, chips).id == chip.id
    except UnknownNameError:
        return False


def alone(chip: Chip) -> bool:
    """Whether a machine has one such chip at most: its memory is the processor's, or a laptop."""
    return chip.unified_memory or chip.segment == "laptop"
