"""Small random markets with rules of every shape: pairs, budgets, several kinds."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from rigwright.choose.problem import Candidate, Option, Problem
from rigwright.spec.build import Build, Finding, Verdict
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Psu, RamKit
from rigwright.spec.rule import Rule

DAY = dt.date(2025, 1, 1)
BASE = {"source": "made up for a test", "source_date": DAY}
KINDS = ("board", "cpu", "ram", "cooler", "case", "psu", "drive")


def _rule(
    name: str, reads: dict[str, tuple[str, ...]], say: Callable[[Build], Verdict | None]
) -> Rule:
    def check(build: Build) -> Finding | None:
        verdict = say(build)
        return None if verdict is None else Finding(name, verdict)

    return Rule(name, name, "pair", "error", reads, tuple(reads), check, "test")


def _word(fits: bool) -> Verdict:
    return "ok" if fits else "conflict"


def _length(b: Build) -> Verdict | None:
    if not b.cards or b.case is None:
        return None
    room = b.case.gpu_length_mm
    return "unknown" if room is None else _word((b.cards[0].length_mm or 0) <= room)


def _watts(b: Build) -> Verdict | None:
    if b.psu is None or b.cpu is None or not b.cards:
        return None
    return _word(b.cpu.tdp_w + sum(c.power_limit_w for c in b.cards) + 50 <= b.psu.watts)


def _slots(b: Build) -> Verdict | None:
    if b.board is None or not b.cards:
        return None
    return _word(len(b.cards) <= len(b.board.slots or ()))


RULES = (
    _rule("socket", {"cpu": ("socket",), "board": ("socket",)},
          lambda b: _word(b.cpu.socket == b.board.socket) if b.cpu and b.board else None),
    _rule("memory", {"ram": ("type",), "board": ("memory_type",)},
          lambda b: _word(b.ram[0].type == b.board.memory_type) if b.ram and b.board else None),
    _rule("height", {"cooler": ("height_mm",), "case": ("cooler_height_mm",)},
          lambda b: _word((b.cooler.height_mm or 0) <= (b.case.cooler_height_mm or 0))
          if b.cooler and b.case else None),
    _rule("mount", {"cooler": ("sockets",), "cpu": ("socket",)},
          lambda b: _word(b.cpu.socket in b.cooler.sockets) if b.cpu and b.cooler else None),
    _rule("length", {"card": ("length_mm",), "case": ("gpu_length_mm",)}, _length),
    _rule("watts", {"card": ("power_limit_w",), "cpu": ("tdp_w",), "psu": ("watts",)}, _watts),
    _rule("slots", {"card": (), "board": ("slots",)}, _slots),
)  # fmt: skip


def chip(name: str) -> Chip:
    return Chip(
        id=name, name=name, aliases=(), vendor="nvidia", segment="geforce", architecture="ada",
        sm_count=10, boost_mhz=1000, fp32_flop_per_s=1e12, vram_bytes=2**33,
        bandwidth_bytes_per_s=1e11, power_limit_w=100, unified_memory=False, **BASE,
    )  # fmt: skip


def _parts(r: random.Random, kind: str, i: int) -> object:
    common = {"id": f"{kind}-{i}", "name": f"{kind} {i}", **BASE}
    socket, memory = r.choice("AB"), r.choice(("DDR4", "DDR5"))
    if kind == "board":
        return Board(
            socket=socket, chipset="X", form_factor="ATX", memory_type=memory, memory_form="UDIMM",
            memory_slots=4, memory_max_gib=64, slots=tuple(range(r.randint(1, 2))), **common,
        )  # fmt: skip
    if kind == "cpu":
        return Cpu(
            generation="g", socket=socket, cores=r.choice((4, 8)), threads=8,
            tdp_w=r.choice((65, 125)), memory_types=("DDR4",), memory_channels=2,
            registered_memory="no", pcie_lanes=16, pcie_gen=4.0, has_igpu=True, **common,
        )  # fmt: skip
    if kind == "ram":
        return RamKit(type=memory, form="UDIMM", modules=2, module_gib=8, speed_mt_s=3200, **common)
    if kind == "cooler":
        sockets = r.choice((("A",), ("B",), ("A", "B")))
        return Cooler(type="air", height_mm=r.choice((120, 150, 165)), sockets=sockets, **common)
    if kind == "case":
        return Case(
            form_factor="tower", board_form_factors=("ATX",),
            gpu_length_mm=r.choice((None, 250, 300, 350)),
            cooler_height_mm=r.choice((130, 155, 170)), **common,
        )  # fmt: skip
    if kind == "drive":
        return Drive(
            type="ssd", form_factor="2.5", interface="sata", capacity_bytes=10**12, **common
        )
    return Psu(watts=r.choice((300, 450, 650, 850)), form_factor="ATX", **common)


def random_problem(seed: int, size: int = 4, budget_cents: int | None = 100_000) -> Problem:
    r = random.Random(seed)
    candidates = {
        kind: tuple(
            Candidate(_parts(r, kind, i), r.randint(20, 400) * 100)  # type: ignore[arg-type]
            for i in range(r.randint(1, size))
        )
        for kind in KINDS
    }
    options = []
    for n in range(2):
        c = chip(f"chip-{n}")
        cards = tuple(
            Candidate(
                Card(
                    id=f"card-{n}-{i}", name="card", chip=c.id, chip_count=1,
                    length_mm=r.choice((200, 280, 340)), power_limit_w=r.choice((120, 300)), **BASE,
                ),
                r.randint(200, 900) * 100,
            )
            for i in range(2)
        )  # fmt: skip
        options += [Option(c, count, cards, 1.0 / (n + 1) / count) for count in (1, 2)]
    return Problem(candidates, tuple(options), RULES, budget_cents=budget_cents)
