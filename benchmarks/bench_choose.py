"""How long the search takes: embedded catalogue, and markets grown from it up to 200,000 parts.

cold: prepare the tables, best build within the budget and three alternatives. warm: another budget
on prepared tables. frontier: the whole price-time frontier, tables included. why not: the conflict
and the changes for a budget of $200.

The figures are printed and, with the largest market, drawn into benchmarks/search.svg.

Run: .venv/bin/python -m benchmarks.bench_choose [most parts, default 1000, up to 200000]
"""

from __future__ import annotations

import datetime as dt
import io
import os
import platform
import random
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.choose.answers import alternatives, best

from rigwright import fit
from rigwright.catalog.prices.ledger import key
from rigwright.catalog.source import prices_on
from rigwright.catalog.tables import load
from rigwright.choose.explain import explain
from rigwright.choose.problem import KINDS, Candidate, Demand, Option, Problem
from rigwright.choose.search import Search
from rigwright.plan.machine.given.demands import kits
from rigwright.spec.build import Circuit
from rigwright.spec.parts import PART_TYPES, Chip

TYPES = {t.kind: t for t in PART_TYPES}
DAY = dt.date(2025, 12, 31)
SIZES = (1_000, 5_000, 20_000, 60_000, 200_000)
# What differs between models of one family; jittered by up to these shares of the value.
JITTER = {
    "card": {"length_mm": 0.1, "power_limit_w": 0.05, "thickness_slots": 0.1},
    "cooler": {"height_mm": 0.05, "capacity_w": 0.1},
    "case": {"gpu_length_mm": 0.1, "cooler_height_mm": 0.05, "psu_length_mm": 0.1},
    "psu": {"length_mm": 0.1},
    "ram": {"height_mm": 0.2},
    "drive": {"capacity_bytes": 0.1},
    "cpu": {"tdp_w": 0.1},
    "board": {},
}


def priced(kind: str) -> list[Candidate]:
    """Every part of a kind that has a price."""
    seen = prices_on(DAY, used=True, unseen=True)
    return [Candidate(p, seen[key(p)].cents) for p in load(TYPES[kind]) if key(p) in seen]


def grown(kind: str, number: int, r: random.Random) -> list[Candidate]:
    """``number`` parts like the real ones: other names, prices and some other measures."""
    real = priced(kind)
    found = list(real[:number])
    while len(found) < number:
        model = r.choice(real)
        changed: dict[str, object] = {"id": f"{model.part.id}-{len(found)}"}
        for name, share in JITTER[kind].items():
            value = getattr(model.part, name)
            if value is not None:
                changed[name] = round(value * (1 + r.uniform(-share, share)), 1)
        cents = round(model.cents * r.uniform(0.85, 1.6))
        found.append(Candidate(replace(model.part, **changed), cents))
    return found


def problem(parts: int = 0) -> Problem:
    """The goal of today on the embedded catalogue, or on one grown to about ``parts`` parts."""
    r = random.Random(7)
    each = parts // 8
    pools = {k: tuple(grown(k, each, r) if each else priced(k)) for k in KINDS}
    chips = {c.id: c for c in load(Chip)}
    cards: dict[str, list[Candidate]] = {}
    for c in grown("card", each, r) if each else priced("card"):
        cards.setdefault(c.part.chip, []).append(c)  # type: ignore[attr-defined]
    options = tuple(
        Option(chips[chip], n, tuple(found), 1e12 / chips[chip].fp32_flop_per_s / n)
        for chip, found in cards.items()
        for n in range(1, 5)
    )
    demands = (
        Demand("ram", "ram", amount=lambda p: p.modules * p.module_gib, least=32),  # type: ignore[attr-defined]
        Demand("storage", "drive", lambda p: p.capacity_bytes >= 5e11 and p.type == "ssd"),  # type: ignore[attr-defined]
        Demand("cores", "cpu", lambda p: p.cores >= 6),  # type: ignore[attr-defined]
    )
    return Problem(
        pools,
        options,
        fit.RULES,
        demands,
        budget_cents=250_000,
        circuit=Circuit(120.0, 15.0),
        better=fit.BETTER,
        copies={"ram": kits},
    )


