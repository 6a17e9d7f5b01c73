"""What a line may be that names no single product: the products it fits, and what it states.

A product fits when nothing in the line contradicts it and its name explains every word of the
line; the line may leave words of the name out. ``RTX 3090`` fits every card with that chip.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from rigwright.catalog.identify import later
from rigwright.catalog.lookup import holding, makers, named, unheard
from rigwright.catalog.loose import LABELS, MARK, blank, card_of_chip, kits_of, stated_part, states
from rigwright.catalog.names.claims import Claims, claims_of
from rigwright.catalog.names.namewords import EFFICIENCIES, NOISE, SOFT, WEAK, patterns, sorts
from rigwright.catalog.names.resolve import Resolution, compare, one_design
from rigwright.catalog.names.tokens import tokens
from rigwright.catalog.names.twins import differing, telling
from rigwright.catalog.source import by_id
from rigwright.catalog.tables import slug
from rigwright.spec.build import Possible
from rigwright.spec.parts import Board, Chip, Part, RamKit

MOST = 800
"""More products than this are not told apart by looking at each."""
FEW = 5
"""Fewer products that only share what the line states may not be all there are."""
FEW_OF_SERIES = 2
"""The same for products of a series that the line names."""
ODD = 2
"""Words of a line beside a name that spelling may explain at most."""
MANY_CARDS = 8
"""So many cards of a chip show how large, hungry and cooled its cards are, whoever makes them."""


def unstated(kind: str, text: str) -> bool:
    """Whether a line says no more than that there is a part of this kind."""
    claims = claims_of(text, kind)
    part = stated_part(kind, text)
    return part is not None and not states(part) and not claims.words - NOISE.get(kind, frozenset())


def possible(hit: Resolution, year: int | None = None) -> Possible | None:
    """What a line may be that was taken for no single part; None where it tells nothing of it.

    year : of the list; what came out later is not meant.
    """
    kind, text = hit.kind, hit.text
    part = card_of_chip(hit.chip, text) if hit.chip else stated_part(kind, text)
    if part is None:
        return None
    line = claims_of(text, kind)
    found, siblings = _fitting(part, text, hit.chip)
    found = tuple(p for p in found if not later(p, year)) or found
    # A drive of one name is sold in several forms: the one that fits can be bought.
    wish = kind == "drive" or _is_wish(line, kind, found or siblings, hit.chip)
    if _all_there_are(line, found, hit.chip):
        return Possible(text, _agreed(part, found), found, wish)
    if hit.chip and (len(siblings) >= MANY_CARDS or (siblings and one_design(hit.chip))):
        return Possible(text, _agreed(part, siblings), siblings, wish)
    # Memory of another speed may be of another type: `Vengeance` is DDR4 and DDR5.
    part = _like(part, [p for p in siblings if line.mt_s in (None, getattr(p, "speed_mt_s", 0))])
    if kind in _BARE and not (states(part) or found):
        return None
    others: tuple[Part, ...] = (part,)
    if isinstance(part, RamKit) and (wish or not part.modules):
        others = kits_of(part, text, any_type=wish) or others
    return Possible(text, part, (*found, *others), wish)


def one_of(text: str, parts: "Found") -> Possible:
    """A line for parts of which a machine has one; parts : at least one, all of a kind."""
    made = replace(blank(parts[0].kind), id=f"one-of-{slug(text)}", name=text + MARK)
    made = replace(made, source="given by the user", source_date=dt.date.today())
    return Possible(text, _agreed(made, parts), parts, wish=True)


_BARE = ("cpu", "board")
"""Kinds of which nothing is asked where nothing is known: everything hangs on them."""
_SERIES = {"drive": ("type", "interface", "form_factor"), "ram": ("type", "form", "ecc")}
"""What the products of one series have in common, whatever their size."""
Found = tuple[Part, ...]


def _fitting(told: Part, text: str, chip: Chip | None) -> tuple[Found, Found]:
    """Every product that the line fits, and its siblings: those of another size, or of the chip.

    told : what the line states. None of either where there are too many to look at. Words that no
    name of the kind has are not held against a product whose telling words are all there.
    """
    kind = told.kind
    for row in patterns("sold with"):
        text = re.sub(row.written, row.put, text.lower()) if row.means == kind else text
    line = claims_of(text, kind)
    telling = line.words - NOISE.get(kind, frozenset())
    chips = by_id(Chip) if kind == "card" else {}
    fitting: list[Part] = []
    siblings: list[Part] = []
    pool = _pool(kind, text, chip)
    spoken = frozenset(filter(str.isalpha, unheard(kind, telling)))  # a number is a model
    known = telling - spoken - SOFT.get(kind, frozenset()) - EFFICIENCIES
    for part in pool:
        if chip is not None and getattr(part, "chip", "") != chip.id:
            continue
        made = claims_of(part.brand).words if part.brand else frozenset()
        if len(known - named(part.name) - made) > ODD:
            siblings.extend([part] if chip is not None else [])
            continue  # far from it, and many are
        match = compare(part, _of_either(line, part), chips.get(getattr(part, "chip", "")))
        names = telling - made - WEAK - _chipset(part)  # a maker's word names no product
        if line.codes and not (names or line.codes & claims_of(part.name, kind).codes):
            continue  # a line has its part number from this part, or a model beside it
        extra = set(match.extra) - (set() if match.missing else spoken)
        if kind == "ram":  # `(2x 2 packs)`
            extra -= {word for word in extra if len(word) < 3}
        if not extra and (match.shared or not names):
            other = match.clashes or differing(part, told, _STATED[kind])
            (siblings if other else fitting).append(part)
        elif chip is not None:
            siblings.append(part)
    return tuple(fitting), tuple(siblings if chip is None else [*fitting, *siblings])


def _of_either(line: Claims, part: Part) -> Claims:
    """A line that names no memory fits the editions of a board for either.

    Only where it names one product it means the one whose name says nothing of its memory.
    """
    if isinstance(part, Board) and line.memory_type is None and "d4" not in line.words:
        return replace(line, memory_type=part.memory_type)
    return line


def _chipset(part: Part) -> frozenset[str]:
    """The words of a board's chipset, which every board with it has in its name."""
    return claims_of(part.chipset).words if isinstance(part, Board) else frozenset()


