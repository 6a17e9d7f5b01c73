"""Score of name resolution on lines that people wrote and on lines that mean nothing.

    python tools/names_score.py                # imports ../shared/data/opendb.tar.zst first (20 s)
    python tools/names_score.py --db FILE      # an imported catalogue
    python tools/names_score.py --list wrong   # the lines behind a column, for judging by hand

Deterministic. Exit 2 when the labelled lines (RIGWRIGHT_SHARED) are not there; 1 when a line got
a part that it does not mean.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.catalog import source, tables
from rigwright.catalog.identify import KINDS, identify
from rigwright.catalog.lookup import candidates
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.resolve import Resolution, compare, resolve
from rigwright.catalog.names.twins import IDENTITY, differing
from rigwright.catalog.paste import read_list
from rigwright.catalog.paste.counts import quantity_of
from rigwright.catalog.source import embedded_ids
from rigwright.spec.parts import Chip, Part
from rigwright_accuracy.errors import grid
from rigwright_accuracy.measured import SHARED, WORDS, SharedDataMissingError, cells_of

# -- labelled lines ------------------------------------------------------------------------
LABELS: dict[str, str] = WORDS["categories"]
JUDGED = Path(__file__).with_name("judged.csv")


Record = dict[str, Any]  # a part of a published build, as its file has it


@dataclass(frozen=True)
class Labelled:
    """A line and what it means: ids of OpenDB records, or none where nobody could tell.

    place : where the line stands, for the judgements by hand. chip : told for a bare chip name.
    """

    kind: str
    text: str
    ids: tuple[str, ...]
    place: str
    chip: str | None = None


def _rows() -> list[tuple[str, int, Record]]:
    file = SHARED / "fit" / "builds.jsonl"
    if not file.exists():
        raise SharedDataMissingError(f"{file} is not there")
    builds = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [(b["id"], i, p) for b in builds for i, p in enumerate(b["parts"])]


def _labelled(build: str, row: int, part: Record, text: str) -> Labelled:
    ids = [i for i in (part.get("opendb_id"), *part.get("opendb_alternatives", ())) if i]
    chip = part.get("gpu_chip") if part.get("opendb_match") == "chip-level record" else None
    return Labelled(LABELS[part["category"]], text, tuple(ids), f"{build}:{row}", chip)


def build_rows() -> list[Labelled]:
    """The parts of published builds, as their authors wrote them; counts go first, as in check."""
    return [
        _labelled(build, row, part, quantity_of(part["text"])[1])
        for build, row, part in _rows()
        if part["category"] in LABELS
    ]


def list_lines() -> tuple[list[Labelled], int]:
    """Lines of the pasted lists with the label of their row, and how many labelled rows there are.

    Lists without labels are read too: what they give is judged by hand.
    """
    from rapidfuzz import fuzz

    rows: dict[str, list[tuple[int, Record]]] = {}
    for build, row, part in _rows():
        rows.setdefault(build, []).append((row, part))
    found, due = [], 0
    for file in sorted((SHARED / "fit" / "lists").glob("*.txt")):
        build = file.name.split(".")[-2]
        left = [(i, p) for i, p in rows.get(build, ()) if p["category"] in LABELS]
        due += len(left)
        for at, line in enumerate(read_list(file.read_text(encoding="utf-8"), file.name)):
            if build not in rows and line.kind in KINDS:
                found.append(Labelled(str(line.kind), line.text, (), f"{file.name[:2]}:{at}"))
            mine = [x for x in left if LABELS[x[1]["category"]] == line.kind]
            if mine:
                best = max(mine, key=lambda x: fuzz.ratio(x[1]["text"], line.text))
                left.remove(best)
                found.append(_labelled(build, best[0], best[1], line.text))
    return found, due


def shop_names() -> list[Labelled]:
    """Shop listings and the records they were matched with, by name and specifications."""
    file = SHARED / "data" / "part_prices_2025-07.csv.gz"
    if not file.exists():
        raise SharedDataMissingError(f"{file} is not there")
    ids: dict[tuple[str, str], list[str]] = {}
    for row in cells_of(file):
        if kind := LABELS.get(row["category"]):
            ids.setdefault((kind, row["name"]), []).append(row["opendb_id"])
    return [Labelled(k, name, tuple(i), f"shop:{i[0]}") for (k, name), i in ids.items()]


def sample(count: int, seed: int = 5) -> list[Part]:
    """Random parts of all kinds."""
    parts = [p for kind in KINDS for p in source.load(source.TYPES[kind])]
    return random.Random(seed).sample(parts, min(count, len(parts)))


def digit_changed(count: int, seed: int = 6) -> Iterator[Labelled]:
    """Names with one digit of the model changed, so that no part of the kind has that word."""
    dice = random.Random(seed)
    words = {
        kind: {w for p in source.load(source.TYPES[kind]) for w in claims_of(p.name, kind).order}
        for kind in KINDS
    }
    for part in sample(count, seed):
        order = claims_of(part.name, part.kind).order
        models = [w for w in order if re.search(r"[a-z]\d|\d[a-z]", w) and w in part.name.lower()]
        if not models:
            continue
        model = dice.choice(models)
        at = dice.choice([m.start() for m in re.finditer(r"\d", model)])
        other = model[:at] + str((int(model[at]) + dice.randint(1, 9)) % 10) + model[at + 1 :]
        if other not in words[part.kind]:
            text = re.sub(re.escape(model), other, part.name, count=1, flags=re.I)
            yield Labelled(part.kind, text, (), f"digit:{part.id}")


def judged() -> dict[tuple[str, str], str]:
    """(place, part) -> what a person said of that answer where a label is missing or narrow."""
    return {(r["place"], r["part"]): r["verdict"] for r in cells_of(JUDGED)}


COLUMNS = ("lines", "exact", "same product", "chip", "in top 5", "not found", "no label", "wrong")
Outcome = tuple[str, Labelled, Resolution]
Notes = dict[tuple[str, str], str]  # (place, part) -> what a person said of it


def _meant(line: Labelled) -> set[str]:
    parts = (source.part(line.kind, i) for i in line.ids)
    return {p.id for p in parts if p is not None}


def _one_product(a: Part, b: Part) -> bool:
    """Two listings: no fact differs, or each is called by the other's name and identity agrees."""
    if not differing(a, b):
        return True
    chip = source.by_id(Chip).get(getattr(a, "chip", ""))
    pairs = ((a, b), (b, a))
    named = all(compare(x, claims_of(y.name, y.kind), chip).agrees for x, y in pairs)
    return named and not differing(a, b, IDENTITY[a.kind])


