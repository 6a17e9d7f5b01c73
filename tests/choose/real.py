"""Problems over the embedded catalogue and the real rules."""

from __future__ import annotations

import datetime as dt
import functools
import random
from dataclasses import replace

from rigwright import fit
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.tables import load
from rigwright.choose.problem import KINDS, Candidate, Demand, Option, Problem
from rigwright.spec.build import Circuit
from rigwright.spec.market import Price
from rigwright.spec.parts import PART_TYPES, Board, Card, Chip, Cooler, Cpu, RamKit

TYPES = {t.kind: t for t in PART_TYPES}
DAY = dt.date(2025, 12, 31)


@functools.cache
def candidates(kind: str) -> tuple[Candidate, ...]:
    """Every part of a kind that ever had a price."""
    seen: dict[str, int] = {}
    for price in sorted(load(Price), key=lambda p: p.date):
        seen[price.part] = round(price.usd * 100)
    return tuple(Candidate(p, seen[key(p)]) for p in load(TYPES[kind]) if key(p) in seen)


def options(counts: range = range(1, 5)) -> tuple[Option, ...]:
    """Every chip that a priced card carries, times every count; the step is 1 / (rate x count)."""
    chips = {c.id: c for c in load(Chip)}
    cards: dict[str, list[Candidate]] = {}
    for c in candidates("card"):
        if isinstance(c.part, Card):
            cards.setdefault(c.part.chip, []).append(c)
    return tuple(
        Option(chips[chip], n, tuple(found), 1e12 / chips[chip].fp32_flop_per_s / n)
        for chip, found in cards.items()
        for n in counts
    )


def demands(ram_gib: float = 16, storage_bytes: float = 5e11, cores: int = 4) -> tuple[Demand, ...]:
    """What a goal usually asks for."""
    return (
        Demand("ram", "ram", amount=lambda p: p.modules * p.module_gib, least=ram_gib),
        Demand("storage", "drive", lambda p: p.capacity_bytes >= storage_bytes and p.type == "ssd"),
        Demand("cores", "cpu", lambda p: p.cores >= cores),
    )


def whole_market(circuit: Circuit | None = None, counts: range = range(1, 5)) -> Problem:
    """All priced parts."""
    pools = {kind: candidates(kind) for kind in KINDS}
    return Problem(
        pools,
        options(counts),
        fit.RULES,
        demands(),
        circuit=circuit or Circuit(),
        better=fit.BETTER,
    )


def _near(c: Candidate, socket: str, memory: str) -> bool:
    """Whether a part belongs to the platform, where that can be said of it alone."""
    part = c.part
    if isinstance(part, Cpu):
        return part.socket == socket
    if isinstance(part, Board):
        return part.socket == socket and part.memory_type == memory
    if isinstance(part, RamKit):
        return part.type == memory and part.form == "UDIMM"
    return not isinstance(part, Cooler) or socket in part.sockets


def small_market(seed: int, each: int = 2) -> Problem:
    """A few parts around one platform, so that some builds work."""
    r = random.Random(seed)
    problem = whole_market(counts=range(1, 3))
    board = r.choice([c.part for c in candidates("board") if isinstance(c.part, Board)])
    pools = {}
    for kind, found in problem.candidates.items():
        near = [c for c in found if _near(c, board.socket, board.memory_type)] or list(found)
        pools[kind] = tuple(r.sample(near, min(each, len(near))))
    chosen = tuple(r.sample(problem.options, 3))
    return replace(
        problem, candidates=pools, options=chosen, demands=(), allow_unknown=r.random() < 0.5,
        circuit=r.choice((None, Circuit(), Circuit(230.0, 16.0))),
    )  # fmt: skip
