"""Words of names and what they are worth: which tell parts apart and which only decorate.

Three ranks. *Noise* never tells two parts of a kind apart. *Soft* words may be left out or added,
at the price of a worse match. Every other word is telling: it must be on both sides.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

from rigwright.spec.tables.table import table

_DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Said:
    """Words by which people say one thing, in the languages met so far.

    about : what is said: label, head (of a column), number, currency, colour, noise, soft ...
    """

    about: str
    means: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way of writing something, as a regular expression in lower case.

    words : one of them must stand in a line for the pattern to be tried (empty: always).
    put : what takes its place, or what it says.
    """

    use: str
    means: str
    words: tuple[str, ...]
    written: str
    put: str


@functools.cache
def said(about: str) -> dict[str, str]:
    """Word -> what it means, of one sort of words."""
    return {word: means for means, words in sorts(about).items() for word in words}


@functools.cache
def sorts(about: str) -> dict[str, frozenset[str]]:
    """What is meant -> its words, of one sort of words."""
    found: dict[str, frozenset[str]] = {}
    for row in table(Said, _DATA / "words.csv"):
        if row.about == about:
            found[row.means] = found.get(row.means, frozenset()).union(row.words)
    return found


@functools.cache
def patterns(use: str) -> tuple[Pattern, ...]:
    """The patterns of one use, in the order in which they are tried."""
    return tuple(row for row in table(Pattern, _DATA / "patterns.csv") if row.use == use)


def pattern_of(use: str) -> str:
    """The one pattern of a use."""
    return patterns(use)[0].written


FILLER = sorts("noise")["any"]
NOISE = {kind: FILLER | words for kind, words in sorts("noise").items() if kind != "any"}
# Family names that many people leave out, and lights where every part of a series has them.
SOFT = sorts("soft")
# What is left of a name must hold more than these, or they are telling after all.
WEAK = sorts("rank")["weak"]
CARD_MAKERS = sorts("rank")["card maker"]
GAMING_IS_A_SERIES = sorts("rank")["gaming is a series"]
# `GTX 970` alone is a chip: the bare reference card is meant only by its full catalogue name.
SOLD_BARE = sorts("rank")["sold bare"]
# `Ryzen 5800X` leaves the tier out; a wrong one is still a contradiction.
CPU_TIERS = sorts("rank")["tier"]
EFFICIENCIES = sorts("rank")["efficiency"]


@dataclass(frozen=True, slots=True)
class Series:
    """Words that a maker puts before its models of a kind, and that people leave out."""

    kind: str
    maker: str
    words: tuple[str, ...]


@functools.cache
def series_of(kind: str, maker: str) -> frozenset[str]:
    """The words of a maker's series; empty where none is known."""
    rows = table(Series, _DATA / "series.csv")
    mine = (r for r in rows if (r.kind, r.maker.lower()) == (kind, maker.lower()))
    return frozenset(word for row in mine for word in row.words)
