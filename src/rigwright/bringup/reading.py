"""Lines -> parts with facts, by the tables of ``data/``; nothing here knows a tool.

A *record* is a part being read. A line of ``lines.csv`` opens one, or tells facts of the open one;
a key of ``keys.csv`` (the last words of a path) tells a fact of the open record, or of any where
it ``opens``, which is how a paste without its head is read.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rigwright.bringup.found import Found, FoundPart
from rigwright.bringup.lines import Line, lines_of
from rigwright.bringup.tabular import Table, ruled, table_of
from rigwright.bringup.values import READERS, nothing
from rigwright.spec.tables.table import records

DATA = Path(__file__).parent / "data"
MATCHED_CHARS = 400
"""Of a line; so no pattern takes long on text that means harm."""
RECORDS_MAX, WAITING_MAX = 4000, 40
SINGLE = frozenset(("software", "cpu", "board", "bios", "system", "memory", "listing"))


@functools.cache
def _keys() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in records(DATA / "keys.csv"):
        found.setdefault(row["path"], []).append(row)
    return found


@functools.cache
def _patterns() -> list[tuple[str, dict[str, str], re.Pattern[str]]]:
    return [(row["has"], row, re.compile(row["pattern"])) for row in records(DATA / "lines.csv")]


@functools.cache
def _readers() -> dict[str, str]:
    return {row["fact"]: row["reader"] for row in records(DATA / "facts.csv")}


@dataclass
class _Record:
    kind: str
    implicit: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)

    def put(self, name: str, text: str) -> None:
        reader = _readers().get(f"{self.kind}.{name}", "text")
        value = None if nothing(text) and reader not in ("tally", "bytes", "raw") else (
            READERS[reader](text))  # fmt: skip
        if value is None or value == "":
            return
        if reader == "many_mib":
            value = (*self.facts.get(name, ()), value)[:64]
        elif reader in ("sum", "tally"):
            value += self.facts.get(name, 0)
        elif name in self.facts and not str(self.facts[name]).endswith("..."):  # a table cut it
            return
        self.facts[name] = value


class _Reader:
    def __init__(self) -> None:
        self.records: list[_Record] = []
        self.begin()

    def begin(self) -> None:
        self.current: _Record | None = None
        self.waiting: list[tuple[str, str]] = []
        self.head = self.last = ""
        self.table: Table | None = None

    def open(self, kind: str, known: Mapping[str, str], implicit: bool = False) -> _Record:
        """The record of this identity, or a new one; it is the current one then."""
        found = self._same(kind, known)
        if found is None:
            found = _Record(kind, implicit)
            self.records += [found] if len(self.records) < RECORDS_MAX else []
        if kind != "log":
            self.current = found
        for name, text in known.items():
            found.put(name, text)
        return found

    def _same(self, kind: str, known: Mapping[str, str]) -> _Record | None:
        if kind in SINGLE:
            return next((r for r in self.records if r.kind == kind), None)
        probe, of = _Record(kind), [r for r in self.records if r.kind == kind != "log"]
        for name in ("address", "index", *(() if kind == "gpu" else ("name",))):
            probe.put(name, known.get(name, ""))
        who = probe.facts
        fits = [r for r in of if all(r.facts.get(k, v) == v for k, v in who.items())]
        same = [r for r in fits if any(r.facts.get(k) == v for k, v in who.items())]
        if kind == "gpu" and len(who) == 1:  # one text counts cards, another has their addresses
            same += [
                r for r in fits if len({"address", "index"} & r.facts.keys() - who.keys()) == 1
            ]
        return same[0] if same else None

    def line(self, line: Line) -> None:
        text, path, value = line
        if "--" in text and re.fullmatch(r"\s*-{2,}(?: +-{2,})+\s*", text[:MATCHED_CHARS]):
            self.table = ruled(self.last[:MATCHED_CHARS], text[:MATCHED_CHARS]) or self.table
        self.last = text
        if self.table is not None:
            rows = self.table.read(text)
            for kind, known in rows or ():
                self.open(kind, known)
                self.current = None
            if rows:
                return
            self.table = self.table if rows is not None else None
        if not text:
            self.current = None if self.current and self.current.implicit else self.current
            self.waiting.clear()
        elif not self._matched(text[:MATCHED_CHARS]):
            self.table = table_of(text) or self.table
            if self.head and self.current is not None:
                path, value, self.head = (self.head,), text.strip(), ""
            if path and value:
                self._keyed(path, value)

    def _matched(self, text: str) -> bool:
        low, done = text.lower(), ""
        for has, row, pattern in _patterns():
            if has not in low or (done and row["kind"] not in ("log", done)):
                continue
            if found := pattern.search(text):
                self._facts(row, {k: v for k, v in found.groupdict().items() if v is not None})
                done = done or (row["kind"] if row["kind"] != "log" else "")
        return bool(done)

    def _facts(self, row: Mapping[str, str], known: dict[str, str]) -> None:
        kind, now = row["kind"], self.current
        key, value, head = (known.pop(k, "") for k in ("_key", "_value", "_head"))
        if kind == "none":
            self.current, self.waiting = None, []
        elif row["opens"] == "yes":
            self.open(kind, known)
        elif now is not None and now.kind == kind:
            for name, text in known.items():
                now.put(name, text)
        elif kind == "gpu" and known:
            self.open(kind, known, implicit=True)
        if key and value:
            self._keyed((key.lower().replace("_", " ").strip(),), value)
        self.head = head.replace("_", " ") or self.head

    def _keyed(self, path: tuple[str, ...], value: str) -> None:
        if any(key.startswith("mig device") for key in path[:-1]):
            path = (f"mig {path[-2]}/{path[-1]}",)
        tails = ("/".join(path[-n:]) for n in (3, 2, 1))
        rows = next((found for tail in tails if (found := _keys().get(tail))), [])
        now = self.current
        row = next((r for r in rows if now is not None and r["kind"] == now.kind), None)
        row = row or next((r for r in rows if r["opens"] == "yes"), None)
        if row is None:
            self.waiting += [(path[-1], value)] if now is None else []
            del self.waiting[WAITING_MAX:]
            return
        if now is None or now.kind != row["kind"]:
            now = self._implicit(row["kind"])
        elif now.implicit and row["path"] in now.paths and now.kind not in SINGLE:
            self.current = None
            now = self.open(row["kind"], {}, implicit=True)
        now.paths.add(row["path"])
        now.put(row["fact"], value)

    def _implicit(self, kind: str) -> _Record:
        """A record without a head, with what stood above its first telling key."""
        before, self.waiting, back = self.waiting, [], self.current
        record = self.open(kind, {}, implicit=True)
        for key, value in before:
            for known in (r for r in _keys().get(key, ()) if r["kind"] == kind):
                record.paths.add(known["path"])
                record.put(known["fact"], value)
        self.current = back if kind in SINGLE and back is not None else record
        return record


def read_texts(texts: Iterable[str]) -> Found:
    """What texts of any tools, in any mixture, show of one machine. Never raises for a text."""
    reader = _Reader()
    for text in texts:
        reader.begin()
        for line in lines_of(text):
            reader.line(line)
    return Found(tuple(FoundPart(r.kind, r.facts) for r in reader.records if r.facts))


def part_of(kind: str, facts: Mapping[str, Any]) -> FoundPart:
    """A part whose facts were written down before, each through its reader again."""
    record = _Record(kind)
    for name, value in facts.items():
        times = min(int(value), 64) if _readers().get(f"{kind}.{name}") == "tally" else 1
        for one in value if isinstance(value, list) and name == "slice_bytes" else (value,) * times:
            record.put(str(name), f"{one} B" if str(name).endswith("_bytes") else str(one))
    return FoundPart(kind, record.facts)
