"""Builds drawn by chance from the embedded catalogue, whole and in pieces."""

from __future__ import annotations

import random
from typing import Any

from rigwright.catalog.tables import load
from rigwright.spec.build import Build, Circuit
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Psu, RamKit

LINES = (
    ("card", "a GPU"), ("ram", "32 GB of memory"), ("drive", "an old disk"), ("psu", "600W thing"),
    ("cooler", "a fan"), ("case", "a box"), ("cpu", "an i7"), ("paste", "thermal paste"), ("", "?"),
)  # fmt: skip
CIRCUITS = (None, Circuit(), Circuit(230.0, 16.0), Circuit(120.0, 15.0, 900.0))


def build(seed: int) -> Build:
    """Some kinds missing, several cards, lines nobody understood, risers, a circuit, a cap."""
    r = random.Random(seed)

    def one(kind: Any) -> Any:
        return r.choice(load(kind)) if r.random() < 0.85 else None

    def some(kind: Any, most: int) -> tuple[Any, ...]:
        part = r.choice(load(kind))
        other = r.choice(load(kind)) if r.random() < 0.3 else part
        number = r.randint(0, most)
        return (part,) * (number - 1) + (other,) * (number > 0)

    board, cards = one(Board), some(Card, 4)
    same = [c for c in load(Cpu) if board and c.socket == board.socket]
    wanted = {card.chip for card in cards if r.random() < 0.95}
    return Build(
        cpu=r.choice(same) if same and r.random() < 0.7 else one(Cpu),
        cooler=one(Cooler), board=board, ram=some(RamKit, 2), cards=cards, drives=some(Drive, 3),
        psu=one(Psu), case=one(Case), circuit=r.choice(CIRCUITS),
        gpu_power_cap_w=r.choice((None, None, 200.0)),
        unresolved=tuple(r.sample(LINES, r.randint(1, 2))) if r.random() < 0.3 else (),
        chips=tuple(c for c in load(Chip) if c.id in wanted),
        risers=r.randint(1, 4) if r.random() < 0.2 else 0,
    )  # fmt: skip
