"""What a written line means among all parts there are: our own tables and what was imported."""

import re
from dataclasses import replace

from rigwright.catalog.lookup import called, candidates, likely, named, unheard
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.namewords import NOISE, pattern_of
from rigwright.catalog.names.resolve import CANDIDATES, Resolution, compare, resolve
from rigwright.catalog.names.twins import IDENTITY, differing
from rigwright.catalog.source import by_id, embedded_ids, numbered
from rigwright.catalog.source import part as part_by_id
from rigwright.spec.parts import PART_TYPES, Chip, Part

KINDS: tuple[str, ...] = tuple(t.kind for t in PART_TYPES if t is not Chip)
REVISED = ("psu", "case", "cooler")
"""Kinds that are revised under one name."""
BRACKETS_MOST = 4
_MARK = re.compile(r"\s+[-\u2013\u2014|/+&]+\s+|[,;:!]\s+|\s+(?:w/|with|mit|avec|con)\s+", re.I)
_SAID = re.compile(f"{pattern_of('note')}|{pattern_of('sentence')}")
_YEAR = re.compile(r"\b20[12]\d\b")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Whether a text looks like the id of an imported record."""
    return _ID.fullmatch(text.strip().lower()) is not None


def identify(kind: str, text: str) -> Resolution:
    """What a line means in the catalogue.

    A part number or the id of an imported record is as good as a name, as long as nothing the
    line says speaks against it; a number and words of two different parts give neither.
    """
    chips = by_id(Chip)
    if is_id(text):
        held = part_by_id(kind, text.strip())
        if held is not None:
            return Resolution(kind, text, held, chips.get(getattr(held, "chip", "")))
    found = _resolved(kind, text)
    if found.part is None:
        found = _in_brackets(found) or _before(found) or found
    number = numbered(kind, text)
    return found if number is None else _with_number(found, *number)


def _resolved(kind: str, text: str) -> Resolution:
    return resolve(kind, text, candidates(kind, text), by_id(Chip), embedded_ids(kind))


def _before(found: Resolution) -> Resolution | None:
    """The part before a dash or comma, behind which words of no part, or of a sentence, follow."""
    kind, text = found.kind, found.text
    for mark in _MARK.finditer(text):
        words = claims_of(text[mark.end() :], kind).words - NOISE.get(kind, frozenset())
        said = all(map(str.isalpha, words)) and _SAID.search(text.lower(), mark.end())
        if words and (said or unheard(kind, words) == words):
            hit = _resolved(kind, text[: mark.start()])
            like = candidates(kind, hit.text) if hit.part is not None else ()
            if like and not any(words & named(part.name) for part in like):
                return replace(hit, text=text)
    return None


def _in_brackets(found: Resolution) -> Resolution | None:
    """The model that a description has in brackets: ``board with seven slots (ROMED8-2T)``.

    Nothing else in the line may speak against it; a card's maker must be there.
    """
    line = claims_of(found.text, found.kind)
    for model in re.findall(r"\(([^()]*\d[^()]*)\)", found.text)[:BRACKETS_MOST]:
        hit = _resolved(found.kind, model)
        part = hit.part
        if part is None or compare(part, line, hit.chip).clashes:
            continue
        made = part.brand and claims_of(part.brand).words & line.words
        if made or part.kind == "board":
            return replace(hit, text=found.text)
    return None


def later(part: Part, year: int | None) -> bool:
    """Whether a revision was not out in a year: its name says one, else its first day on sale."""
    named_ = _YEAR.search(part.name)
    out = int(named_[0]) if named_ else part.released.year if part.released else 0
    return year is not None and part.kind in REVISED and out > year


def revisions(hit: Resolution, year: int | None = None) -> Resolution:
    """The line as all revisions of the product, where it does not say the year of one.

    year : of the list; what came out later is not meant.

    ``Corsair RM1000x`` is called the one of 2018, of 2021 and of 2024: facts of one are not
    those of another. What a build file names, it names; a pasted list does not know our names.
    An id or a part number is one revision's own.
    """
    part = hit.part
    if part is None or part.kind not in REVISED or _YEAR.search(hit.text):
        return hit
    line, own = claims_of(hit.text, part.kind), claims_of(part.name, part.kind)
    told = line.words | line.codes  # some makers' part numbers are the name itself
    if hit.text.strip() == part.id or (numbered(part.kind, hit.text) and told - own.words):
        return hit
    others = tuple(
        p
        for p in candidates(part.kind, hit.text)
        if p.id != part.id and _YEAR.search(p.name) and differing(part, p)
        if compare(replace(p, name=_YEAR.sub(" ", p.name)), line).agrees
    )
    meant = tuple(p for p in (part, *others) if not later(p, year)) or (part, *others)
    if len(meant) == 1:
        return replace(hit, part=meant[0])
    return replace(hit, part=None, same=(), candidates=meant)


def _with_number(found: Resolution, held: Part, rest: str) -> Resolution:
    """held : the part that has the number; rest : what else the line says."""
    chip = by_id(Chip).get(getattr(held, "chip", ""))
    if found.part is not None:
        if not differing(found.part, held, IDENTITY[found.kind]):
            return found
        return replace(found, part=None, same=(), candidates=(found.part, held))
    match = compare(held, claims_of(rest, found.kind), chip)
    if not match.clashes and not match.extra:
        return Resolution(found.kind, found.text, held, chip)
    others = tuple(p for p in found.candidates if p.id != held.id)
    return replace(found, candidates=(held, *others)[:CANDIDATES])


def identify_any(text: str) -> Resolution | None:
    """A line without a kind: exact in one table, or a name of only one kind, or nothing."""
    kinds = [kind for kind in KINDS if likely(kind, text) or numbered(kind, text)]
    hits = [identify(kind, text) for kind in kinds]
    exact = [hit for hit in hits if hit.part is not None]
    found = exact or [hit for hit in hits if called(hit.kind, text)]
    return found[0] if len(found) == 1 else None
