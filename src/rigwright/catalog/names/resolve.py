"""Which part of a catalogue a written line means.

Token rules decide: every word of the line must be explained by the part, every telling word of
the part must be in the line, and nothing the line states may be otherwise. Similarity only ranks
what is offered when nothing, or more than one part, is left.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rigwright.catalog.names.agree import clashes, enough
from rigwright.catalog.names.chipnames import find_chip, resolve_chip
from rigwright.catalog.names.claims import Claims, claims_of, plain, words_of
from rigwright.catalog.names.namewords import (
    CARD_MAKERS,
    CPU_TIERS,
    EFFICIENCIES,
    GAMING_IS_A_SERIES,
    NOISE,
    SOFT,
    SOLD_BARE,
    WEAK,
    series_of,
)
from rigwright.catalog.names.twins import distinct, representative
from rigwright.spec.parts import Board, Card, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit

__all__ = ["Match", "Resolution", "compare", "explained", "resolve", "resolve_chip"]

_NONE: frozenset[str] = frozenset()
CANDIDATES = 5
_LONG = 5  # shorter words with one letter wrong are other words
_FEW = 8  # with more odd words no blank put elsewhere makes the names one
_MODEL = re.compile(r"\d")
_YEAR = re.compile(r"20[0-3]\d")
_CANDIDATE_SCORE = 55


@dataclass(frozen=True, slots=True)
class Match:
    """A part set beside a line.

    clashes : what the line says that is not so. extra : words of the line that the part's name
    does not have. missing : telling words of the part that the line does not have. loose : family
    words and colours that only one of them has; ``family`` : without the colours. enough : the
    line tells parts of this kind apart. shared : they have a telling word in common.
    """

    part: Part
    clashes: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    loose: int = 0
    family: int = 0
    enough: bool = True
    shared: bool = True

    @property
    def agrees(self) -> bool:
        """Nothing speaks against this part."""
        return self.enough and self.shared and not (self.clashes or self.extra or self.missing)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a line means: one exact part, or none and the nearest ones.

    chip : for a graphics card of unknown make, the chip it names, if that is certain.
    candidates : nearest parts, best first; empty when ``part`` is set.
    same : other listings with the same facts, which ``part`` stands for.
    """

    kind: str
    text: str
    part: Part | None = None
    chip: Chip | None = None
    candidates: tuple[Part, ...] = ()
    same: tuple[Part, ...] = ()

    @property
    def near(self) -> tuple[str, ...]:
        """Names of the candidates."""
        return tuple(p.name for p in self.candidates)


def _excused(part: Part, line: Claims) -> frozenset[str]:
    """Words of a name that only repeat a fact which the line states in another way."""
    if isinstance(part, Psu):
        form = part.form_factor.lower().split("-")
        return frozenset((f"{part.watts or 0:g}", *_grades(part), *form))
    if isinstance(part, Drive):
        return frozenset((f"{part.capacity_bytes / 1e9:g}",))
    if isinstance(part, RamKit):
        total = part.modules * part.module_gib
        return frozenset((f"{part.speed_mt_s or 0:g}", f"{total:g}", "ecc"))
    if isinstance(part, Board):
        return _repeated(part)
    if isinstance(part, Cooler) and line.radiator_mm == part.radiator_mm:
        return frozenset((f"{part.radiator_mm}",))
    return _NONE


def _grades(part: Psu) -> frozenset[str]:
    """Efficiencies that a line may name: a series is told by them where its model has no number."""
    own = claims_of(part.name, "psu").words - claims_of(part.brand or "").words
    numbered = any(_MODEL.search(w) and w != f"{part.watts or 0:g}" for w in own)
    if part.efficiency is None or (numbered and not own & EFFICIENCIES):
        return EFFICIENCIES
    return frozenset((part.efficiency,))


