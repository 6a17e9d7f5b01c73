"""What the words of a framework, trainer or engine mean: the only reader of them.

``data/software.csv`` has a row for each word and fact; a word that stands higher decides where
several speak of the same. Of rows with ``since`` the last one that the version said has reached
holds; without a version, today's. ``data/labels.csv`` gives the labels of published tables.
"""

import csv
import dataclasses
import difflib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.spec.errors import CatalogError, InputError
from rigwright.spec.run import Run
from rigwright.spec.software import CHOICES, Software, Version

DATA = Path(__file__).parent / "data"
EXAMPLES = "names and versions such as: pytorch 2.4, vllm, unsloth, megatron-deepspeed"
_CHUNK = re.compile(r"[^\s+/,;:()\[\]|@=_\-\"'*]+")
_NUMBER = r"(~?)[vrb]?(\d+(?:\.\d+)*)(?:(?:a|b|rc|dev|\.?post|\.dev)\d+)?"
_VERSION = re.compile(_NUMBER, re.ASCII)
_ATTACHED = re.compile(rf"(.+?)({_NUMBER})", re.ASCII)
_YES = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class _Row:
    """One fact of a word. since : of the word's version; empty = of every version."""

    field: str
    value: str
    since: Version


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says.

    run : fields of a Run that the software implies where a question leaves them open.
    unknown : pieces of the text that no row knows; they change nothing.
    """

    software: Software
    run: tuple[tuple[str, Any], ...] = ()
    unknown: tuple[str, ...] = ()

    def errors(self, where: str = "run") -> tuple[InputError, ...]:
        """One for each unknown piece, with the nearest words."""
        return tuple(
            InputError(where, "framework", piece, EXAMPLES, " or ".join(nearest(piece)))
            for piece in self.unknown
        )


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the text. version : beside it.  about : ``~`` says that it may be another."""

    name: str
    version: Version | None = None
    about: bool = False

    def reaches(self, since: Version) -> bool:
        """The version is ``since`` or later; 2 alone is the last 2.x, nothing is today's."""
        return self.version is None or since[: len(self.version)] <= self.version

    def exact(self) -> bool:
        """The version tells all that the rows of the word tell apart."""
        finest = max(len(row.since) for row in _rows()[self.name])
        return self.version is not None and not self.about and len(self.version) >= finest


# -- the tables ----------------------------------------------------------------------------
@functools.cache
def _rows() -> dict[str, tuple[_Row, ...]]:
    """Facts by word, in the order of the table."""
    found: dict[str, tuple[_Row, ...]] = {}
    for cells in _cells("software.csv"):
        row = _Row(cells["field"], cells["value"], _numbers(cells["since"] or "0"))
        if row.field != "word":
            found[cells["word"]] = (*found.get(cells["word"], ()), row)
    return found


@functools.cache
def _names() -> dict[str, str]:
    """Spelling -> word. Raises CatalogError for a spelling of a word that has no row."""
    found = {name: name for name in _rows()}
    for cells in _cells("software.csv"):
        if cells["field"] == "word":
            if cells["value"] not in found:
                raise CatalogError(f"software.csv: {cells['word']}: no word {cells['value']!r}")
            found[cells["word"]] = cells["value"]
    return found


@functools.cache
def _firsts() -> frozenset[str]:
    """First pieces of all words."""
    return frozenset(name.split()[0] for name in _names())


@functools.cache
def _labels() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(cells["label"]), cells["words"]) for cells in _cells("labels.csv"))


