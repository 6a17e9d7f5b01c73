"""Labelled lines for the score of name resolution, from ../shared and from the market itself."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.catalog import source
from rigwright.catalog.identify import KINDS
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.paste import read_list
from rigwright.catalog.paste.counts import quantity_of
from rigwright.spec.parts import Part
from rigwright_accuracy.measured import SHARED, WORDS, SharedDataMissingError, cells_of

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
