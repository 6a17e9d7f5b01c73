"""The whole import: read, check, mend, merge, set beside our own tables, write, publish."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rigwright.catalog.names.tokens import LONGEST, tokens
from rigwright.catalog.names.twins import facts_of, telling
from rigwright.catalog.opendb.archive import Entry, entries
from rigwright.catalog.opendb.mend import board, card, housing, memory, processor
from rigwright.catalog.opendb.mend.card import Chips
from rigwright.catalog.opendb.merge import Embedded, Mended, beside_embedded, merged, shells
from rigwright.catalog.opendb.record import (
    KINDS,
    Record,
    RefusedError,
    checked,
    common,
    part_numbers,
)
from rigwright.catalog.store.codec import encode
from rigwright.catalog.tables import by_id, load
from rigwright.spec.errors import InputError
from rigwright.spec.parts import PART_TYPES, Card, Case, Chip, Part

# -- one raw record to one trusted part, with a note for every value that was changed ------
_FACTS: dict[str, Callable[[Record], dict[str, Any]]] = {
    "cpu": processor.cpu, "board": board.board, "ram": memory.ram, "drive": memory.drive,
    "psu": housing.psu, "case": housing.case, "cooler": housing.cooler,
}  # fmt: skip
# Without these a record says too little to be a part of its kind.
NEEDED = telling("needed")
TYPES = {t.kind: t for t in PART_TYPES}


def mend(record: Record, chips: Chips) -> Part:
    """The part. Raises RefusedError when the record lacks what makes a part of its kind."""
    facts = card.card(record, chips) if record.kind == "card" else _FACTS[record.kind](record)
    part = TYPES[record.kind](**facts, **common(record))
    for fact in NEEDED[record.kind]:
        if facts[fact] in (None, ""):
            rules = [n.rule for n in record.notes if n.field == fact and n.action == "distrusted"]
            raise RefusedError(f"says nothing on {fact}" + (f" ({rules[0]})" if rules else ""))
    return part


SOURCE = "opendb"
LICENCE = "Open Data Commons Attribution License (ODC-By) v1.0"
LICENCE_URL = "https://opendatacommons.org/licenses/by/1-0/"
ATTRIBUTION = (
    "Contains information from BuildCores OpenDB (https://github.com/buildcores/buildcores-open-db),"
    " which is made available under the ODC Attribution License (ODC-By) v1.0."
)
_LICENCE_FILES = ("license", "license.md", "license.txt", "licence", "opendb.license.txt")
REJECTS_MAX = 50_000

Step = Callable[[str, int, int], None]
"""Called with (what is being done, done, all)."""


@dataclass
class Reading:
    """What an archive held. ``kinds``: records per folder; ``rejects``: (path, reason)."""

    items: list[Mended] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    rejects: list[tuple[str, str]] = field(default_factory=list)
    licence_text: str = ""

    def refuse(self, path: str, reason: str) -> None:
        """List a record that is not used."""
        if len(self.rejects) < REJECTS_MAX:
            self.rejects.append((path, reason))
        self.others["rejected"] += 1


def read(path: Path, step: Step = lambda what, done, total: None) -> Reading:
    """Every record of an archive, mended; bad ones are listed.

    Raises InputError when the archive cannot be read or holds no record at all.
    """
    found = Reading()
    chips = Chips.of(load(Chip), load(Card))
    for entry in entries(path, lambda done, total: step("reading", done, total)):
        _take(found, entry, chips)
    if not found.kinds:
        allowed = f"folders {', '.join(KINDS)} with one JSON file per part"
        raise InputError(str(path), "PATH", "no part records", allowed)
    return found


def _take(found: Reading, entry: Entry, chips: Chips) -> None:
    name = entry.path.rstrip("/").split("/")[-1].lower()
    if entry.data is None:
        found.refuse(entry.path, entry.reason)
        return
    if not name.endswith(".json"):
        if name in _LICENCE_FILES and not found.licence_text:
            found.licence_text = entry.data.decode("utf-8", "replace")[:100_000]
        return
    try:
        record = checked(entry.path, entry.data)
        if record is None:
            found.others["of other kinds"] += 1
            return
        found.kinds[record.kind] += 1
        part = mend(record, chips)
    except RefusedError as reason:
        found.refuse(entry.path, str(reason))
        return
    numbers = part_numbers(record.raw("metadata.part_numbers"))
    notes = list(dict.fromkeys(record.notes))
    found.items.append(Mended(part, numbers, notes, frozenset(record.present)))


def assembled(found: Reading, step: Step = lambda what, done, total: None) -> list[Mended]:
    """Duplicates joined and parts of our own tables marked."""
    heads = merged(found.items)
    chips = by_id(Chip)
    tables = {kind: Embedded(load(TYPES[kind]), chips) for kind in KINDS.values()}
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if done % 200 == 0:
            step("comparing", done, len(heads))

    beside_embedded(heads, tables, tick)
    shells(heads, load(Case))
    return heads


def rows_of(heads: list[Mended], day: dt.date) -> dict[str, list[dict[str, Any]]]:
    """Rows of each table. day : when records without a check of their own are said to be read."""
    parts: list[dict[str, Any]] = []
    words: dict[tuple[str, str], list[int]] = {}
    notes: list[dict[str, Any]] = []
    for item in heads:
        part = item.part
        if part.source_date == dt.date.min:
            part = replace(part, source_date=day)
        for note in item.notes:
            place = {"number": len(notes), "kind": part.kind, "part_id": part.id}
            fields = ("field", "raw", "value", "action", "rule")
            notes.append({**place, **{f: getattr(note, f) for f in fields}})
        if item.same_as is not None:
            continue
        serial = len(parts)
        facts = {"kind": part.kind, "id": part.id, "name": part.name, "facts": encode(part)}
        parts.append({"serial": serial, **facts})
        for word in sorted(tokens(part.name) | {n[:LONGEST] for n in item.numbers}):
            words.setdefault((part.kind, word), []).append(serial)
    return {
        "parts": parts,
        "notes": notes,
        "words": [
            {"kind": kind, "word": word, "serials": json.dumps(serials, separators=(",", ":"))}
            for (kind, word), serials in words.items()
        ],
        "aliases": list(_aliases(heads)),
    }


def _aliases(heads: list[Mended]) -> Iterator[dict[str, Any]]:
    """Ids of merged records, and part numbers that only one part has."""
    numbers: dict[tuple[str, str], set[str]] = {}
    seen: set[tuple[str, str]] = set()
    for item in heads:
        target = item.same_as or item.part.id
        own = [item.part.id] if item.same_as else []
        for alias in (*own, *item.merged):
            if (item.part.kind, alias) not in seen:
                seen.add((item.part.kind, alias))
                yield {"kind": item.part.kind, "alias": alias, "part_id": target}
        for number in item.numbers:
            numbers.setdefault((item.part.kind, f"pn:{number}"), set()).add(target)
    for (kind, alias), targets in numbers.items():
        if len(targets) == 1:
            yield {"kind": kind, "alias": alias[:120], "part_id": targets.pop()}


def counts_of(found: Reading, heads: list[Mended]) -> dict[str, Any]:
    """What the report shows: records and parts per kind, and how often each fact was there."""
    kinds: dict[str, dict[str, int]] = {}
    for kind in KINDS.values():
        mine = [h for h in heads if h.part.kind == kind]
        kinds[kind] = {
            "records": found.kinds[kind],
            "parts": sum(h.same_as is None for h in mine),
            "merged": sum(len(h.merged) for h in mine),
            "embedded": sum(h.same_as is not None for h in mine),
        }
    return {"kinds": kinds, "others": dict(found.others), "facts": _filled(heads)}


def _filled(heads: list[Mended]) -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """kind -> fact -> (said by the source, trusted)."""
    said: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS.values()}
    known: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS.values()}
    for head in heads:
        kind = head.part.kind
        said[kind].update(head.present)
        facts = facts_of(kind)
        known[kind].update(f for f in facts if getattr(head.part, f) not in (None, "", ()))
    return {
        kind: {fact: (said[kind][fact], known[kind][fact]) for fact in facts_of(kind)}
        for kind in KINDS.values()
    }


def import_opendb(
    path: Path, url: str, step: Step = lambda what, done, total: None
) -> list[Mended]:
    """Import an archive into the database. Nothing changes there unless all of it went well.

    Returns what was written, and the parts that our own tables have already.

    Raises InputError for an archive or a database that cannot be used.
    """
    from rigwright.catalog.store import schema, writing

    made = writing.engine(url)
    found = read(path, step)
    heads = assembled(found, step)
    rows = rows_of(heads, dt.date.today())
    rejects = [{"number": i, "path": p, "reason": r} for i, (p, r) in enumerate(found.rejects)]
    about = {
        "source": SOURCE, "origin": path.name or str(path), "licence": f"{LICENCE}, {LICENCE_URL}",
        "licence_text": found.licence_text, "attribution": ATTRIBUTION,
        "imported_at": writing.now(), "counts": counts_of(found, heads),
    }  # fmt: skip
    step("writing", 0, len(rows["parts"]))
    tables = {t.name: t for t in schema.OF_AN_IMPORT}
    rows["rejects"] = rejects
    with writing.transaction(made, url) as connection:
        writing.publish(connection, about, [(tables[name], rows[name]) for name in tables])
    made.dispose()
    step("writing", len(rows["parts"]), len(rows["parts"]))
    return heads
