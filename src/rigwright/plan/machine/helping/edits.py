"""Changes of a goal: which keys, in words, and the goal after them."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from itertools import product
from pathlib import Path
from typing import Any

from rigwright.catalog.prices.ledger import amount, money
from rigwright.plan.ask.goal import Goal, Named, budget_in_usd
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.machine.given.named import SINGULAR
from rigwright.plan.memory.changes import others
from rigwright.plan.memory.results import GIB, total
from rigwright.plan.memory.sizing import ram_sum
from rigwright.plan.speed.runs import counted
from rigwright.spec.errors import RigwrightError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run
from rigwright.spec.tables.table import table

ENGINE = "llama.cpp"
TOWERS = Path(__file__).parents[2] / "data" / "towers.csv"
TOWERS_ASKED = TOWERS.with_name("tower_prices.csv")
HOST = ("cpu", "board", "ram", "psu", "case")
TOWER_USD = 750
"""Above, parts of one's own choice are the better start."""


@dataclass(frozen=True, slots=True)
class Tower:
    """A computer of an office that is sold on, as an owner tells its parts; into it a card is put.

    since : there are used ones.
    """

    words: str
    since: dt.date
    cpu: str
    board: str
    ram: str
    psu: str
    case: str


@dataclass(frozen=True, slots=True)
class TowerAsked:
    """What sellers asked for a used tower on a day, from and to. [USD]"""

    name: str
    low_usd: float
    high_usd: float
    date: dt.date


def towers_asked(day: dt.date, most_usd: float) -> str | None:
    """``Dell OptiPlex 7050 tower $100-140``: those seen up to a day that cost no more than so much;
    None where all are dearer, empty where none was seen yet."""
    seen = [row for row in table(TowerAsked, TOWERS_ASKED) if row.date <= day]
    paid = [row for row in seen if row.low_usd <= most_usd]
    said = (f"{r.name} {money(r.low_usd)}-{amount(r.high_usd)} on {r.date}" for r in paid)
    return ", ".join(said) if paid or not seen else None


@dataclass(frozen=True, slots=True)
class Edit:
    """What is changed, in words, and as keys of a goal."""

    words: str
    keys: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: "Edit") -> "Edit":
        words = " and ".join(filter(None, (self.words, other.words)))
        return Edit(words, {**self.keys, **other.keys})


MEASURE = Edit("accept a fit that has to be measured first", {"limits.allow_unknown": True})


def edited(goal: Goal, keys: Mapping[str, Any]) -> Goal:
    """The goal with other values of some keys."""
    sections: dict[str, dict[str, Any]] = {}
    for key, value in keys.items():
        section, _, name = key.rpartition(".")
        sections.setdefault(section, {})[name] = tuple(value) if isinstance(value, list) else value
    money = sections.get("budget", {})
    if money.keys() & {"amount", "currency"}:
        said = {"amount": goal.budget.amount, "currency": goal.budget.currency} | money
        sections["budget"] = money | budget_in_usd(said, goal.as_of)
    made = {name: getattr(goal, name).model_copy(update=said) for name, said in sections.items()}
    return goal.model_copy(update=made)


def saying(goal: Goal, keys: Mapping[str, Any]) -> Goal:
    """The goal whose [workload] says these keys, too."""
    return edited(goal, {f"workload.{key}": value for key, value in keys.items()})


def budget_of(goal: Goal, cents: int) -> Edit:
    """A budget, in the currency and with the tax it is said in, that pays so much before tax;
    nothing where it does."""
    usd, said = cents / 100 * (1 + (goal.included_share or 0.0)), goal.budget
    if usd <= said.usd:
        return Edit("")
    more = f"raise the budget by {money(usd - said.usd)}"
    if said.amount is None:
        return Edit(more, {"budget.usd": math.ceil(usd)})
    return Edit(more, {"budget.amount": math.ceil(usd / goal.money.usd)})