def _cells(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _numbers(text: str) -> Version:
    return tuple(map(int, text.split(".")))


# -- the words of a text -------------------------------------------------------------------
def _pieces(text: str) -> list[str]:
    """Whole words and versions; a version that touches its word is taken off."""
    found: list[str] = []
    for piece in _CHUNK.findall(text.lower()):
        attached = _ATTACHED.fullmatch(piece)
        known = piece in _firsts() or _VERSION.fullmatch(piece)
        if not known and attached and attached[1] in _firsts():
            found += [attached[1], attached[2]]
        else:
            found.append(piece)
    return found


def _words(text: str) -> tuple[list[_Word], list[str]]:
    """Known words with the version beside each, and the pieces that are none."""
    pieces, names = _pieces(text), _names()
    longest = max(len(name.split()) for name in names)
    found: list[_Word] = []
    unknown: list[str] = []
    at = 0
    while at < len(pieces):
        sizes = range(min(longest, len(pieces) - at), 0, -1)
        size = next((n for n in sizes if " ".join(pieces[at : at + n]) in names), 0)
        after = at + (size or 1)
        version = _VERSION.fullmatch(pieces[after]) if after < len(pieces) else None
        end = after + (version is not None)
        if size:
            name = names[" ".join(pieces[at:after])]
            number = _numbers(version[2]) if version else None
            found.append(_Word(name, number, bool(version and version[1])))
        else:
            unknown.append(" ".join(pieces[at:end]))
        at = end
    return found, unknown


# -- what they mean ------------------------------------------------------------------------
def _generation(version: Version) -> int:
    """Of a library that also writes 5.1.10 as 5110 and 9.1.0 as 90100."""
    first = version[0]
    return first // 10_000 if first >= 10_000 else first // 1_000 if first >= 1_000 else first


def _value(field: str, row: _Row, word: _Word) -> Any:
    """The typed value of a row; None where it needs a version that was not said."""
    if row.value == "exact":
        return word.exact() or None
    if row.value in ("version", "generation"):
        if word.version is None:
            return None
        return word.version if row.value == "version" else _generation(word.version)
    kind = _kinds().get(field)
    if kind is None:
        raise CatalogError(f"software.csv: {word.name}: no field {field!r}")
    if field in CHOICES and row.value not in CHOICES[field]:
        raise CatalogError(f"software.csv: {word.name}: {field}: {row.value!r}")
    return _YES[row.value] if kind is bool else kind(row.value)


@functools.cache
def _kinds() -> dict[str, type]:
    """Field of a Run or of a Software -> type of its values."""
    fields = (*dataclasses.fields(Run), *dataclasses.fields(Software))
    return {f.name: str if f.default in (None, dataclasses.MISSING) else type(f.default)
            for f in fields}  # fmt: skip


def _facts(word: _Word) -> dict[str, Any]:
    """Field -> value of one word in its version."""
    found: dict[str, Any] = {}
    for row in _rows()[word.name]:
        if row.field and word.reaches(row.since):
            value = _value(row.field, row, word)
            if value is not None:
                found[row.field] = value  # rows of later versions stand below
    return found


@functools.lru_cache(maxsize=512)
def said(text: str) -> Said:
    """What people's words say."""
    words, unknown = _words(text)
    order = {name: place for place, name in enumerate(_rows())}
    facts: dict[str, Any] = {}
    for word in sorted(words, key=lambda w: order[w.name]):
        facts = _facts(word) | facts
    own = Software.__dataclass_fields__
    software = Software(**{k: v for k, v in facts.items() if k in own})
    implied = tuple((k, v) for k, v in sorted(facts.items()) if k not in own)
    return Said(software, implied, tuple(dict.fromkeys(unknown)))


@functools.lru_cache(maxsize=512)
def said_in_table(label: str) -> Said:
    """What a label of a published table says: as ``data/labels.csv`` has it, else as its words."""
    plain = label.strip().lower()
    for pattern, words in _labels():
        if found := pattern.fullmatch(plain):
            return said(found.expand(words))
    return said(label)


def nearest(piece: str) -> list[str]:
    """Words that a piece may have been meant for."""
    return difflib.get_close_matches(piece, _names(), 3)


def software_of(text: str, where: str = "run") -> Software:
    """The software of a text. Raises InputError at a word that is not known."""
    found = said(text)
    for error in found.errors(where):
        raise error
    return found.software
