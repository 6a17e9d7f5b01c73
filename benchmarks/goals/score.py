"""Counts twelve faults of planned machines over goals of people and goals made by rule.

    python benchmarks/goals/score.py                    # embedded catalogue
    python benchmarks/goals/score.py --db market.db     # with an imported market
    python benchmarks/goals/score.py --generated 0      # goals made by rule from a seed
    python benchmarks/goals/score.py --only qlora-2026 --json

The goals (``goals.toml``) were written before any plan of them was looked at. A plan without a
fault is *clean*. Facts of the chosen parts come from the catalogue, not from the plan's words.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import generated

from rigwright.catalog import source
from rigwright.plan.ask.goal import Goal, parse_goal
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.machine.given.market import market
from rigwright.plan.machine.planning import plan
from rigwright.plan.machine.results import Machined, PlanResult
from rigwright.plan.memory import sizing
from rigwright.plan.memory.results import total
from rigwright.plan.speed.feeding import feed_rates
from rigwright.plan.speed.stepping import predict_run
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Board, Card, Case, Chip, Cooler, Cpu, Drive, Psu, RamKit

GOALS = Path(__file__).parent / "goals.toml"
KINDS = (Board, Card, Case, Cooler, Cpu, Drive, Psu, RamKit)
CPU_YEARS, CORES, DEAR_USD = 6, 6, 2500
TRAINING_USD, RAM_USD, RAM_GIB = 1500, 2000, 32
SUPPLY = 1.15
LEFT = 0.25
KEPT_UP = 0.9
FAR_BELOW = 0.6
SMALLEST_LINES = ("core i3", "ryzen 3", "pentium", "celeron", "athlon")


@dataclass(frozen=True)
class Asked:
    """A goal with its plan and the parts it chose by kind."""

    goal: Goal
    result: PlanResult
    machine_exists: bool | None
    parts: dict[str, list[Any]]

    @property
    def chosen(self) -> Machined:
        """The machine; only faults of a machine ask for it."""
        assert self.result.chosen is not None
        return self.result.chosen


def _years(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def planned_conflict(a: Asked) -> bool:
    """A rule says that it cannot be built or will not run."""
    return any(f.verdict == "conflict" for f in a.chosen.findings)


def open_question(a: Asked) -> bool:
    """An error-level question is open although the goal did not allow it."""
    doubtful = any(f.verdict == "unknown" and f.severity == "error" for f in a.chosen.findings)
    return doubtful and not a.goal.limits.allow_unknown


def weak_processor(a: Asked) -> bool:
    """Sold before six years of the day, or too small beside a dear machine; owned ones are fine."""
    bought = {line.id for line in a.chosen.parts if line.kind == "cpu" and not line.owned}
    asked = a.goal.use.cpu is not None
    for cpu in a.parts["cpu"]:
        if cpu.id not in bought or asked:
            continue
        old = cpu.released is not None and cpu.released < _years(a.goal.as_of, CPU_YEARS)
        small = cpu.cores < CORES or any(w in cpu.name.lower() for w in SMALLEST_LINES)
        if old or (small and a.chosen.usd > DEAR_USD):
            return True
    return False


def slow_drive(a: Asked) -> bool:
    """Only SATA drives in a training machine over $1,500, where NVMe boards were sold (2016)."""
    training = a.result.run.mode in ("train", "forward_backward")
    nvme_sold = a.goal.as_of >= dt.date(2016, 1, 1) and a.goal.limits.drive == "ssd"
    dear = training and nvme_sold and a.chosen.usd > TRAINING_USD
    return dear and any(d.interface == "sata" for d in a.parts["drive"])


def little_memory(a: Asked) -> bool:
    """Under 32 GiB over $2,000."""
    gib = sum(k.modules * k.module_gib for k in a.parts["ram"])
    return a.chosen.usd > RAM_USD and gib < RAM_GIB


def small_supply(a: Asked) -> bool:
    """Below 1.15 times what the machine draws, or nobody knows the draw."""
    watts = sum(p.watts for p in a.parts["psu"])
    return a.chosen.draw_w is None or watts < SUPPLY * a.chosen.draw_w


def price_below_class(a: Asked) -> bool:
    """A card at under six tenths of the middle of all cards with its chip on that day."""
    quotes = source.prices_on(a.goal.as_of, used=a.goal.limits.used)
    same: dict[str, list[float]] = {}
    for card in source.load_with_price(Card):
        quote = quotes.get(f"card:{card.id}")
        if quote is not None:
            same.setdefault(card.chip, []).append(quote.usd)
    for line in a.chosen.parts:
        chip = next((p.chip for p in a.parts["card"] if p.id == line.id), None)
        level = statistics.median(same[chip]) if chip in same and line.usd else 0.0
        if line.usd / line.count < FAR_BELOW * level:
            return True
    return False


def money_left(a: Asked) -> bool:
    """A quarter of the budget or more is left and nothing says why."""
    left = 1 - a.chosen.usd / a.goal.budget.usd
    said = getattr(a.result, "left", None)
    return left >= LEFT and not (said and said.why)


def nobody_sells(a: Asked) -> bool:
    """A bought part that is not sold on the day in the condition the plan names."""
    from rigwright.catalog.prices.sold import sold

    for line in a.chosen.parts:
        part = next((p for p in a.parts.get(line.kind, ()) if p.id == line.id), None)
        if part is None or line.owned:
            continue
        condition = line.price_condition or "new"
        if sold(part, a.goal.as_of, condition, line.price_date) is False:
            return True
    return False


def starved(a: Asked) -> bool:
    """The cards get under nine tenths of what they could read, and a tenth of the money is left
    although it pays a machine with a processor that is sold and delivers more."""
    data = a.goal.job().data
    if data is None or a.chosen.usd > a.goal.budget.usd * 0.9:
        return False
    run, chip = a.result.run, next(c for c in source.load(Chip) if c.name == a.chosen.gpu)
    alone = predict_run(run, of_chip(chip, a.chosen.gpu_count)).step_s
    if a.chosen.prediction.step_s * KEPT_UP <= alone:
        return False
    rates = feed_rates(data, run, chip, a.chosen.gpu_count)
    now = max((rates.of_cpu(c) or 0.0 for c in a.parts["cpu"]), default=0.0)
    left = a.goal.budget.usd - a.chosen.usd
    left += sum(line.usd for line in a.chosen.parts if line.kind == "cpu")
    sold = (c for c in market(a.goal).candidates["cpu"] if c.cents <= left * 100)
    faster = (c.part for c in sold if (rates.of_cpu(c.part) or 0.0) > now * 1.1)  # type: ignore[arg-type]
    return any(_feeds(a, cpu.name) for cpu in faster)


def _feeds(a: Asked, cpu: str) -> bool:
    """Whether the budget pays a machine with this processor, faster by a tenth."""
    use = a.goal.use.model_copy(update={"cpu": cpu})
    try:
        other = plan(a.goal.model_copy(update={"use": use}), "with it").chosen
    except RigwrightError:
        return False
    return other is not None and other.prediction.step_s * 1.1 < a.chosen.prediction.step_s


def small_disk(a: Asked) -> bool:
    """The drives do not hold the sum of data, model, checkpoints, system and free space."""
    held = sum(d.capacity_bytes for d in a.parts["drive"])
    return held < total(sizing.disk_sum(a.result.run, a.goal.job()))


FAULTS: tuple[Callable[[Asked], bool], ...] = (
    planned_conflict, open_question, weak_processor, slow_drive, little_memory, small_supply,
    price_below_class, money_left, nobody_sells, starved, small_disk,
)  # fmt: skip


def faults(a: Asked) -> list[str]:
    """Names of the faults of one plan; the last is no machine where one exists, or none said."""
    if a.result.chosen is None:
        shown = a.result.conflicts or a.result.changes
        return [] if not a.machine_exists and shown else ["no_machine"]
    found = [fault.__name__ for fault in FAULTS if fault(a)]
    return found if a.machine_exists is not False else [*found, "machine_for_the_impossible"]


def _parts(result: PlanResult, known: dict[tuple[str, str], Any]) -> dict[str, list[Any]]:
    parts: dict[str, list[Any]] = {}
    for line in result.chosen.parts if result.chosen else ():
        part = known.get((line.kind, line.id))
        if part is not None:
            parts.setdefault(line.kind, []).extend([part] * line.count)
    return {kind: parts.get(kind, []) for kind in ("cpu", "drive", "ram", "psu", "card", "board",
                                                   "cooler", "case")}  # fmt: skip


def written() -> list[dict[str, Any]]:
    """The goals of people."""
    found: list[dict[str, Any]] = tomllib.loads(GOALS.read_text(encoding="utf-8"))["goal"]
    return found


def answers(entries: Iterable[dict[str, Any]], only: set[str]) -> Iterator[dict[str, Any]]:
    """One line per goal: its faults and the machine in short."""
    known = {(p.kind, p.id): p for kind in KINDS for p in source.load(kind)}
    for entry in entries:
        name, exists = entry.pop("id"), entry.pop("machine", True)
        said = entry.pop("said")
        if only and name not in only:
            continue
        try:
            goal = parse_goal(entry, name)
            result = plan(goal, name)
        except RigwrightError as error:
            yield {"id": name, "said": said, "faults": ["error"], "machine": str(error)}
            continue
        asked = Asked(goal, result, exists, _parts(result, known))
        chosen = result.chosen
        short = "none" if chosen is None else (
            f"${chosen.usd:,.0f} of {goal.budget.usd:,.0f}: "
            + "; ".join(f"{p.count} x {p.name}" if p.count > 1 else p.name for p in chosen.parts)
        )  # fmt: skip
        yield {"id": name, "said": said, "faults": faults(asked), "machine": short}


def main() -> int:
    """Print a line a goal and the totals; exit 0."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--db", help="database of imported parts and prices, or none")
    reader.add_argument("--generated", type=int, metavar="SEED", help="goals made by rule")
    reader.add_argument("--only", action="append", default=[], help="goal id, several times")
    reader.add_argument("--json", action="store_true", help="a JSON line per goal")
    given = reader.parse_args()
    if given.db:
        source.use(given.db)
    counts: dict[str, int] = {}
    clean = total = 0
    entries = written() if given.generated is None else generated.goals(given.generated)
    for answer in answers(entries, set(given.only)):
        total, clean = total + 1, clean + (not answer["faults"])
        for name in answer["faults"]:
            counts[name] = counts.get(name, 0) + 1
        if given.json:
            print(json.dumps(answer, ensure_ascii=False), flush=True)
        else:
            print(f"{answer['id']:<20} {', '.join(answer['faults']) or 'clean'}", flush=True)
            print(f"    {answer['machine']}", flush=True)
    print(f"clean {clean} of {total}; " + ", ".join(f"{k} {v}" for k, v in sorted(counts.items())),
          file=sys.stderr)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
