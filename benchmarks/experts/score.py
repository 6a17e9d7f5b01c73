"""Our machines beside those of experts: the same purpose and budget, planned as of the same day.

    python benchmarks/experts/score.py                       # of $RIGWRIGHT_SHARED/experts
    python benchmarks/experts/score.py FILE --db market.db   # with an imported market
Prints a line for each of their lists with a price or budget, ours beside it, and the medians by
price band: ours should lie in the middle half of theirs. Their data is not part of the repository.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.catalog import source
from rigwright.catalog.source import rate
from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import PlanResult
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Chip, Cpu, Drive, Psu, RamKit

BANDS = ((1200, "under 1.2k"), (2600, "1.2-2.6k"), (6500, "2.6-6.5k"), (13_000, "6.5-13k"),
         (1e12, "over 13k"))  # fmt: skip
LM_SINCE = dt.date(2023, 3, 1)
"""Before, people trained and served pictures and BERT."""
SERVED = {8: "llama-3-8b", 14: "qwen3-14b", 32: "qwen3-32b", 70: "llama-3-70b"}
MEASURES = ("cards", "ram/vram", "cores", "supply", "ssd", "cpu age", "left")
QLORA = {"method": "qlora", "precision": "amp", "optimizer": "adamw", "seq_len": 1024,
         "grad_checkpointing": True, "mode": "train"}  # fmt: skip


@dataclass(frozen=True)
class Machine:
    """What is compared: shares, ratios, cores a card, GB, years; None where it is not said."""

    usd: float
    gpus: str
    measures: dict[str, float | None]


def day_of(text: str) -> dt.date:
    """The day of a date that may lack its day or month."""
    numbers = [int(n) for n in text.split("-")]
    return dt.date(*(numbers + [7, 1][len(numbers) - 1 :])[:3])


def billions(line: dict[str, Any], usd: float) -> int:
    """Size of the model that a list serves: as it says, or as its price suggests."""
    said = [int(n) for n in re.findall(r"(\d+)B", line["purpose"])]
    wanted = max(said) if said else 8 if usd < 1200 else 32 if usd < 2600 else 70
    return min(SERVED, key=lambda size: abs(size - min(wanted, 70)))


def workload(line: dict[str, Any], day: dt.date, usd: float) -> dict[str, Any]:
    """A run of the list's purpose that people of its year had."""
    task = line["task"]
    if task == "serve" and day >= LM_SINCE:
        model = SERVED[billions(line, usd)]
        return {"model": model, "mode": "decode", "precision": "q4_k_m", "batch": 1,
                "seq_len": 4096, "gen_len": 512}  # fmt: skip
    if task in ("finetune", "mixed") and day >= LM_SINCE:
        return {**QLORA, "model": "llama-3-8b" if usd < 13_000 else "llama-3-70b", "batch": 1}
    precision = "fp32" if day.year < 2019 else "amp"
    return {"model": "resnet50", "mode": "train", "batch": 64, "img_size": 224,
            "precision": precision}  # fmt: skip


def in_usd(line: dict[str, Any], day: dt.date) -> float | None:
    """Their price; None in a currency without a rate here."""
    amount, currency = line["budget_or_price"], line["currency"]
    if not amount or currency not in ("USD", "EUR", "GBP", "JPY"):
        return None
    return float(amount) * (1.0 if currency == "USD" else rate(currency, day).usd)


def chip_of(name: str) -> Chip | None:
    """The chip a list names, where it is plain."""
    from rigwright.plan.parts.pricing import meant

    try:
        part = meant(name)
    except RigwrightError:
        return None
    return part if isinstance(part, Chip) else source.by_id(Chip).get(getattr(part, "chip", ""))


def theirs(line: dict[str, Any], usd: float) -> Machine:
    """The expert's machine."""
    cards = [(chip_of(g["name"]), g["count"]) for g in line["gpus"]]
    count = sum(n for _, n in cards)
    known = [(c, n) for c, n in cards if c is not None]
    whole = bool(cards) and len(known) == len(cards)
    vram = sum(c.vram_bytes * n for c, n in known) / 2**30 if whole else 0.0
    watts = sum(c.power_limit_w * n for c, n in known) + 100.0
    cost = (line.get("cost") or {}).get("gpu")
    ssd = sum(s["gb"] or 0 for s in line["storage"] or () if "HDD" not in s["type"])
    psu = (line["psu_w"] or 0) * (line["psu_count"] or 1)
    return Machine(
        usd,
        " + ".join(f"{g['count']} x {g['name']}" for g in line["gpus"]),
        {
            "cards": cost / line["budget_or_price"] if cost else None,
            "ram/vram": line["ram_gib"] / vram if line["ram_gib"] and vram else None,
            "cores": line["cores"] / count if line["cores"] and count else None,
            "supply": psu / watts if psu and whole else None,
            "ssd": ssd or None,
            "cpu age": None,
            "left": None,
        },
    )


