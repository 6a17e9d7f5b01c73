"""Which GPU chip a name means: ``RTX 3090``, ``NVIDIA GeForce GTX1070 8GB``, ``a100_80gb``."""

import functools
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from rigwright.catalog.names.claims import plain, words_of
from rigwright.catalog.names.kindclaims import Reader
from rigwright.catalog.names.namewords import sorts
from rigwright.spec.errors import UnknownNameError
from rigwright.spec.parts import Chip

# Words that never tell two chips apart; families are left out only when the full name is unknown.
_MAKERS, _FAMILIES = sorts("chip")["maker"], sorts("chip")["family"]
# Words that make another chip of the one before them.
_SUFFIXES = sorts("chip")["suffix"]
_VRAM_TOLERANCE_GIB, _VRAM_TOLERANCE = 0.5, 0.005  # 141 GB is sold, 140.4 GiB is visible

_NEAR = 0.5

Words = frozenset[str]


class _Index(NamedTuple):
    exact: Mapping[Words, frozenset[str]]
    loose: Mapping[Words, frozenset[str]]
    words: Words

    def ids(self, words: Words) -> frozenset[str]:
        """Chips called by exactly these words; what is written in the table comes first."""
        return self.exact.get(words) or self.loose.get(words - _FAMILIES) or frozenset()


def _split(text: str) -> tuple[list[str], float | None]:
    """Words in order without makers and capacity; capacity in GB."""
    reader = Reader(plain(text).replace("_", " "))
    capacity = reader.take(r"\b(\d+(?:\.\d+)?)\s*-?\s*(?:gib|gb|g)\b")
    words = [w for w in words_of(reader.line) if w not in _MAKERS]
    return words, float(capacity[1]) if capacity else None


def _key(text: str) -> Words:
    words, capacity = _split(text)
    return frozenset(words) | ({f"{capacity:g}gb"} if capacity else frozenset())


def _index(chips: tuple[Chip, ...]) -> _Index:
    return _indexed(tuple((chip.id, chip.name, *chip.aliases) for chip in chips))


@functools.lru_cache(maxsize=8)
def _indexed(chips: tuple[tuple[str, ...], ...]) -> _Index:
    """chips : of each its id and its names; hashing whole rows takes longer than looking up."""
    exact: dict[Words, Words] = {}
    loose: dict[Words, Words] = {}
    for id_, *names in chips:
        for name in names:
            key = _key(name)
            exact[key] = exact.get(key, Words()) | {id_}
            loose[key - _FAMILIES] = loose.get(key - _FAMILIES, Words()) | {id_}
    return _Index(exact, loose, _FAMILIES.union(*exact))


def _chosen(
    index: _Index, words: Words, capacity: float | None, by_id: Mapping[str, Chip]
) -> frozenset[str]:
    if capacity is None:
        return index.ids(words)
    named = index.ids(words | {f"{capacity:g}gb"})
    if named:
        return named
    return frozenset(i for i in index.ids(words) if _holds(by_id[i], capacity))


def _holds(chip: Chip, capacity: float) -> bool:
    """Whether a chip comes with that much memory, GB."""
    room = max(_VRAM_TOLERANCE_GIB, _VRAM_TOLERANCE * capacity)
    return abs(chip.vram_bytes / 2**30 - capacity) < room or capacity in (chip.sold_gib or ())


def with_memory(chip: Chip, capacity: float | None) -> Chip:
    """The chip in a machine with this much shared memory, GB, where it is sold with that.

    Its id stays: only the memory, and the name that says so, are of the machine.
    """
    if capacity is None or capacity not in (chip.sold_gib or ()):
        return chip
    if chip.vram_bytes == capacity * 2**30:
        return chip
    return replace(chip, name=f"{chip.name} {capacity:g} GB", vram_bytes=round(capacity * 2**30))


def _bare(text: str) -> str:
    return " ".join(w for w in _split(text)[0] if w not in _FAMILIES) or plain(text)


def near_chips(text: str, chips: Iterable[Chip], limit: int = 3) -> tuple[str, ...]:
    """Names nearest to a misspelt one, by letters left out, added, changed or exchanged."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    names = {alias: chip.name for chip in chips for alias in (chip.name, *chip.aliases)}
    series = {word for word in words_of(plain(text)) if word.isalpha()} - _MAKERS - _SUFFIXES
    alike = {a: n for a, n in names.items() if series & set(words_of(plain(a)))}
    names = alike or names  # a word for a series is not misspelt: RTX 3900 is no Radeon
    bare = {alias: _bare(alias) for alias in names}
    like = OSA.normalized_similarity
    hits = process.extract(_bare(text), bare, scorer=like, limit=4 * limit, score_cutoff=_NEAR)
    return tuple(dict.fromkeys(names[alias] for *_, alias in hits))[:limit]


def resolve_chip(text: str, chips: Iterable[Chip]) -> Chip:
    """The chip with this name, id or alias.

    Case, hyphens, maker and family words and a matching memory size do not matter; of the sizes
    that shared memory is sold in, the one that is said counts, else the largest. A name that
    several chips share is not guessed: aliases in the table settle it, or UnknownNameError
    names the candidates.
    """
    table = tuple(chips)
    by_id = {chip.id: chip for chip in table}
    if text in by_id:
        return by_id[text]
    words, capacity = _split(text)
    found = _chosen(_index(table), frozenset(words), capacity, by_id)
    if len(found) == 1:
        return with_memory(by_id[next(iter(found))], capacity)
    near = tuple(by_id[i].name for i in sorted(found)) or near_chips(text, table)
    raise UnknownNameError("GPU", text, near)


def find_chip(text: str, chips: Iterable[Chip]) -> Chip | None:
    """The one chip named somewhere in a product line; None when none or several are.

    A suffix after the name makes it another chip: ``RTX 2070 Ti`` is not an RTX 2070.
    """
    table = tuple(chips)
    by_id = {chip.id: chip for chip in table}
    index = _index(table)
    words, capacity = _split(text)
    found: set[str] = set()
    at = 0
    while at < len(words):
        run = itertools.takewhile(index.words.__contains__, words[at : at + 6])
        for size in range(len(tuple(run)), 0, -1):
            window = frozenset(words[at : at + size])
            ids = _chosen(index, window, capacity, by_id)
            if not ids and not index.ids(window):
                continue
            after = words[at + size] if at + size < len(words) else ""
            if not ids or after in _SUFFIXES:
                return None
            found |= ids
            at += size - 1
            break
        at += 1
    return with_memory(by_id[found.pop()], capacity) if len(found) == 1 else None
