"""Score of name resolution on lines that people wrote and on lines that mean nothing.

    python tools/names_score.py                # imports ../shared/data/opendb.tar.zst first (20 s)
    python tools/names_score.py --db FILE      # an imported catalogue
    python tools/names_score.py --list wrong   # the lines behind a column, for judging by hand

Deterministic. Exit 2 when the labelled lines (RIGWRIGHT_SHARED) are not there; 1 when a line got
a part that it does not mean.
"""

from collections import Counter
from collections.abc import Iterable

from rigwright.catalog import source, tables
from rigwright.catalog.identify import identify
from rigwright.catalog.lookup import candidates
from rigwright.catalog.names.claims import claims_of
from rigwright.catalog.names.resolve import Resolution, compare, resolve
from rigwright.catalog.names.twins import IDENTITY, differing
from rigwright.catalog.source import embedded_ids
from rigwright.spec.parts import Chip, Part
from rigwright_accuracy.errors import grid
from rigwright_accuracy.names import sets as namesets
from rigwright_accuracy.names.sets import Labelled

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
    lines = [Labelled(p.kind, p.name, (p.id,), f"name:{p.id}") for p in namesets.sample(count)]
    return answers(lines, {})


def left_out(count: int, notes: Notes) -> list[Outcome]:
    """Names of parts that were taken out of the catalogue: nothing, or a twin, is right."""
    chips, found = source.by_id(Chip), []
    for part in namesets.sample(count):
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
    notes = namesets.judged()
    lines, due = namesets.list_lines()
    builds = namesets.build_rows()
    rows = {
        "lines of pasted lists": answers(lines, notes),
        "parts of published builds": answers(builds, notes),
        "the same, our tables alone": own_only(builds, notes),
        "shop names": answers(namesets.shop_names(), notes),
        "every part by its own name (sample)": names_of_parts(size),
        "parts that were taken out (sample)": left_out(size, notes),
        "one digit of the model changed": answers(namesets.digit_changed(size), notes),
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