def timed(work: Callable[[], object], repeat: int = 1) -> float:
    """Seconds, best of a few."""
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


STAGES = ("cold", "warm", "frontier", "why not")


@dataclass(frozen=True)
class Measured:
    """Seconds of every stage on one market."""

    market: str
    parts: int
    options: int
    best: str
    seconds: dict[str, float]

    def __str__(self) -> str:
        """One line of the table."""
        times = (f"{self.seconds[stage] * 1e3:,.0f} ms" for stage in STAGES)
        cells = (self.market, f"{self.parts:,}", str(self.options), self.best, *times)
        return "| " + " | ".join(cells) + " |"


def measured(name: str, p: Problem, repeat: int) -> Measured:
    """All stages on one market."""
    search = Search(p)
    cold = timed(lambda: alternatives(s, c) if (c := best(s := Search(p))) else None, repeat)
    chosen = best(search)
    shift = iter(range(1, 10**6))

    def again() -> None:
        search.problem = replace(p, budget_cents=250_000 + 1_000 * next(shift))
        best(search)

    warm = timed(again, 3)
    search.problem = p
    sweep = timed(lambda: sweep(Search(p)), repeat)
    poor = Search(replace(p, budget_cents=20_000), search.verdicts)
    why = timed(lambda: explain(poor))
    number = sum(len(v) for v in p.candidates.values()) + len(
        {c.part.id for o in p.options for c in o.cards}
    )
    usd = f"${chosen.cents / 100:,.0f}" if chosen else "none"
    seconds = dict(zip(STAGES, (cold, warm, sweep, why), strict=True))
    return Measured(name, number, len(p.options), usd, seconds)


def plot(rows: list[Measured]) -> None:
    """Time against parts, both logarithmic, with the slope of linear growth."""
    import altair as alt

    points = [
        {"parts": r.parts, "ms": s * 1e3, "stage": stage}
        for r in rows
        for stage, s in r.seconds.items()
    ]
    first = rows[0]
    line = [
        {
            "parts": r.parts,
            "ms": first.seconds["cold"] * 1e3 * r.parts / first.parts,
            "stage": "linear",
        }
        for r in rows
    ]
    x = alt.X("parts:Q").scale(type="log").title("parts in the market")
    y = alt.Y("ms:Q").scale(type="log").title("milliseconds")
    data = alt.Data(values=points)
    chart = alt.Chart(data).mark_line(point=True).encode(x, y, alt.Color("stage:N").title(None))
    slope = alt.Chart(alt.Data(values=line)).mark_line(strokeDash=[4, 4], color="gray").encode(x, y)
    title = "Search time grows no faster than the market (dashed: linear)"
    drawn = io.StringIO()
    alt.layer(slope, chart).properties(width=460, height=300, title=title).save(drawn, "svg")
    Path(__file__).with_name("search.svg").write_text(drawn.getvalue() + "\n")


def processor() -> str:
    """Name and number of the processors."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    name = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "?")
    load_1 = os.getloadavg()[0]
    return f"{name}, {os.cpu_count()} cores, load {load_1:.1f}, Python {platform.python_version()}"


def main() -> None:
    """Print the table."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"Machine: {processor()}\n")
    print("| market | parts | options | best | cold | warm | frontier | why not |")
    print("|---|---|---|---|---|---|---|---|")
    print(measured("embedded", problem(), 5), flush=True)
    rows = []
    for size in (s for s in SIZES if s <= most):
        rows.append(measured("grown", problem(size), 1))
        print(rows[-1], flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:,.0f} MB")
    if most >= SIZES[-1]:
        plot(rows)


if __name__ == "__main__":
    main()
