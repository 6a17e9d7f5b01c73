"""Whole lists drawn from the catalogue, as one might buy them: ``python tools/lists_score.py``.

Every part is drawn by chance among those that nothing known speaks against, so each list can be
built as far as anybody knows. Printed is how many are undecided all the same and for want of what,
the same lists as people write them (full names; chip, watts and sizes alone), and how often an
answer turns into its opposite when one fact is hidden.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import rigwright.fit as fit
from rigwright.catalog import source
from rigwright.catalog.buildfile import read_lines
from rigwright.catalog.paste import read_list
from rigwright.catalog.source import load
from rigwright.fit.facts.draw import draw_w
from rigwright.spec.build import MANY, Build, Finding
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit
from rigwright_accuracy.errors import grid

TRIES = 60
COUNTS = (1,) * 12 + (2,) * 5 + (3, 4, 4)
"""Cards of a list, as often as they are drawn."""
LEAST_GIB = 8
FROM = 2014
"""Year of the oldest chips; boards and processors are those of their sockets."""
SOCKETS = ("AM4", "AM5", "LGA1151", "LGA1151-V2", "LGA1200", "LGA1700", "LGA1851", "LGA2011-3",
           "LGA2066", "STR4", "STRX4", "STR5", "SWRX8", "SP3")  # fmt: skip
LABELS = {
    "cpu": "CPU", "cooler": "CPU Cooler", "board": "Motherboard", "ram": "Memory",
    "drive": "Storage", "card": "Video Card", "psu": "Power Supply", "case": "Case",
}  # fmt: skip
SKIPPED = {"name", "id", "kind", "brand", "source", "source_date", "released"}


def _speaks_against(build: Build) -> bool:
    return any(f.verdict == "conflict" for f in fit.check(build))


def _with(build: Build, r: random.Random, kind: type[Part], count: int = 1) -> Build:
    """The build with a part of a kind that nothing known speaks against; without it if none is."""
    table = [p for p in load(kind) if _sensible(build, p)]
    field = MANY.get(kind.kind, kind.kind)
    for part in r.sample(table, min(TRIES, len(table))):
        made = replace(build, **{field: (part,) * count if field in MANY.values() else part})
        if isinstance(part, Card):
            made = replace(made, chips=tuple(c for c in load(Chip) if c.id == part.chip))
        if not _speaks_against(made):
            return made
    return build


def _sensible(build: Build, part: Part) -> bool:
    """Whether somebody who builds for training would look at a part at all."""
    board = build.board
    if isinstance(part, Board):
        return part.socket.upper() in SOCKETS
    if isinstance(part, Cpu):
        return board is not None and part.socket.upper() == board.socket.upper()
    if isinstance(part, RamKit):
        same = board is None or (part.type, part.form) == (board.memory_type, board.memory_form)
        return same and part.modules * part.module_gib >= 2 * LEAST_GIB
    if isinstance(part, Card):
        chip = source.by_id(Chip).get(part.chip)
        young = chip is not None and (chip.released is None or chip.released.year >= FROM)
        return young and chip is not None and chip.vram_bytes >= LEAST_GIB * 2**30
    if isinstance(part, Psu):
        need = draw_w(build) or 0.0
        return bool(part.watts) and 1.2 * need <= (part.watts or 0.0) <= 2 * need + 250
    return not isinstance(part, Drive) or (part.type == "ssd" and part.capacity_bytes >= 4.8e11)


def drawn(seed: int) -> Build:
    """A whole list of parts that go together as far as anybody knows."""
    r = random.Random(seed)
    build = Build(whole=True)
    for kind in (Board, Cpu, RamKit, Card, Cooler, Psu, Case, Drive):
        build = _with(build, r, kind, r.choice(COUNTS) if kind is Card else 1)
    return build


def full(part: Part) -> str:
    """The name as a shop prints it."""
    return part.name


def short(part: Part) -> str:
    """What people write who do not care which: chip, watts, sizes, chipset."""
    if isinstance(part, Card):
        return re.sub(r"^(?:GeForce|Radeon) ", "", source.by_id(Chip)[part.chip].name)
    if isinstance(part, Psu):
        return " ".join(
            filter(None, (f"{part.watts:g}W", f"80+ {(part.efficiency or '').title()}"))
        )
    if isinstance(part, RamKit):
        return f"{part.modules}x{part.module_gib:g}GB {part.type}-{part.speed_mt_s or 0:g}"
    if isinstance(part, Drive):
        word = "NVMe M.2" if part.interface == "pcie" else "SATA"
        return f"{part.capacity_bytes / 1e9:g}GB {word} SSD"
    return part.name


def written(build: Build, says: Callable[[Part], str]) -> Build | None:
    """The build that is read from its lines; None where a line is no list."""
    counts = Counter(build.parts())
    lines = [f"{LABELS[p.kind]}: {f'{n}x ' if n > 1 else ''}{says(p)}" for p, n in counts.items()]
    try:
        return replace(read_lines(read_list("\n".join(lines)))[0], whole=True)
    except InputError:
        return None


def hidden(build: Build, r: random.Random) -> tuple[Build, str]:
    """The build with one known fact of one of its parts taken away, and which one."""
    part = r.choice(list(build.parts()))
    known = [
        f.name
        for f in fields(part)
        if f.name not in SKIPPED
        and not f.metadata.get("required")
        and getattr(part, f.name) is not None
    ]
    if not known:
        return build, ""
    fact = r.choice(known)
    gap: Any = {fact: None}
    return build.with_parts([(part, replace(part, **gap))]), f"{part.kind}.{fact}"


def turned(told: Sequence[Finding], less: Sequence[Finding]) -> list[str]:
    """Rules whose answer is the opposite: it works with the fact and not without, or vice versa."""
    works = ("ok", "warning")
    before = {f.rule: f.verdict for f in told}
    pairs = [(f.rule, before.get(f.rule), f.verdict) for f in less]
    return [rule for rule, a, b in pairs if (a == "conflict" and b in works)
            or (a in works and b == "conflict")]  # fmt: skip


def stopping(found: Sequence[Finding]) -> list[Finding]:
    """What leaves a list undecided."""
    return [f for f in found if (f.verdict, f.severity) == ("unknown", "error")]


def score(size: int, listed: bool) -> int:
    """Print the tables. Returns how many answers were the opposite of what more facts say."""
    rows, wrong = [], 0
    builds = [drawn(seed) for seed in range(size)]
    told = [fit.check(b) for b in builds]
    sets = {"every part known": told}
    for title, says in (("names as shops print them", full), ("chip, watts and sizes", short)):
        read = [written(b, says) for b in builds]
        sets[title] = [fit.check(b) if b is not None else () for b in read]
    for title, found in sets.items():
        verdicts = Counter(fit.verdict(f) for f in found)
        opposite = [turned(a, b) for a, b in zip(told, found, strict=True)]
        wrong += sum(map(bool, opposite))
        counts = (verdicts["unknown"], verdicts["conflict"], sum(map(bool, opposite)))
        rows.append((title, size, *counts))
        if listed:
            for seed, (rules, f) in enumerate(zip(opposite, found, strict=True)):
                why = {x.rule: x.why for x in f}
                for rule in rules:
                    print(f"- {title}, list {seed}: {rule}: {why[rule]}")
    print(grid(("lists", "number", "undecided", "in conflict", "opposite"), rows))
    wrong += _hiding(builds, told)
    for title, found in sets.items():
        _wanting(title, found, listed)
    return wrong


def _hiding(builds: Sequence[Build], told: Sequence[Sequence[Finding]]) -> int:
    r, wrong = random.Random(0), 0
    for build, found in zip(builds, told, strict=True):
        wrong += bool(turned(found, fit.check(hidden(build, r)[0])))
    print(f"\none fact hidden in each: {wrong} of {len(builds)} answers the opposite\n")
    return wrong


def _wanting(title: str, found: Sequence[Sequence[Finding]], listed: bool) -> None:
    rules = Counter(f.rule for one in found for f in stopping(one))
    alone = Counter(stopping(one)[0].rule for one in found if len(stopping(one)) == 1)
    print(grid((f"undecided: {title}", "lists", "it alone"),
               [(rule, n, alone[rule]) for rule, n in rules.most_common(12)]), "\n")  # fmt: skip
    for seed, one in enumerate(found) if listed else ():
        for f in stopping(one):
            print(f"- {title}, list {seed}: {f.rule}: {f.why}")


def main() -> int:
    """Score on a catalogue that was imported before, else on our tables."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--db", help="database with an imported catalogue")
    asked.add_argument("--size", type=int, default=200, help="lists")
    asked.add_argument("--list", action="store_true", help="print what leaves each undecided")
    given = asked.parse_args()
    source.use(given.db)
    return int(score(given.size, given.list) > 0)


if __name__ == "__main__":
    sys.exit(main())
