"""Answers about a machine: the one to buy, and what to swap in one that is there."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rigwright.catalog.prices.rates import DOLLARS, Rate
from rigwright.plan.memory.results import Sizes
from rigwright.spec.answer import Answer
from rigwright.spec.build import Finding
from rigwright.spec.run import Prediction, Run, Users


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSeen:
    """Where a price comes from and how sure it is; of all pieces of a line."""

    price_low: float | None = None
    price_high: float | None = None
    price_condition: str = ""
    price_basis: str = ""
    price_date: dt.date | None = None
    price_age_days: int | None = None
    price_seen_usd: float | None = None
    price_moved: float = 1.0
    price_moved_by: str = ""
    price_source: str = ""
    price_sold: bool = True


@dataclass(frozen=True, slots=True)
class PartLine(PriceSeen):
    """One line of a bill of materials; ``usd`` is for all ``count`` of them, 0 when owned."""

    kind: str
    id: str
    name: str
    count: int
    usd: float
    owned: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One (chip, count) with its cheapest machine: price against time.

    step_s, throughput : on its own links, with the same processor for all, as the cards were
    compared; a machine that is shown has the step time of its own processor.
    """

    gpu: str
    gpu_count: int
    usd: float | None
    step_s: float | None
    throughput: float | None
    fits: bool
    within_budget: bool
    on_frontier: bool
    chosen: bool = False
    why_not: str = ""
    changed: tuple[str, ...] = ()
    users: Users | None = None


@dataclass(frozen=True, slots=True)
class Machined:
    """A proposed machine: parts, price, what the rules say, how fast it is.

    changed : what it changes in the run to carry it, the result staying as it is.
    sizes : what lies on its drives and in its memory.
    """

    gpu: str
    gpu_count: int
    vram_bytes: int
    usd: float
    sizes: Sizes
    parts: tuple[PartLine, ...]
    prediction: Prediction
    findings: tuple[Finding, ...]
    draw_w: float | None
    wall_w: float | None
    job_hours: float | None = None
    job: str = ""
    feed: str = ""
    why: str = ""
    changed: tuple[str, ...] = ()
    power_cap_w: float | None = None
    case_volume_l: float | None = None
    heat_kwh_per_day: float | None = None

    @property
    def room(self) -> str:
        """``the case takes 45 l; heats the room with up to 5.7 kWh a day of work``."""
        litres, kwh = self.case_volume_l, self.heat_kwh_per_day
        takes = f"the case takes {litres:.0f} l" if litres else ""
        heats = f"heats the room with up to {kwh:.1f} kWh a day of work" if kwh else ""
        return "; ".join(filter(None, (takes, heats)))


@dataclass(frozen=True, slots=True)
class Change:
    """A change that makes the goal possible. what, helps : what to change, what there is then.

    keys : the same as keys of the goal; empty where nothing is bought.
    usd : of the cheapest machine then, or of the job where it is rented; None where not known.
    """

    what: str
    helps: str
    usd: float | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    gpu: str = ""
    gpu_count: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """What of the budget is not spent, and why it buys nothing faster."""

    usd: float
    why: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What would be chosen if one fact of one part were known and favourable.

    fact, look_up : what is not known of the part, and how to find out.  rules : those it leaves in
    doubt.  speedup, saves_usd : over the cheapest machine of the proven choice; negative: dearer.
    """

    machine: Machined
    kind: str
    part: str
    fact: str
    look_up: str
    rules: tuple[str, ...]
    speedup: float
    saves_usd: float

    @property
    def words(self) -> str:
        """The fact and how to look it up: ``card length limit of X is not known: measure it``."""
        return f"{self.fact}: {self.look_up}" if self.look_up else self.fact


@dataclass(frozen=True, slots=True)
class PlanResult(Answer):
    """Everything a plan says; ``chosen`` is None when nothing fits, then ``changes`` says why.

    next_step : the one thing to do first, to measure or to buy.
    if_measured : a better machine that one fact nobody wrote down keeps from being proven.

    run : the one that is planned; ``changed`` says in words what of the goal's run is different in
    it, its result staying as it is or its weights packed, and ``keys`` as keys of [workload].
    gives_up : what of a good builder's wishes the machine has not.
    missed : what of the run itself it does not reach: users whose contexts memory does not hold.
    power_cap_w : to set on each card, where the plan caps them.
    budget_usd : before tax.  tax_share : of a price, where the budget that was said includes tax.
    money : the currency that its texts say amounts in; every number of a key is in USD.
    """

    goal: str
    as_of: dt.date
    run: Run
    budget_usd: float
    chosen: Machined | None
    frontier: tuple[Point, ...]
    alternatives: tuple[Machined, ...]
    if_measured: Measured | None = None
    left: Left | None = None
    changed: tuple[str, ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    gives_up: str = ""
    missed: tuple[str, ...] = ()
    power_cap_w: float | None = None
    conflicts: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    tax_share: float | None = None
    money: Rate = DOLLARS
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class WhyNot(Answer):
    """Why cards or a part are not the plan's, or that they are.

    budget_usd, tax_share, money : as in ``PlanResult``.
    asked, name : as it was written, and what it means.  why : what speaks against it, in the
    words of rules and limits.  usd, step_s : of the cheapest machine with it and its predicted
    step; None where there is none.  relative_step : against the plan's.  changed : what the run
    needs there.  instead, instead_usd : what is planned.  changes : what makes it possible.
    """

    goal: str
    as_of: dt.date
    run: Run
    budget_usd: float
    asked: str
    name: str
    chosen: bool
    why: tuple[str, ...]
    usd: float | None = None
    step_s: float | None = None
    relative_step: float | None = None
    changed: tuple[str, ...] = ()
    instead: str = ""
    instead_usd: float | None = None
    changes: tuple[Change, ...] = ()
    tax_share: float | None = None
    money: Rate = DOLLARS


@dataclass(frozen=True, slots=True)
class Today:
    """A machine as it is: what it carries, what feeds it, and what the rules say of it."""

    gpu: str
    gpu_count: int
    vram_bytes: int
    prediction: Prediction
    findings: tuple[Finding, ...]
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of the machine. resale_usd : what it fetches used on the day at the low end of its
    range; None where nobody knows a used price of it.
    """

    kind: str
    id: str
    name: str
    resale_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One way to a faster machine.

    usd : price of ``buy`` together.  take_out : parts that leave the machine, resale_usd : what
    they fetch together, net_usd : price less that.
    speedup : throughput over today's; None when the run does not fit today.  changed : what it
    changes in the run to carry it, the result staying as it is.
    """

    gpu: str
    gpu_count: int
    vram_bytes: int
    usd: float
    buy: tuple[PartLine, ...]
    take_out: tuple[Kept, ...]
    prediction: Prediction
    speedup: float | None
    job_hours: float | None
    findings: tuple[Finding, ...]
    draw_w: float | None
    resale_usd: float
    net_usd: float
    sizes: Sizes
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UpgradeResult(Answer):
    """What to swap. chosen : the fastest the budget pays, every part proven to fit; None when
    nothing gains.  if_measured : a better one that a fact nobody knows leaves open.  steps : the
    upgrades that no other beats in price and speed, cheapest first, also above the budget.
    money : as in ``PlanResult``.
    """

    build: str
    as_of: dt.date
    run: Run
    budget_usd: float
    today: Today
    chosen: Upgrade | None
    if_measured: Upgrade | None
    steps: tuple[Upgrade, ...]
    notes: tuple[str, ...] = ()
    money: Rate = DOLLARS
