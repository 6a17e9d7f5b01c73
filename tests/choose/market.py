"""Random markets with rules of every shape: pairs, budgets over many kinds, unknowns, notes.

The rules are made up so that ``milp.py`` can state the same claims again as linear rows.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

from rigwright.choose.problem import Candidate, Demand, Option, Problem
from rigwright.fit.answer import Answer
from rigwright.fit.evaluate import evaluate
from rigwright.spec.build import Build, Circuit, Finding, Severity, Verdict
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Part, Psu, RamKit
from rigwright.spec.rule import Rule

DAY = dt.date(2025, 1, 1)
BASE = {"source": "made up for a test", "source_date": DAY}
KINDS = ("board", "cpu", "ram", "cooler", "case", "psu", "drive")
BASE_W, MODULE_W, DISK_W, SSD_W, PUMP_W = 50, 5, 10, 5, 20
EFFICIENCY = {"bronze": 0.82, "gold": 0.87}
CARD_LANES, DRIVE_LANES = 8, 4
CIRCUIT = Circuit(120.0, 6.0)


def wall_w(circuit: Circuit) -> float:
    """What the made-up circuit carries."""
    return 0.8 * circuit.volts * circuit.amperes


def draw_w(b: Build) -> float:
    """What the made-up machine draws."""
    watts = BASE_W + (b.cpu.tdp_w if b.cpu else 0) + sum(c.power_limit_w for c in b.cards)
    watts += MODULE_W * sum(k.modules for k in b.ram)
    watts += sum(DISK_W if d.type == "hdd" else SSD_W for d in b.drives)
    return watts + (PUMP_W if b.cooler and b.cooler.type == "liquid" else 0)


def _rule(
    name: str,
    reads: dict[str, tuple[str, ...]],
    say: Callable[[Build], Verdict],
    *,
    needs: tuple[str, ...] | None = None,
    severity: Severity = "error",
    burdens: tuple[str, ...] = (),
) -> Rule:
    wanted = tuple(k for k in reads if k not in ("circuit", "chip")) if needs is None else needs

    def check(build: Build, graded: bool = True) -> Finding | None:
        return evaluate(made, lambda b: Answer(say(b), name), build, graded)

    made = Rule(name, name, "pair", severity, reads, wanted, check, "test", burdens)
    return made


def _word(fits: bool) -> Verdict:
    return "ok" if fits else "conflict"


def _length(b: Build) -> Verdict:
    room = b.case.gpu_length_mm
    return "unknown" if room is None else _word(max(c.length_mm for c in b.cards) <= room)


def _boxed(b: Build) -> Verdict:
    if b.cooler is not None:
        return "ok"
    boxed = b.cpu.includes_cooler
    return "unknown" if boxed is None else _word(boxed)


def _clearance(b: Build) -> Verdict:
    room = b.cooler.memory_clearance_mm
    return "unknown" if room is None else _word(max(k.height_mm for k in b.ram) <= room)


def _lanes(b: Build) -> Verdict:
    need = CARD_LANES * len(b.cards)
    spare = sum(slot == "chipset" for slot in b.board.m2_slots)
    drives = sum(d.interface == "pcie" for d in b.drives)
    need += DRIVE_LANES * max(0, drives - spare)
    return _word(need <= b.cpu.pcie_lanes)


def _memory(b: Build) -> Verdict:
    vram = sum(c.vram_bytes for c in b.chips for _ in b.cards) / 2**30
    return _word(sum(k.modules * k.module_gib for k in b.ram) >= vram)


_DRAW = {"cpu": ("tdp_w",), "card": ("power_limit_w",), "ram": ("modules",),
         "drive": ("type",), "cooler": ("type",)}  # fmt: skip
_EXTRA = ("card", "ram", "drive", "cooler")


def _wall(b: Build) -> Verdict:
    return _word(draw_w(b) <= wall_w(b.circuit) * EFFICIENCY[b.psu.efficiency])


RULES = (
    _rule("socket", {"cpu": ("socket",), "board": ("socket",)},
          lambda b: _word(b.cpu.socket == b.board.socket)),
    _rule("memory", {"ram": ("type",), "board": ("memory_type",)},
          lambda b: _word(all(k.type == b.board.memory_type for k in b.ram))),
    _rule("dimms", {"ram": ("modules",), "board": ("memory_slots",)},
          lambda b: _word(sum(k.modules for k in b.ram) <= b.board.memory_slots)),
    _rule("height", {"cooler": ("height_mm",), "case": ("cooler_height_mm",)},
          lambda b: _word(b.cooler.height_mm <= b.case.cooler_height_mm)),
    _rule("mount", {"cooler": ("sockets",), "cpu": ("socket",)},
          lambda b: _word(b.cpu.socket in b.cooler.sockets)),
    _rule("boxed", {"cpu": ("includes_cooler",), "cooler": ()}, _boxed, needs=("cpu",)),
    _rule("clearance", {"cooler": ("memory_clearance_mm",), "ram": ("height_mm",)}, _clearance,
          severity="warning"),
    _rule("length", {"card": ("length_mm",), "case": ("gpu_length_mm",)}, _length),
    _rule("slots", {"card": (), "board": ("slots",)},
          lambda b: _word(len(b.cards) <= len(b.board.slots))),
    _rule("lanes", {"card": (), "cpu": ("pcie_lanes",), "board": ("m2_slots",),
                    "drive": ("interface",)}, _lanes),
    _rule("ram_vs_vram", {"card": (), "chip": ("vram_bytes",), "ram": ("modules", "module_gib")},
          _memory, severity="warning"),
    _rule("watts", {"psu": ("watts",), **_DRAW}, lambda b: _word(draw_w(b) <= b.psu.watts),
          needs=("psu", "cpu"), burdens=_EXTRA),
    _rule("wall", {"circuit": ("volts", "amperes"), "psu": ("efficiency",), **_DRAW}, _wall,
          needs=("circuit", "cpu", "psu"), burdens=_EXTRA),
    _rule("taste", {"case": ("name",)}, lambda b: "conflict", severity="note"),
)  # fmt: skip
PLAIN = tuple(replace(rule, burdens=()) for rule in RULES)
"""The same rules, declaring no burdens."""


def chip(name: str, vram_gib: int = 8) -> Chip:
    return Chip(
        id=name, name=name, aliases=(), vendor="nvidia", segment="geforce", architecture="ada",
        sm_count=10, boost_mhz=1000, fp32_flop_per_s=1e12, vram_bytes=vram_gib * 2**30,
        bandwidth_bytes_per_s=1e11, power_limit_w=100, unified_memory=False, **BASE,
    )  # fmt: skip


def part(r: random.Random, kind: str, i: int) -> Part:
    common = {"id": f"{kind}-{i}", "name": f"{kind} {i}", **BASE}
    socket, memory = r.choice("AB"), r.choice(("DDR4", "DDR4", "DDR5"))
    if kind == "board":
        return Board(
            socket=socket, chipset="X", form_factor="ATX", memory_type=memory, memory_form="UDIMM",
            memory_slots=r.choice((2, 4)), memory_max_gib=64, slots=("x",) * r.choice((1, 1, 1, 2)),
            m2_slots=("chipset",) * r.choice((0, 1)), **common,
        )  # fmt: skip
    if kind == "cpu":
        return Cpu(
            generation="g", socket=socket, cores=r.choice((4, 8)), threads=8,
            tdp_w=r.choice((65, 95, 125)), memory_types=("DDR4",), memory_channels=2,
            registered_memory="no", pcie_lanes=r.choice((8, 16, 20)), pcie_gen=4.0, has_igpu=True,
            includes_cooler=r.choice((True, False, None)), **common,
        )  # fmt: skip
    if kind == "ram":
        return RamKit(
            type=memory, form="UDIMM", modules=r.choice((1, 2)), module_gib=r.choice((8, 16)),
            speed_mt_s=3200, height_mm=r.choice((31, 44)), **common,
        )  # fmt: skip
    if kind == "cooler":
        return Cooler(
            type=r.choice(("air", "liquid")), height_mm=r.choice((60, 120, 150, 165)),
            sockets=r.choice((("A",), ("B",), ("A", "B"))),
            memory_clearance_mm=r.choice((None, 35, 50)), **common,
        )  # fmt: skip
    if kind == "case":
        return Case(
            form_factor="tower", board_form_factors=("ATX",),
            gpu_length_mm=r.choice((None, 190, 250, 300, 350)),
            cooler_height_mm=r.choice((130, 155, 170)), **common,
        )  # fmt: skip
    if kind == "drive":
        disk = r.random() < 0.3
        return Drive(
            type="hdd" if disk else "ssd", form_factor="3.5" if disk else "2.5",
            interface="sata" if disk else r.choice(("sata", "pcie")),
            capacity_bytes=r.choice((5, 10, 20)) * 10**11, **common,
        )  # fmt: skip
    return Psu(
        watts=r.choice((300, 450, 650, 850)), form_factor="ATX",
        efficiency=r.choice(tuple(EFFICIENCY)), **common,
    )  # fmt: skip


def _options(r: random.Random) -> tuple[Option, ...]:
    options = []
    for n in range(3):
        c = chip(f"chip-{n}", r.choice((8, 12)))
        cards = tuple(
            Candidate(
                Card(
                    id=f"card-{n}-{i}", name="card", chip=c.id, chip_count=1,
                    length_mm=r.choice((200, 280, 340)), power_limit_w=r.choice((120, 250, 400)),
                    **BASE,
                ),
                r.randint(200, 900) * 100,
            )
            for i in range(2)
        )  # fmt: skip
        options += [Option(c, count, cards, 1.0 / (n + 1) / count) for count in (1, 2)]
    return tuple(options)


def gib(p: Part) -> float:
    return p.modules * p.module_gib


def demands(r: random.Random) -> tuple[Demand, ...]:
    """Some of the usual ones."""
    least, cores, room = r.choice((8, 16, 32)), r.choice((4, 8)), r.choice((5, 10)) * 10**11
    return (
        Demand("ram", "ram", amount=gib, least=least),
        Demand("cores", "cpu", lambda p: p.cores >= cores),
        Demand("storage", "drive", lambda p: p.capacity_bytes >= room),
    )


def random_problem(
    seed: int, size: int = 4, budget_cents: int | None = 100_000, rules: tuple[Rule, ...] = RULES
) -> Problem:
    r = random.Random(seed)
    candidates = {
        kind: tuple(
            Candidate(part(r, kind, i), r.randint(20, 400) * 100)
            for i in range(r.randint(max(1, size // 2), size))
        )
        for kind in KINDS
    }
    return Problem(
        candidates,
        _options(r),
        rules,
        demands(r),
        budget_cents=budget_cents,
        allow_unknown=r.random() < 0.3,
        circuit=CIRCUIT if r.random() < 0.6 else None,
        copies=r.choice(
            ({}, {"ram": lambda _: (1, 2)}, {"ram": lambda kit: (1, 4 // kit.modules)})
        ),
    )
