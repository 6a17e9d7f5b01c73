"""The few parts that a written line can mean, found by its words without building the others.

What is read of the database is kept: lines of one list share makers, sizes and colours.
"""

import functools
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rigwright.catalog import source, tables
from rigwright.catalog.names.claims import claims_of, plain, words_of
from rigwright.catalog.names.namewords import NOISE
from rigwright.catalog.source import SERVING, TYPES
from rigwright.spec.parts import Part

CANDIDATES = 24
WORDS = 40
COMMON = 400
"""A word that more parts of a kind have than this tells little; it is used when none tells more."""
FURTHER = 8  # are looked at though others share more words of the line
FEWER = 2
"""So many of the line's telling words less than the nearest part has: it is another product."""
KEPT = 20_000
"""Lists of words and parts that are kept, of each."""


@functools.lru_cache(maxsize=KEPT)
def named(text: str) -> frozenset[str]:
    """The words of a text, and neighbours written together."""
    words = words_of(plain(text))
    pairs = ("".join(words[i : i + n]) for n in (2, 3) for i in range(len(words) - n + 1))
    return frozenset((*words, *pairs))


@functools.cache
def _embedded(kind: str) -> tuple[tuple[frozenset[str], Part], ...]:
    noise = NOISE.get(kind, frozenset())
    return tuple((named(part.name) - noise, part) for part in tables.load(TYPES[kind]))


@functools.cache
def _embedded_words(kind: str) -> frozenset[str]:
    return frozenset().union(*(words for words, _ in _embedded(kind)))


def likely(kind: str, text: str) -> bool:
    """Whether parts of a kind have nearly all the words that a line tells."""
    telling = _telling(kind, text)
    return 3 * len(unheard(kind, telling)) <= len(telling)


def called(kind: str, text: str) -> bool:
    """Whether one name of a kind has all the words that a line tells: a model, or two words."""
    telling = frozenset(_telling(kind, text))
    if len(telling) < 2 and not any(re.search(r"\d", word) for word in telling):
        return False
    held = [_listed(kind, [word]).get(word, frozenset()) for word in telling]
    return any(telling <= words for words, _ in _embedded(kind)) or bool(
        frozenset.intersection(*held) if source.database() is not None else ()
    )


@functools.cache
def makers(kind: str) -> frozenset[str]:
    """Words with which the names of parts of a kind begin."""
    names = (words_of(plain(part.name)) for part in tables.load(TYPES[kind]))
    return frozenset(words[0] for words in names if words)


def _telling(kind: str, text: str) -> list[str]:
    """The words of a line that tell parts of a kind apart, in order."""
    line = claims_of(text, kind)
    told = line.words - NOISE.get(kind, frozenset())
    return [word for word in line.order if word in told]


def _sharing(kind: str, text: str, most: int = 0) -> tuple[Part, ...]:
    """Embedded parts with nearly as many words of the line as the nearest has, or ``most``."""
    if (called := tables.by_id(TYPES[kind]).get(text.strip().lower())) is not None:
        return (called,)
    said = named(" ".join(_telling(kind, text)))
    shared = {part.id: len(said & words) for words, part in _embedded(kind)}
    most = max(most, *shared.values())
    near = [part for _, part in _embedded(kind) if shared[part.id] >= max(most - FEWER, 1)]
    near.sort(key=lambda part: -shared[part.id])
    top = sum(shared[part.id] == most for part in near)
    return tuple(near[: min(CANDIDATES, max(FURTHER, top))])


def candidates(kind: str, text: str) -> tuple[Part, ...]:
    """Embedded and imported parts of a kind that share the line's telling words.

    The rarer a word is among the kind, the more it says.
    """
    from rigwright.catalog.names.tokens import tokens

    if source.database() is None or not (words := sorted(tokens(text))[:WORDS]):
        return _sharing(kind, text)
    found, telling = _listed(kind, words), frozenset(_telling(kind, text))
    listed = list(found.values())
    rare = [serials for serials in listed if len(serials) <= COMMON] or listed
    pool = set().union(*rare) if rare else set()
    shared = Counter[int]()
    for word in telling & found.keys():
        shared.update(pool & found[word])
    most = max(shared.values(), default=0)
    near = [serial for serial in pool if shared[serial] >= most - FEWER]
    score = dict.fromkeys(near, 0.0)
    for serials in found.values():
        for serial in serials.intersection(near):
            score[serial] += 1.0 / len(serials) ** 0.5
    near.sort(key=lambda s: (-shared[s], -score[s], s))
    best = near[: min(CANDIDATES, max(FURTHER, sum(shared[s] == most for s in near)))]
    return (*_sharing(kind, text, most), *_numbered_rows(kind, sorted(best)))


def holding(kind: str, words: Sequence[str], most: int) -> tuple[Part, ...] | None:
    """Embedded parts of a kind, and all imported ones whose names hold every one of some words.

    Words that no imported name of the kind has are not asked for. None: more than ``most``.
    """
    embedded = tables.load(TYPES[kind])
    asked = tuple(dict.fromkeys(words))[:WORDS]
    if source.database() is None or not asked:
        return embedded if asked else None
    listed = sorted(_listed(kind, asked).values(), key=len)
    if not listed:
        return embedded
    held = set(listed[0]).intersection(*listed[1:])
    return None if len(held) > most else (*embedded, *_numbered_rows(kind, sorted(held)))


def unheard(kind: str, words: Iterable[str]) -> frozenset[str]:
    """Those of some words that no part of a kind has in its name."""
    left = frozenset(words) - _embedded_words(kind)
    return frozenset(left.difference(_listed(kind, sorted(left)[:WORDS])))


@functools.lru_cache(maxsize=1)
def _kept(_: int) -> tuple[dict[tuple[str, str], frozenset[int]], dict[tuple[str, int], Part]]:
    """Serials of words and parts by serial, of what is imported now."""
    return {}, {}


def _listed(kind: str, words: Iterable[str]) -> dict[str, frozenset[int]]:
    """Word -> serials of the imported parts that have it; words that none has are left out."""
    kept = _kept(source.state())[0]
    asked = [word for word in words if (kind, word) not in kept]
    if asked:
        if len(kept) > KEPT:
            kept.clear()
        sql = f"SELECT word, serials FROM words WHERE {SERVING} AND kind = :kind AND word"
        found = dict(source.among(sql, asked, kind=kind))
        kept |= {(kind, word): frozenset(json.loads(found.get(word, "[]"))) for word in asked}
    return {word: held for word in words if (held := kept.get((kind, word)))}


def _numbered_rows(kind: str, serials: Sequence[int]) -> tuple[Part, ...]:
    kept = _kept(source.state())[1]
    asked = [serial for serial in serials if (kind, serial) not in kept]
    if asked:
        if len(kept) > KEPT:
            kept.clear()
            asked = list(serials)
        sql = f"SELECT facts FROM parts WHERE {SERVING} AND kind = :kind AND serial"
        found = source.decoded(kind, source.among(sql, asked, " ORDER BY serial", kind=kind))
        kept |= {(kind, serial): part for serial, part in zip(sorted(asked), found, strict=True)}
    return tuple(kept[kind, serial] for serial in serials)
