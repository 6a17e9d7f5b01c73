"""Use cases: import a catalogue, report on it, explain one of its parts."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rigwright.catalog import source
from rigwright.catalog.store.location import shown
from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.spec.parts import Part

SOURCES = ("opendb",)
Step = Callable[[str, int, int], None]
LISTED = 100_000
_OWN = ("id", "name", "brand", "source", "source_date")


@dataclass(frozen=True, slots=True)
class KindCount:
    """Records of one kind: ``parts`` + ``merged`` + ``embedded`` + refused ones = ``records``."""

    kind: str
    records: int
    parts: int
    merged: int
    embedded: int


@dataclass(frozen=True, slots=True)
class FactFill:
    """How often a fact is there: said by the source, trusted by us, and what was done to it."""

    kind: str
    fact: str
    parts: int
    said: int
    trusted: int
    mended: int
    distrusted: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule of ours changed or refused a value."""

    rule: str
    action: str
    times: int
    why: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One change: what the source said, what stands now, which rule did it."""

    kind: str
    part_id: str
    fact: str
    raw: str
    value: str
    action: str
    rule: str


@dataclass(frozen=True, slots=True)
class CatalogReport:
    """The imported catalogue that serves now."""

    database: str
    source: str
    origin: str
    imported_at: str
    licence: str
    attribution: str
    kinds: tuple[KindCount, ...]
    others: dict[str, int]
    facts: tuple[FactFill, ...]
    rules: tuple[RuleCount, ...]
    conflicts: tuple[NoteLine, ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()
    licence_text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact of a part and what was done to it."""

    fact: str
    value: Any
    notes: tuple[NoteLine, ...]


@dataclass(frozen=True, slots=True)
class PartReport:
    """Every fact of a part, with the rule behind each change.

    embedded : the facts are those of our own table; the notes tell of a merged record.
    """

    kind: str
    part: Part
    embedded: bool
    facts: tuple[FactLine, ...]
    attribution: tuple[str, ...]


def database() -> str:
    """URL of the database in use. Raises InputError when the user turned it off."""
    url = source.chosen_url()
    if url is None:
        raise InputError("database", "RIGWRIGHT_DB", "none", "a database", "--db FILE")
    return url


def import_catalog(name: str, path: Path, step: Step) -> CatalogReport:
    """Import a catalogue and report on it. Raises InputError; then nothing has changed."""
    if name not in SOURCES:
        raise InputError("catalog import", "SOURCE", name, ", ".join(SOURCES))
    from rigwright.catalog.opendb.importing import import_opendb

    import_opendb(path, database(), step)
    source.forget()
    return report()


def report(kind: str | None = None, *, listed: int = LISTED) -> CatalogReport:
    """The serving import; ``kind`` narrows facts, rules and conflicts to one kind of part.

    Raises InputError when there is none, or for a kind that has no table.
    """
    if kind is not None and kind not in source.TYPES:
        raise InputError("catalog report", "--kind", kind, ", ".join(source.TYPES))
    url = database()
    held = source.rows(
        "SELECT source, origin, imported_at, licence, attribution, counts, licence_text"
        f" FROM imports WHERE {source.SERVING.replace('import_id', 'id', 1)}"
    )
    if not held:
        hint = "rigwright catalog import opendb PATH"
        raise InputError(shown(url), "catalog", "no import", "an imported catalogue", hint)
    name, origin, at, licence, attribution, counts, text = held[0]
    told = json.loads(counts)
    only = "" if kind is None else " AND kind = :kind"
    place = {} if kind is None else {"kind": kind}
    rejected = source.rows(
        f"SELECT path, reason FROM rejects WHERE {source.SERVING} ORDER BY number LIMIT :most",
        most=listed,
    )
    clashes = f"action = 'conflict'{only} ORDER BY number LIMIT :most"
    return CatalogReport(
        database=shown(url), source=name, origin=origin, imported_at=at, licence=licence,
        attribution=attribution,
        kinds=tuple(KindCount(k, **told["kinds"][k]) for k in told["kinds"]),
        others=told["others"], facts=_facts(told, kind), rules=_rules(only, place),
        conflicts=_notes(clashes, most=listed, **place),
        rejected=tuple((path, reason) for path, reason in rejected), licence_text=text,
    )  # fmt: skip


def _notes(which: str, **place: Any) -> tuple[NoteLine, ...]:
    columns = "kind, part_id, field, raw, value, action, rule"
    asked = f"SELECT {columns} FROM notes WHERE {source.SERVING} AND {which}"
    return tuple(NoteLine(*row) for row in source.rows(asked, **place))


def _facts(told: dict[str, Any], only: str | None) -> tuple[FactFill, ...]:
    done: dict[tuple[str, str, str], int] = {
        (kind, fact, action): count
        for kind, fact, action, count in source.rows(
            "SELECT kind, field, action, count(DISTINCT part_id) FROM notes"
            f" WHERE {source.SERVING} GROUP BY kind, field, action"
        )
    }
    found = []
    for kind, facts in told["facts"].items():
        total = told["kinds"][kind]["parts"] + told["kinds"][kind]["embedded"]
        for fact, (said, trusted) in facts.items():
            if only not in (None, kind):
                continue
            changed = (done.get((kind, fact, a), 0) for a in ("mended", "distrusted", "conflict"))
            found.append(FactFill(kind, fact, total, said, trusted, *changed))
    return tuple(found)


def _rules(only: str, place: dict[str, str]) -> tuple[RuleCount, ...]:
    from rigwright.catalog.opendb.record import RULES

    counted = source.rows(
        f"SELECT rule, action, count(*) FROM notes WHERE {source.SERVING}{only}"
        " GROUP BY rule, action ORDER BY count(*) DESC, rule",
        **place,
    )
    return tuple(RuleCount(rule, action, n, RULES.get(rule, "")) for rule, action, n in counted)


def explain(kind: str, text: str) -> PartReport:
    """Every fact of the part that a name, part number or id means.

    Raises InputError for a kind without a table, UnknownNameError when no one part is meant.
    """
    from rigwright.catalog.identify import identify

    if kind not in source.TYPES or kind == "chip":
        kinds = ", ".join(k for k in source.TYPES if k != "chip")
        raise InputError("catalog part", "KIND", kind, kinds, "card")
    part = source.part(kind, text.strip()) or identify(kind, text).part
    if part is None:
        raise UnknownNameError(kind, text, identify(kind, text).near[:3])
    lines = _notes(
        "kind = :kind AND (part_id = :id OR part_id IN (SELECT alias FROM aliases WHERE"
        f" {source.SERVING} AND kind = :kind AND part_id = :id)) ORDER BY number",
        kind=kind,
        id=part.id,
    )
    names = [f.name for f in dataclasses.fields(part) if f.name not in _OWN]
    facts = tuple(
        FactLine(n, getattr(part, n), tuple(x for x in lines if x.fact == n)) for n in names
    )
    ours = part.id in source.embedded_ids(kind)
    notices = source.attribution() if lines or not ours else ()
    return PartReport(kind, part, ours, facts, notices)