_STATED = telling("stated")
"""Facts that a line states and that no word of a name need contradict."""


def _pool(kind: str, text: str, chip: Chip | None) -> Found:
    """Products that share the telling words of a line, or of its chip; none if too many do.

    A series is looked up whole; where it is too large, or no word tells, the measures do.
    """
    if chip is not None:
        words = tokens(chip.name) & tokens(text) - NOISE[kind]
        return holding(kind, sorted(words), MOST) or ()
    said = tokens(text)
    line = claims_of(text, kind)
    noise = NOISE.get(kind, frozenset())
    words = said & line.words - noise - SOFT.get(kind, frozenset()) - EFFICIENCIES
    words = words or said & line.words - noise
    if kind == "psu" and line.watts is not None:
        words = words | {f"={line.watts:g}w"}
    measures = {w for w in said if w.startswith("=")}
    found = holding(kind, sorted(words), MOST) if words else None
    return (holding(kind, sorted(words | measures), MOST) if found is None else found) or ()


def _all_there_are(line: Claims, found: Found, chip: Chip | None) -> bool:
    """Whether the true product is surely among those found.

    It is where they are many, or where the line names a series of which several are known.
    """
    if len(found) < FEW_OF_SERIES:
        return False
    words = _model_words(line, found[0].kind, found, chip)
    words = words.intersection(*(claims_of(p.name, p.kind).words for p in found))
    # Memory is bought in any number of modules: what it adds up to names no kit.
    kit = found[0].kind != "ram" or line.modules is not None
    return bool(words) or (kit and len(found) >= (MANY_CARDS if chip else FEW))


def _model_words(line: Claims, kind: str, found: Found, chip: Chip | None) -> frozenset[str]:
    """What a line says beside kind, maker, chip and chipset: the words of a series or model."""
    made = {w for part in found if part.brand for w in claims_of(part.brand).words} | makers(kind)
    words = line.words - NOISE.get(kind, frozenset()) - EFFICIENCIES - WEAK - made
    if chip is not None:
        words -= claims_of(chip.name).words
    return words.difference(*map(_chipset, found))


def _is_wish(line: Claims, kind: str, found: Found, chip: Chip | None) -> bool:
    """Whether a line names no model, so that what is bought can be chosen to fit."""
    words = _model_words(line, kind, found, chip)
    if kind == "cpu":  # a tier is no model, `7900` is
        words = frozenset(w for w in words if sum(map(str.isdigit, w)) > 2)
    if kind == "ram":  # a speed and a sort are no series
        words = frozenset(w for w in words if not w.isdigit()) - sorts("memory sort")["sort"]
    return not (words or line.codes)


def _agreed(part: Part, found: Iterable[Part]) -> Part:
    """The part that stands for a line, with what is so of everything it may be."""
    return _with_common(part, found, (f.name for f in fields(part) if f.name not in LABELS))


def _like(part: Part, siblings: Sequence[Part]) -> Part:
    """The part that stands for a line, with what its series has in common."""
    names = _SERIES.get(part.kind, ()) if len(siblings) >= FEW_OF_SERIES else ()
    return _with_common(part, siblings, (name for name in names if not getattr(part, name)))


def _with_common(part: Part, found: Iterable[Part], names: Iterable[str]) -> Part:
    said = {
        name: values.pop()
        for name in names
        if len(values := {getattr(p, name) for p in found}) == 1
    }
    return replace(part, **{name: value for name, value in said.items() if value is not None})