def _bare(part: Part, name: Claims, chip: Chip | None) -> bool:
    """A record of a chip, not of a card that anybody sells: no maker and no model."""
    if not isinstance(part, Card) or chip is None or one_design(chip):
        return False
    made = part.brand is not None and claims_of(part.brand).words & name.words
    return not made and not name.words - claims_of(chip.name).words - NOISE["card"] - SOFT["card"]


def _repeated(part: Part) -> frozenset[str]:
    """What a name says of other parts: the chipset of a board is on every board with it."""
    return _spellings(part.chipset) if isinstance(part, Board) and part.chipset else _NONE


@functools.cache
def _spellings(chipset: str) -> frozenset[str]:
    return frozenset((plain(chipset), *words_of(plain(chipset))))


def _spare(part: Part) -> frozenset[str]:
    """Words that a line may have beside the name; of some makers `Gaming` is a series of cards."""
    words = SOFT.get(part.kind, _NONE)
    series = part.kind == "card" and (part.brand or "").lower() in GAMING_IS_A_SERIES
    return words - {"gaming"} if series else words


def one_design(chip: Chip | None) -> bool:
    """Workstation, data-centre and Titan boards are the chip maker's own, whoever sells them."""
    return chip is not None and (
        chip.segment in ("workstation", "datacentre") or "titan" in chip.name.lower()
    )


def _telling(part: Part, name: Claims, chip: Chip | None) -> frozenset[str]:
    """Words that must be in the line: all but noise, and the maker if enough remains."""
    words = name.words - NOISE.get(part.kind, _NONE)
    if isinstance(part, Cpu):
        words -= CPU_TIERS
    generic = claims_of(chip.name).words if chip else _NONE
    maker = claims_of(part.brand).words & name.words if part.brand else _NONE
    if isinstance(part, Card) and "fe" in words:
        # A Founders Edition is the same board whoever sells it.
        return words - maker
    soft = SOFT.get(part.kind, _NONE)
    own = words - maker - generic
    if own - soft - WEAK - _repeated(part):
        words -= soft
    if any(len(w) > 1 for w in own) or one_design(chip):
        return words - maker
    return words | maker | (name.words & SOLD_BARE)