def outcome(line: Labelled, hit: Resolution, known: set[str], notes: Notes) -> str:
    """The column an answer counts in. known : ids of the parts that the line means."""
    if hit.part is None:
        if line.chip is not None:
            right = hit.chip is not None and line.chip.lower() in hit.chip.name.lower()
            return "chip" if right else "wrong"
        if not known:
            return "no label"
        near = {p.id for p in hit.candidates[:5]}
        return "in top 5" if near & known else "not found"
    verdict = notes.get((line.place, hit.part.id))
    if hit.part.id in known or verdict == "right":
        return "exact"
    meant = (source.part(line.kind, i) for i in line.ids)
    if verdict == "same" or any(p is not None and _one_product(hit.part, p) for p in meant):
        return "same product"
    return "wrong"


def answers(lines: Iterable[Labelled], notes: Notes) -> list[Outcome]:
    """Outcome of every line on the catalogue in use."""
    found = []
    for line in lines:
        hit = identify(line.kind, line.text)
        known = {i for i in _meant(line) if source.part(line.kind, i) is not None}
        found.append((outcome(line, hit, known, notes), line, hit))
    return found


def own_only(lines: Iterable[Labelled], notes: Notes) -> list[Outcome]:
    """The same on the embedded tables alone; labels are known by the imported catalogue."""
    chips = source.by_id(Chip)
    found = []
    for line in lines:
        ours = embedded_ids(line.kind)
        table = tables.load(source.TYPES[line.kind])
        hit = resolve(line.kind, line.text, table, chips, ours)
        found.append((outcome(line, hit, _meant(line) & ours, notes), line, hit))
    return found


def names_of_parts(count: int) -> list[Outcome]:
    """Every part by its own name."""
    lines = [Labelled(p.kind, p.name, (p.id,), f"name:{p.id}") for p in sample(count)]
    return answers(lines, {})


def left_out(count: int, notes: Notes) -> list[Outcome]:
    """Names of parts that were taken out of the catalogue: nothing, or a twin, is right."""
    chips, found = source.by_id(Chip), []
    for part in sample(count):
        kind = part.kind
        rows = [p for p in candidates(kind, part.name) if p.id != part.id]
        hit = resolve(kind, part.name, rows, chips, embedded_ids(kind))
        line = Labelled(kind, part.name, (part.id,), f"out:{part.id}")
        known = {p.id for p in rows if p.name.lower() == part.name.lower()}
        what = outcome(line, hit, known, notes)
        found.append(("no label" if what == "not found" else what, line, hit))
    return found


def score(database: str, size: int, listed: str | None) -> int:
    """Print the table. Returns how many lines got a wrong part."""
    source.use(database)
    notes = judged()
    lines, due = list_lines()
    builds = build_rows()
    rows = {
        "lines of pasted lists": answers(lines, notes),
        "parts of published builds": answers(builds, notes),
        "the same, our tables alone": own_only(builds, notes),
        "shop names": answers(shop_names(), notes),
        "every part by its own name (sample)": names_of_parts(size),
        "parts that were taken out (sample)": left_out(size, notes),
        "one digit of the model changed": answers(digit_changed(size), notes),
    }
    met = sum(1 for line in lines if line.ids or not line.place[:2].isdigit())
    print(f"{met} of {due} labelled lines of pasted lists were read as parts of the right kind.\n")
    counts = {name: Counter(what for what, _, _ in found) for name, found in rows.items()}
    cells = (
        (name, f"{count.total():,}", *(f"{count[c]:,}" for c in COLUMNS[1:]))
        for name, count in counts.items()
    )
    print(grid(("set", *COLUMNS), cells))
    for name, found in rows.items() if listed else ():
        for what, line, hit in found:
            if what == listed:
                got = (hit.part.id, hit.part.name) if hit.part else ("-", hit.near[:5])
                print(f"{name}\n  {line.place} {line.kind}: {line.text}\n  -> {got[0]}: {got[1]}")
    return sum(count["wrong"] for count in counts.values())