def ours(result: PlanResult) -> Machine:
    """The planned machine."""
    chosen = result.chosen
    assert chosen is not None
    kinds = (("cpu", Cpu), ("ram", RamKit), ("drive", Drive), ("psu", Psu))
    parts = {
        kind: [(source.by_id(part)[p.id], p.count) for p in chosen.parts if p.kind == kind]
        for kind, part in kinds
    }
    vram = chosen.vram_bytes * chosen.gpu_count / 2**30
    chip = chip_of(chosen.gpu)
    assert chip is not None
    watts = chip.power_limit_w * chosen.gpu_count + 100.0
    cpu = parts["cpu"][0][0]
    cards = sum(p.usd for p in chosen.parts if p.kind == "card")
    return Machine(
        chosen.usd,
        f"{chosen.gpu_count} x {chosen.gpu}",
        {
            "cards": cards / chosen.usd,
            "ram/vram": sum(p.modules * p.module_gib * n for p, n in parts["ram"]) / vram,
            "cores": cpu.cores / chosen.gpu_count,
            "supply": sum(p.watts * n for p, n in parts["psu"]) / watts,
            "ssd": sum(p.capacity_bytes * n for p, n in parts["drive"]) / 1e9,
            "cpu age": (result.as_of - cpu.released).days / 365.25 if cpu.released else None,
            "left": 1 - chosen.usd / result.budget_usd,
        },
    )


def compared(
    lines: Iterable[dict[str, Any]],
) -> Iterable[tuple[str, float, Machine, Machine | None]]:
    """(id, budget, theirs, ours) of the lists with a price and cards; ours None without one."""
    for line in lines:
        day = day_of(line["date"])
        usd = in_usd(line, day)
        if usd is None or not line["gpus"] or any("unified" in g["name"] for g in line["gpus"]):
            continue
        goal = {
            "as_of": day, "budget": {"usd": usd}, "workload": workload(line, day, usd),
            "limits": {"used": any(g["used"] for g in line["gpus"])},
        }  # fmt: skip
        try:
            result = plan(parse_goal(goal, line["id"]), line["id"])
        except RigwrightError as error:
            print(f"{line['id']}: {error}", file=sys.stderr)
            continue
        yield line["id"], usd, theirs(line, usd), ours(result) if result.chosen else None


def said(value: float | None) -> str:
    """A measure in few letters."""
    return "-" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def medians(rows: list[tuple[float, Machine, Machine]]) -> None:
    """By band: our median, and the middle half of theirs."""
    bands: dict[str, list[tuple[Machine, Machine]]] = defaultdict(list)
    for usd, expert, planned in rows:
        bands[next(name for most, name in BANDS if usd < most)].append((expert, planned))
    print("\nmedian of ours (middle half of theirs, n)")
    for name in (name for _, name in BANDS if name in bands):
        cells = []
        for measure in MEASURES:
            mine = [v for _, m in bands[name] if (v := m.measures[measure]) is not None]
            their = [v for e, _ in bands[name] if (v := e.measures[measure]) is not None]
            text = f"{measure} {said(statistics.median(mine) if mine else None)}"
            if len(their) >= 4:
                low, _, high = statistics.quantiles(their, n=4)
                text += f" ({said(low)}-{said(high)}, {len(their)})"
            cells.append(text)
        print(f"{name} ({len(bands[name])}): " + "; ".join(cells))


def main() -> int:
    """Print the comparison; exit 0, or 2 without the file."""
    reader = argparse.ArgumentParser(description=__doc__)
    shared = Path(os.environ.get("RIGWRIGHT_SHARED", "shared"))
    reader.add_argument("file", nargs="?", type=Path, default=shared / "experts/experts.jsonl")
    reader.add_argument("--db", help="database of imported parts and prices, or none")
    given = reader.parse_args()
    if not given.file.is_file():
        print(f"{given.file}: no such file; give the experts' lists", file=sys.stderr)
        return 2
    if given.db:
        source.use(given.db)
    rows = []
    lines = [json.loads(text) for text in given.file.read_text(encoding="utf-8").splitlines()]
    for name, usd, expert, planned in compared(lines):
        print(f"{name} ${usd:,.0f}: {expert.gpus}", flush=True)
        print("    theirs " + "  ".join(f"{k} {said(v)}" for k, v in expert.measures.items()))
        if planned is None:
            print("    ours   no machine")
            continue
        print(f"    ours   {planned.gpus} ${planned.usd:,.0f}")
        print("           " + "  ".join(f"{k} {said(v)}" for k, v in planned.measures.items()))
        rows.append((usd, expert, planned))
    medians(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