@functools.lru_cache(maxsize=8192)
def _runs(words: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Neighbours by what they are written together."""
    runs = (words[i : i + n] for n in (1, 2, 3) for i in range(len(words) - n + 1))
    return {"".join(run): run for run in runs}


def _joined(name: Claims, line: Claims) -> set[str]:
    """Words of name and line that are the same when blanks are put elsewhere: ``nh d15``."""
    here, there = _runs(line.order), _runs(name.order)
    ours, theirs = line.words - name.words, name.words - line.words
    return {
        word
        for key in here.keys() & there.keys()
        if ours.issuperset(here[key]) and theirs.issuperset(there[key])
        for word in (*here[key], *there[key])
    }


def _misspelt(extra: frozenset[str], names: frozenset[str]) -> dict[str, str]:
    """Words of a line that are those of a name but for one letter: ``artic``, ``corsiar``."""
    odd = [word for word in extra if len(word) >= _LONG and word.isalpha()]
    if not odd:
        return {}
    from rapidfuzz.distance import OSA

    long = sorted(word for word in names if len(word) >= _LONG and word.isalpha())
    pairs = ((word, meant) for word in odd for meant in long if word[0] == meant[0])
    return {word: meant for word, meant in pairs if OSA.distance(word, meant) <= 1}


def _identifies(part: Part, shared: Iterable[str], line: Claims, maker: frozenset[str]) -> bool:
    """One ordinary word without maker or number is no identity: ``Open frame case``."""
    words = set(shared) - maker
    if not words:
        return bool(shared)
    return len(words) > 1 or not min(words).isalpha() or bool(maker & line.words)


def compare(part: Part, line: Claims, chip: Chip | None = None) -> Match:
    """What speaks for and against a part being the one that a line means."""
    name = claims_of(part.name, part.kind)
    against = clashes(part, name, line, chip)
    told = enough(part.kind, line, chip)
    if name.codes & line.codes:
        other = tuple(w for w in line.order if w not in name.words and _MODEL.search(w))
        return Match(part, against, other, enough=told)
    if name.codes and line.codes:
        return Match(part, (*against, "another part number"), enough=told)
    noise, soft = NOISE.get(part.kind, _NONE), _spare(part)
    excused = _excused(part, line)
    maker = claims_of(part.brand).words if part.brand else _NONE
    if isinstance(part, Card) and ("fe" in name.words or one_design(chip)):
        maker = maker | CARD_MAKERS
    telling = _telling(part, name, chip)
    extra = line.words - name.words - noise - excused - maker - (soft - telling)
    missing = telling - line.words - excused
    if _bare(part, name, chip):
        missing |= {"maker"}
    shared = line.words & name.words - noise - excused
    typos = 0
    if (extra or missing) and not against and len(extra) + len(missing) <= _FEW:
        same = _joined(name, line)
        extra, missing, shared = extra - same, missing - same, shared | same
        wrong = _misspelt(extra, name.words - line.words)
        typos = len(wrong)
        extra, missing = extra - wrong.keys(), missing - set(wrong.values())
        shared = shared | (set(wrong.values()) - noise)
    if chip is None and not _identifies(part, shared, line, maker):
        shared = _NONE
    family = len((line.words ^ name.words) & soft) + (name.tray is not line.tray)
    family += name.atx is not None and line.atx is None
    mine_colours, line_colours = set(name.colours), set(line.colours)
    colour = bool(mine_colours - line_colours) + bool(line_colours - mine_colours)
    return Match(
        part, against, tuple(w for w in dict.fromkeys(line.order) if w in extra) if extra else (),
        tuple(sorted(missing)), family + colour + typos, family,
        told and (chip is not None or part.kind == "ram" or bool(set(shared) - maker)),
        bool(shared),
    )  # fmt: skip


def explained(kind: str, words: Iterable[str]) -> bool:
    """Whether words say nothing beyond the kind itself: no maker, no model."""
    return set(words) <= NOISE.get(kind, _NONE) | EFFICIENCIES


def _similar(text: str, parts: tuple[Part, ...], limit: int) -> list[tuple[float, Part]]:
    from rapidfuzz import fuzz, process, utils

    hits = process.extract(
        plain(text), [plain(p.name) for p in parts], scorer=fuzz.token_set_ratio,
        processor=utils.default_process, limit=limit, score_cutoff=_CANDIDATE_SCORE,
    )  # fmt: skip
    return [(hit[1], parts[hit[2]]) for hit in hits]


def ranked(text: str, matches: Iterable[Match], limit: int = CANDIDATES) -> tuple[Match, ...]:
    """The nearest matches, best first: fewest contradictions and odd words, then likeness."""
    by_id = {m.part.id: m for m in matches}
    near = _similar(text, tuple(m.part for m in by_id.values()), 12 * limit)

    def order(hit: tuple[float, Part]) -> tuple[float, ...]:
        m = by_id[hit[1].id]
        # Words with digits are models.
        odd = sum(
            1 + (bool(_MODEL.search(w)) and not _YEAR.fullmatch(w)) for w in (*m.extra, *m.missing)
        )
        odd += 2 * len(m.clashes)
        return (not m.agrees, odd, m.loose, -hit[0])

    return tuple(by_id[part.id] for _, part in sorted(near, key=order)[:limit])


def _certain(part: Part, line: Claims) -> Part:
    """A part found for want of another: what only its own edition says is not known of it."""
    name = claims_of(part.name, part.kind)
    if isinstance(part, Cpu) and name.tray is not line.tray:
        return replace(part, includes_cooler=False if line.tray else None)
    if isinstance(part, Psu) and name.atx and not line.atx:
        return replace(part, atx_version=None)
    return part


def _only(
    agreeing: list[Match], line: Claims, ours: frozenset[str]
) -> tuple[Part | None, tuple[Part, ...]]:
    """The one part that the agreeing ones are, and the listings it stands for."""
    if not agreeing:
        return None, ()
    least = min(m.loose for m in agreeing)
    best = tuple(m.part for m in agreeing if m.loose == least)
    # A colour that nobody asked for must not hide a kit of other timings.
    if any(distinct(best[0], m.part) for m in agreeing if m.family == 0):
        return None, ()
    part = _certain(best[0], line) if len(best) == 1 else representative(best, ours)
    return part, tuple(p for p in best if part and p.id != part.id)


def _of_series(
    matches: list[Match], line: Claims, ours: frozenset[str]
) -> tuple[Part | None, tuple[Part, ...]]:
    """The one part whose series a line leaves out: ``Corsair 780T`` of Graphite.

    The maker must be there, and what is left out must stand before the model: what follows it
    (``S340 Elite``) makes another product. All that are left must be one product.
    """
    found = [
        m
        for m in matches
        if not (m.clashes or m.extra or not m.enough or not m.shared) and _leads(m, line)
    ]
    if any(distinct(a.part, b.part) for a in found for b in found):
        return None, ()
    return _only([replace(m, missing=()) for m in found], line, ours)


def _leads(match: Match, line: Claims) -> bool:
    """Whether the missing words are a series in front of a model that the line names."""
    name = claims_of(match.part.name, match.part.kind)
    maker = claims_of(match.part.brand).words if match.part.brand else _NONE
    left_out = set(match.missing)
    if (
        not left_out
        or not maker & line.words
        or not left_out <= series_of(match.part.kind, match.part.brand or "")
    ):
        return False
    noise = NOISE.get(match.part.kind, _NONE)
    model = [w for w in name.order if w in line.words and w not in maker | noise]
    if not any(_MODEL.search(w) for w in model) and len(model) < 2:
        return False
    places = {word: i for i, word in enumerate(name.order)}
    return max(places[w] for w in left_out) < max(places[w] for w in model)


def resolve(
    kind: str,
    text: str,
    parts: Iterable[Part],
    chips: Mapping[str, Chip] | None = None,
    ours: frozenset[str] = _NONE,
) -> Resolution:
    """The part of ``kind`` that ``text`` names, or the nearest ones.

    parts : catalogue rows; those of another kind are skipped.
    chips : id -> chip; needed to recognise graphics cards.
    ours : ids of the rows whose facts stand for other listings of the same product.
    """
    table = tuple(p for p in parts if p.kind == kind)
    chips = chips or {}
    id_, named = text.strip().lower(), words_of(plain(text))
    called = tuple(p for p in table if p.id == id_ or words_of(plain(p.name)) == named)
    if kind == "card" and len(called) == 1 and called[0].id not in ours:
        chip = chips.get(getattr(called[0], "chip", ""))
        called = () if _bare(called[0], claims_of(called[0].name, kind), chip) else called
    if called and (one := called[0] if len(called) == 1 else representative(called, ours)):
        chip = chips.get(getattr(one, "chip", ""))
        return Resolution(kind, text, one, chip, same=tuple(p for p in called if p.id != one.id))
    chip = find_chip(text, chips.values()) if kind == "card" else None
    line = claims_of(text, kind)
    rows = tuple(p for p in table if isinstance(p, Card) and p.chip == chip.id) if chip else table
    matches = [compare(p, line, chips.get(getattr(p, "chip", ""))) for p in rows]
    agreeing = [m for m in matches if m.agrees] if kind != "card" or chip else []
    part, same = _only(agreeing, line, ours) if agreeing else _of_series(matches, line, ours)
    if part is not None:
        return Resolution(kind, text, part, chip, same=same)
    near = ranked(text, matches, max(CANDIDATES, len(agreeing)))
    return Resolution(kind, text, None, chip, tuple(m.part for m in near))
