"""Score the rules on labelled cases and on builds that people published; prints two tables.

    python tools/fit_score.py [--db DATABASE]

Without a database of an imported catalogue most parts of the cases are unknown.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import Any

import rigwright.fit as fit
from rigwright.catalog import source
from rigwright.catalog.buildfile import build_of_parts
from rigwright.plan.parts.checking import check_cases
from rigwright_accuracy.measured import SHARED

FOLDER = SHARED / "fit"
PARTS = (
    "CPU", "CPU Cooler", "Motherboard", "Memory", "Storage", "Video Card", "Case", "Power Supply",
    "Riser",
)  # fmt: skip


def records(name: str) -> list[dict[str, Any]]:
    """Lines of a file of cases."""
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def agrees(case: dict[str, Any], verdict: str) -> bool:
    """The label for what the catalogue knows, or the truth where our own tables know more.

    ``conditional`` is our warning; a label ok of lesser severity covers "fits, but ...", a label
    conflict of lesser severity is a loss, which is a warning.
    """
    words = {case["expected"]}
    if case["expected"] == "unknown":
        words.add({"conditional": "warning"}.get(case["truth"], case["truth"]))
    if case["severity"] != "error" and (case["expected"] == "ok" or "conflict" in words):
        words.add("warning")
    return verdict in words


def gold() -> None:
    """Labelled cases: agreement, and the two kinds of error that cost money."""
    cases = records("gold.jsonl")
    found = [json.loads(line)["verdict"] for line in check_cases(FOLDER / "gold.jsonl")]
    pairs = list(zip(cases, found, strict=True))
    right = sum(agrees(c, v) for c, v in pairs)
    false_ok = [
        c["id"] for c, v in pairs if v == "ok" and "conflict" in (c["truth"], c["expected"])
    ]
    false_conflict = [c["id"] for c, v in pairs if v == "conflict" and c["truth"] == "ok"]
    print("| labelled cases | agree | said ok, is a conflict | said conflict, is ok |")
    print("|---|---|---|---|")
    print(f"| {len(pairs)} | {right / len(pairs):.1%} | {len(false_ok)} | {len(false_conflict)} |")
    for case, verdict in pairs:
        if not agrees(case, verdict):
            print(f"- {case['id']} {case['rule']}: label {case['expected']}, said {verdict}")


def build_of(record: dict[str, Any]) -> Any:
    """A published build as its author listed it."""
    return build_of_parts(
        [
            {
                "category": part["category"],
                "name": part["text"],
                "qty": part.get("qty") or 1,
                "opendb_id": part.get("opendb_id"),
            }
            for part in record["parts"]
            if part["category"] in PARTS
        ]
    )


def builds() -> None:
    """Published builds: what the rules object to in machines that worked."""
    print("\n| build | worked | not identified | conflict | with loss | warning | unknown | ok |")
    print("|---|---|---|---|---|---|---|---|")
    objections = []
    for record in records("builds.jsonl"):
        build = build_of(record)
        said = fit.check(build)
        grave = [f for f in said if f.verdict == "conflict"]
        loss = [f for f in said if f.loses]
        n = Counter(f.verdict for f in said)
        cells = (record["id"], record["worked"], len(build.unresolved), len(grave), len(loss))
        counts = (n["warning"] - len(loss), n["unknown"], n["ok"])
        print("| " + " | ".join(map(str, (*cells, *counts))) + " |")
        objections += [(record["id"], f) for f in (*grave, *loss)]
    for name, f in objections:
        print(f"- {name}: {f.rule} ({f.severity}): {f.why}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", help="database of an imported catalogue")
    given = parser.parse_args().db
    if given:
        source.use(given)
    gold()
    builds()
