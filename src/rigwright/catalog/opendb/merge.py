"""Records of one part number -> one part; and which of them our own tables have already."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rigwright.catalog.names import twins
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.namewords import sorts
from rigwright.catalog.names.resolve import resolve
from rigwright.catalog.opendb.record import VERIFIED, Note, shown
from rigwright.fit.facts.names import generation_key
from rigwright.spec.parts import Chip, Part

_RARE = 0.2
_TOLERANCE = {"capacity_bytes": 0.03}  # 1000 or 1024 GB are written for one drive
# Words of a name that do not tell one product from another of its maker.
_PLAIN_WORDS = sorts("rank")["plain"]


@dataclass
class Mended:
    """A part with the record's other ids, its part numbers and what was done to its facts."""

    part: Part
    numbers: tuple[str, ...]
    notes: list[Note]
    present: frozenset[str] = frozenset()
    merged: list[str] = field(default_factory=list)
    same_as: str | None = None

    @property
    def verified(self) -> bool:
        """Checked by hand at the source."""
        return self.part.source == VERIFIED


def _plain(value: Any) -> Any:
    return re.sub(r"[^a-z0-9+]", "", value.lower()) if isinstance(value, str) else value


def equal(a: Any, b: Any, tolerance: float = 0.01) -> bool:
    """Same fact, spelling and rounding aside."""
    if isinstance(a, float | int) and isinstance(b, float | int) and not isinstance(a, bool):
        return abs(a - b) <= tolerance * max(abs(a), abs(b))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return {_plain(v) for v in a} == {_plain(v) for v in b}
    return bool(_plain(a) == _plain(b))


def _contradicts(a: Part, b: Part) -> str | None:
    """The identity fact in which two parts differ."""
    for name in twins.IDENTITY[a.kind]:
        x, y = getattr(a, name), getattr(b, name)
        if twins.known(x) and twins.known(y) and not equal(x, y, _TOLERANCE.get(name, 0.01)):
            return name
    return None


def _obstacle(a: Part, b: Part) -> str | None:
    """Why records of one part number are two products."""
    return _contradicts(a, b) or (None if _one_name(a, b) else "name")


def _one_name(a: Part, b: Part) -> bool:
    """Whether one name only adds words: ``980``, ``980 Pro``; not ``220GE``, ``240GE``."""
    maker = claims_of(f"{a.brand or ''} {b.brand or ''}").words
    x, y = (claims_of(p.name).words - _PLAIN_WORDS - maker for p in (a, b))
    return x <= y or y <= x


def merged(items: Iterable[Mended]) -> list[Mended]:
    """One item per product, the most trusted record first; the others' ids in ``merged``."""
    order = sorted(
        items, key=lambda m: (m.part.kind, not m.verified, -twins.fullness(m.part), m.part.id)
    )
    heads: list[Mended] = []
    by_number: dict[tuple[str, str, str], list[Mended]] = {}
    by_id: dict[str, Mended] = {}
    for item in order:
        keys = [(item.part.kind, _plain(item.part.brand or ""), n) for n in item.numbers]
        near = [head for key in keys for head in by_number.get(key, ())]
        if item.part.id in by_id:
            near.insert(0, by_id[item.part.id])
        head = next((h for h in near if _obstacle(h.part, item.part) is None), None)
        if head is None:
            for other in near[:1]:
                fact = _obstacle(other.part, item.part) or ""
                said = f"{shown(getattr(other.part, fact))} in {other.part.id}"
                own = shown(getattr(item.part, fact))
                item.notes.append(Note(fact, said, own, "conflict", "number-of-two-products"))
            if item.part.id in by_id:
                continue  # two records under one id that say different things: the first stays
            head = item
            heads.append(item)
            by_id[item.part.id] = item
        else:
            _absorb(head, item)
        for key in keys:
            if head not in (held := by_number.setdefault(key, [])):
                held.append(head)
    return heads


def _absorb(head: Mended, other: Mended) -> None:
    """Fill what the head does not know; what the two say differently is not known."""
    changes: dict[str, Any] = {}
    for name in twins.facts_of(head.part.kind):
        mine, theirs = getattr(head.part, name), getattr(other.part, name)
        if not twins.known(theirs) or equal(mine, theirs):
            continue
        if name in twins.TOGETHER:
            if not any(twins.known(getattr(head.part, s)) for s in twins.TOGETHER[name]):
                changes |= {s: getattr(other.part, s) for s in twins.TOGETHER[name]}
            continue
        if not twins.known(mine):
            changes[name] = theirs
            head.notes.append(Note(name, shown(mine), shown(theirs), "mended", "other-record"))
        elif not (head.verified and not other.verified):
            changes[name] = _careful(name, mine, theirs, name in twins.IDENTITY[head.part.kind])
            both = f"{shown(mine)} or {shown(theirs)} in {other.part.id}"
            value = "" if changes[name] is None else shown(changes[name])
            head.notes.append(Note(name, both, value, "conflict", "two-records-disagree"))
    head.part = dataclasses.replace(head.part, **changes)
    head.numbers = tuple(dict.fromkeys((*head.numbers, *other.numbers)))
    head.present |= other.present
    if other.part.id != head.part.id:
        head.merged.append(other.part.id)