def of_run(goal: Goal, chip: Chip, most: int) -> Iterator[Edit]:
    """Other runs of the goal's model that need less memory, up to ``most`` changes together."""
    run = goal.workload.run()
    for words, other in others(run, of_chip(chip), most):
        edit = Edit(" and ".join(words), _keys(goal, other)) + _room(goal, other, chip)
        if edit.keys and _reads(goal, edit):
            yield edit


def _room(goal: Goal, run: Run, chip: Chip) -> Edit:
    """Memory of the computer for what offload keeps there."""
    if not run.offload or goal.workload.offload:
        return Edit("")
    cards = run.tensor_parallel * run.pipeline_parallel
    gib = math.ceil(total(ram_sum(run, goal.job(), cards, chip)) / GIB)
    if gib <= goal.limits.ram_gib_min:
        return Edit("")
    return Edit(f"{gib} GiB of RAM", {"limits.ram_gib_min": gib})


def _keys(goal: Goal, other: Run) -> dict[str, Any]:
    """Keys of [workload] that make the goal's run the other."""
    run = goal.workload.run()
    found: dict[str, Any] = {}
    for f in fields(run):
        value = getattr(other, f.name)
        if value != getattr(run, f.name):
            name, value = ("framework", ENGINE) if f.name == "software" else (f.name, value)
            found[f"workload.{name}"] = value
    if "workload.method" in found and goal.workload.precision is None:
        found.pop("workload.precision", None)  # that of adapters where none is said
    return found


def _reads(goal: Goal, edit: Edit) -> bool:
    try:
        edited(goal, edit.keys).workload.run()
    except RigwrightError:
        return False
    return True


def of_limits(goal: Goal) -> Iterator[Edit]:
    """Limits on the cards and on what is for sale."""
    limits, freely = goal.limits, "smaller passes, checkpointing or sharding where they help"
    both = ["nvidia", "amd"]
    for limited, words, key, value in (
        (not limits.used, "second-hand prices too", "limits.used", True),
        (limits.gpu_count_max < 4, "up to 4 GPUs", "limits.gpu_count_max", 4),
        (limits.gpu_count_min > 1, "a single GPU too", "limits.gpu_count_min", 1),
        (limits.brands, "any maker", "limits.brands", []),
        ({*limits.gpu_vendors} == {"nvidia"}, "GPUs of AMD too", "limits.gpu_vendors", both),
        (goal.workload.literal, freely, "workload.literal", False),
    ):
        if limited:
            yield Edit(words, {key: value})


def of_towers(goal: Goal) -> Iterator[Edit]:
    """A used computer of an office to start from, beside which its own price is to be paid."""
    named = (getattr(section, kind) for section in (goal.own, goal.use) for kind in HOST)
    if goal.parts_usd > TOWER_USD or any(named) or goal.limits.open_frame:
        return
    for row in table(Tower, TOWERS):
        if row.since <= goal.as_of:
            own = {f"own.{kind}": getattr(row, kind) for kind in HOST}
            yield Edit(f"start from {row.words}", own | {"own.ram": [row.ram]})


def of_named(goal: Goal) -> Iterator[Edit]:
    """One kind of the parts that are owned or asked for is left out; of several cards asked for
    fewer are bought."""
    yield from without(goal, *Named.model_fields)
    cards = [text for number, text in map(counted, goal.use.cards) for _ in range(number or 1)]
    if len(cards) > 1:
        words = f"fewer of the {cards[0]} you ask for"
        yield Edit(words, {"use.cards": cards[:1], "limits.gpu_count_min": 1})


def without(goal: Goal, *names: str) -> Iterator[Edit]:
    """The goal without what it owns, or asks for, under one of some keys."""
    for (section, verb), name in product((("own", "have"), ("use", "ask for")), names):
        if had := getattr(getattr(goal, section), name):
            many = Counter(had) if isinstance(had, tuple) else {had: 1}
            said = ", ".join(f"{n} x {text}" if n > 1 else text for text, n in many.items())
            words = f"another {SINGULAR.get(name, name)} than the {said} you {verb}"
            yield Edit(words, {f"{section}.{name}": [] if isinstance(had, tuple) else None})
