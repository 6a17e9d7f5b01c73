"""The table of pinned answers: ``case,answer``, an answer being ``quantity=value`` many times."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from tests.reference.pins import machines, money, rules, speed
from tests.reference.pins.leaves import Leaves

TABLE = Path(__file__).parents[1] / "pinned.csv"
ROOMS = {"speed": speed, "rules": rules, "money": money, "machines": machines}
DIGITS = 5
TOLERANCE = 2e-4
"""Numbers are kept to five digits; the same code gives the same to a ten-thousandth anywhere."""


def text_of(answer: Leaves) -> str:
    """One cell of the table."""
    return " ".join(
        f"{name}={value:.{DIGITS}g}"
        if isinstance(value, float)
        else f"{name}={value}".replace(" ", "_")
        for name, value in ((n.replace(" ", "_"), v) for n, v in answer.items())
    )


def differing(pinned: str, answer: Leaves) -> list[str]:
    """Quantities of an answer that are not what was pinned."""
    was = dict(pair.split("=", 1) for pair in pinned.split(" ") if pair)
    now = dict(pair.split("=", 1) for pair in text_of(answer).split(" ") if pair)
    return [
        f"{name}: pinned {was.get(name, 'nothing')}, now {now.get(name, 'nothing')}"
        for name in {**was, **now}
        if not _same(was.get(name), now.get(name))
    ]


def _same(was: str | None, now: str | None) -> bool:
    if was == now:
        return True
    try:
        first, second = float(was or ""), float(now or "")
    except ValueError:
        return False
    return abs(first - second) <= TOLERANCE * max(abs(first), abs(second), 1e-6)


def read() -> dict[str, str]:
    """The committed table."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["case"]: row["answer"] for row in csv.DictReader(lines)}


def write() -> Iterator[str]:
    """Make the table again; says which cases changed and in what."""
    before = read() if TABLE.exists() else {}
    rows = []
    for room in ROOMS.values():
        for case, answer in room.cases():
            rows.append((case, text_of(answer)))
            if case not in before:
                yield f"{case}: new"
            elif wrong := differing(before.pop(case), answer):
                yield f"{case}: {len(wrong)} changed: {'; '.join(wrong[:4])}"
            before.pop(case, None)
    yield from (f"{case}: gone" for case in before)
    with TABLE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("case", "answer"))
        writer.writerows(rows)