# Facts with no way to say "unknown": the first record's value stays, with the conflict noted.
_ALWAYS_SAID = ("form_factor", "memory_form", "registered_memory", "generation", "has_igpu", "type")


def _careful(name: str, mine: Any, theirs: Any, identity: bool) -> Any:
    if name in twins.CERTAIN:
        return tuple(v for v in mine if _plain(v) in {_plain(t) for t in theirs})
    if name in _ALWAYS_SAID or name == "chip_count" or identity:
        return mine
    return None


def shells(items: Iterable[Mended], ours: Iterable[Part]) -> None:
    """Fill what a case does not say from those of its maker, its name and its size on all sides.

    Editions, colours and panels of one shell: of a measure the least that any of them has.
    """
    held: dict[tuple[Any, ...], list[Part]] = {}
    mine = [item for item in items if item.part.kind == "case" and item.same_as is None]
    for part in (*(item.part for item in mine), *ours):
        held.setdefault(_shell(part), []).append(part)
    for item in mine:
        part, changes = item.part, dict[str, Any]()
        near = [p for p in held[_shell(part)] if _one_name(part, p)]
        near = [p for p in near if not twins.differing(part, p, ("expansion_slots",))]
        for name in twins.telling("shell")["case"]:
            said = [value for p in near if twins.known(value := getattr(p, name))]
            sure = said and (
                isinstance(said[0], float | int) or all(equal(said[0], v) for v in said)
            )
            if sure and not twins.known(getattr(part, name)):
                changes[name] = min(said)
                item.notes.append(Note(name, "", shown(min(said)), "mended", "of-one-shell"))
        item.part = dataclasses.replace(part, **changes)


def _shell(part: Any) -> tuple[Any, ...]:
    sides = (part.width_mm, part.height_mm, part.depth_mm)
    return (_plain(part.brand or ""), *(round(s / 5) for s in sides)) if all(sides) else (part.id,)


@dataclass
class Embedded:
    """Our own parts of one kind, found by the rare words of their names."""

    parts: tuple[Part, ...]
    chips: Mapping[str, Chip]
    index: dict[str, list[Part]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in self.parts:
            claims = claims_of(part.name)
            for word in claims.words | claims.codes:
                self.index.setdefault(word, []).append(part)
        most = max(2, _RARE * len(self.parts))
        self.index = {w: p for w, p in self.index.items() if len(p) <= most}

    def same(self, part: Part) -> Part | None:
        """The row that the imported part's name means, among those it does not contradict."""
        claims = claims_of(part.name)
        near: dict[str, Part] = {}
        for word in claims.words | claims.codes:
            near.update({p.id: p for p in self.index.get(word, ())})
        rows = [p for p in near.values() if _contradicts(p, part) is None]
        found = resolve(part.kind, part.name, rows, self.chips).part if rows else None
        return None if found is None else near[found.id]


# Told in words of one's own on either side, so never equal.
_OWN_WORDS = frozenset(("sockets", "released"))


def _differences(ours: Part, theirs: Part) -> Iterator[tuple[str, Any, Any]]:
    for name in twins.facts_of(ours.kind):
        a, b = getattr(ours, name), getattr(theirs, name)
        structured = isinstance(a, tuple) and a and not isinstance(a[0], str)
        if not twins.known(a) or not twins.known(b) or structured or name in _OWN_WORDS:
            continue
        if name == "generation":
            a, b = (generation_key(g, getattr(ours, "socket", "")) for g in (a, b))
        if name == "form_factor" and ours.kind == "case":
            continue
        if not equal(a, b, _TOLERANCE.get(name, 0.01)):
            yield name, a, b


def _other_product(ours: Part, theirs: Part) -> bool:
    if "tray" in theirs.name.lower() and getattr(ours, "includes_cooler", None):
        return True  # tray and boxed processors have one name
    for name, most in twins.MEASURES[ours.kind]:
        a, b = getattr(ours, name), getattr(theirs, name)
        if a is not None and b is not None and abs(a - b) > most:
            return True
    return False


def beside_embedded(
    items: Iterable[Mended],
    tables: Mapping[str, Embedded],
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Mark the items that are parts of our own tables, and note where the facts differ."""
    for item in items:
        tick()
        ours = tables[item.part.kind].same(item.part)
        if ours is None:
            continue
        for name, a, b in _differences(ours, item.part):
            note = Note(name, shown(b), shown(a), "conflict", "differs-from-embedded")
            item.notes.append(note)
        if not _other_product(ours, item.part):
            item.same_as = ours.id
