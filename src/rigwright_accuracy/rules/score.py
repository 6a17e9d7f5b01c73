"""Score the rules on labelled cases, on builds that people published, and on drawn ones.

    python tools/fit_score.py [--db DATABASE] [--list]

Without a database of an imported catalogue many parts of the cases are unknown. ``--list`` also
prints every label that was missed and everything that was said against builds that worked.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import rigwright.fit as fit
from rigwright.catalog.buildfile import build_of_parts
from rigwright.catalog.source import load
from rigwright.plan.parts.checking import check_cases
from rigwright.spec.build import Build, Finding
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Psu, RamKit
from rigwright_accuracy.errors import grid
from rigwright_accuracy.measured import SHARED, WORDS, cells_of

FOLDER = SHARED / "fit"
TROUBLES = Path(__file__).with_name("troubles.csv")
PARTS: list[str] = WORDS["lines"]["parts"]
DRAWN = 200


def records(name: str) -> list[dict[str, Any]]:
    """Lines of a file of cases."""
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def agrees(case: dict[str, Any], verdict: str) -> bool:
    """The label for what the catalogue knows, or the truth where our own tables know more.

    ``conditional`` is our warning; a label ok of lesser severity covers "fits, but ...", a label
    conflict of lesser severity is a loss, which is a warning.  accept : further right answers.
    """
    words = {case["expected"], *case.get("accept", ())}
    if case["expected"] == "unknown":
        words.add({"conditional": "warning"}.get(case["truth"], case["truth"]))
    if case["severity"] != "error" and (case["expected"] == "ok" or "conflict" in words):
        words.add("warning")
    return verdict in words


def row(said: Sequence[tuple[Finding, ...]]) -> tuple[str, ...]:
    """What the rules say of at least one build, as a row of the table: how many there are, may be
    built, are undecided and in conflict, then medians of warnings with a loss and of claims that
    hold.
    """
    words = Counter(fit.verdict(found) for found in said)
    loses = median(sum(f.loses for f in found) for found in said)
    ok = median(sum(f.verdict == "ok" for f in found) for found in said)
    undecided = f"{words['unknown']} ({words['unknown'] / len(said):.0%})"
    counts = (len(said), words["ok"] + words["warning"], undecided, words["conflict"])
    return (*map(str, counts), f"{loses:g}", f"{ok:g}")


def gold(listed: bool) -> None:
    """Labelled cases: agreement, and the two kinds of error that cost money."""
    cases = records("gold.jsonl")
    found = [json.loads(line)["verdict"] for line in check_cases(FOLDER / "gold.jsonl")]
    pairs = list(zip(cases, found, strict=True))
    right = sum(agrees(c, v) for c, v in pairs)
    false_ok = [
        c["id"] for c, v in pairs if v == "ok" and "conflict" in (c["truth"], c["expected"])
    ]
    false_conflict = [c["id"] for c, v in pairs if v == "conflict" and c["truth"] == "ok"]
    heads = ("labelled cases", "agree", "said ok, is a conflict", "said conflict, is ok")
    cells = (len(pairs), f"{right / len(pairs):.1%}", len(false_ok), len(false_conflict))
    print(grid(heads, [cells]))
    for case, verdict in pairs if listed else ():
        if not agrees(case, verdict):
            print(f"- {case['id']} {case['rule']}: label {case['expected']}, said {verdict}")


def build_of(record: dict[str, Any], *, ids: bool = True) -> Build:
    """A published build as its author listed it. ids : parts by their id where it is known."""
    return build_of_parts(
        [
            {
                "category": part["category"],
                "name": part["text"],
                "qty": part.get("qty") or 1,
                "opendb_id": part.get("opendb_id") if ids else None,
            }
            for part in record["parts"]
            if part["category"] in PARTS
        ]
    )


def drawn(seed: int) -> Build:
    """A build whose parts were drawn by chance, of one platform: what somebody might list."""
    r = random.Random(seed)
    board = r.choice(load(Board))
    cpus = [c for c in load(Cpu) if c.socket == board.socket] or [r.choice(load(Cpu))]
    kits = [k for k in load(RamKit) if (k.type, k.form) == (board.memory_type, board.memory_form)]
    card = r.choice(load(Card))
    chips = tuple(c for c in load(Chip) if c.id == card.chip)
    return Build(
        cpu=r.choice(cpus), cooler=r.choice(load(Cooler)), board=board,
        ram=(r.choice(kits),) if kits else (), cards=(card,), chips=chips,
        drives=(r.choice(load(Drive)),), psu=r.choice(load(Psu)), case=r.choice(load(Case)),
        whole=True,
    )  # fmt: skip


def troubles(listed: bool) -> tuple[int, int, float]:
    """Troubles that builders reported and a list shows; how many a warning or conflict names.

    Beside them the median of warnings with a loss on builds that report none. What was cured
    before the list was written, or has nothing to do with parts, is not in the table.
    """
    said = {r["id"]: fit.check(build_of(r)) for r in records("builds.jsonl")}
    rows = [row for row in cells_of(TROUBLES) if row["build"] in said]
    claims = {
        name: {f.rule for f in found if f.verdict in ("warning", "conflict")}
        for name, found in said.items()
    }
    missed = [r for r in rows if not claims[r["build"]] & set(r["rules"].split("|"))]
    for row in missed if listed else ():
        print(f"- {row['build']} not named ({row['rules']}): {row['trouble']}")
    calm = [f for name, f in said.items() if name not in {r["build"] for r in rows}]
    loud = median(sum(f.loses for f in found) for found in calm) if calm else 0.0
    return len(rows) - len(missed), len(rows), loud


def builds(listed: bool) -> None:
    """Builds that people published and that worked, and drawn ones: how much is decided."""
    worked = [r for r in records("builds.jsonl") if r["worked"] is True]
    by_id = [(r["id"], fit.check(build_of(r))) for r in worked]
    sets = {
        "published, worked": [found for _, found in by_id],
        "the same, by their lines alone": [fit.check(build_of(r, ids=False)) for r in worked],
        "drawn by chance": [fit.check(drawn(seed)) for seed in range(DRAWN)],
    }
    head = ("builds", "number", "buildable", "undecided", "in conflict", "warnings", "ok")
    print("\n" + grid(head, [(name, *row(said)) for name, said in sets.items()]))
    for name, f in ((name, f) for name, found in by_id for f in found if listed):
        if f.verdict == "conflict" or f.loses or (f.verdict, f.severity) == ("unknown", "error"):
            print(f"- {name}: {f.rule} ({f.verdict}, {f.severity}): {f.why}")
