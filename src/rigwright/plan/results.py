"""Frozen answers of the use cases; text and JSON are made from these alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from rigwright.spec.build import Finding
from rigwright.spec.run import Prediction, Run


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the rules say of one build. exit_code: 0 buildable, 1 conflict, 3 only unknowns."""

    name: str
    findings: tuple[Finding, ...]
    unresolved: tuple[tuple[str, str], ...]
    exit_code: int


@dataclass(frozen=True, slots=True)
class Predicted:
    """One prediction with the question it answers."""

    run: Run
    gpu: str
    gpu_count: int
    vram_bytes: int
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class Compared:
    """One GPU of a comparison, or ``gpu_count`` of them together.

    usd : price of the cheapest priced card on the day, times their number, with its date; None when
    no price is known.
    usd_per_speed : USD per item/s; lower is better value.
    relative_speed : throughput over that of the first GPU named.
    """

    gpu: str
    released: dt.date | None
    vram_bytes: int
    prediction: Prediction
    relative_speed: float
    usd: float | None
    usd_date: dt.date | None
    usd_per_speed: float | None
    notes: tuple[str, ...] = ()
    gpu_count: int = 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """GPUs side by side for one run."""

    run: Run
    as_of: dt.date
    rows: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class PartLine:
    """One line of a bill of materials; ``usd`` is for all ``count`` of them, 0 when owned."""

    kind: str
    id: str
    name: str
    count: int
    usd: float
    owned: bool
    price_date: dt.date | None = None
    price_basis: str = ""
    price_condition: str = ""
    price_age_days: int | None = None
    price_source: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One (chip, count) with its cheapest machine: price against time."""

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


@dataclass(frozen=True, slots=True)
class Machined:
    """A proposed machine: parts, price, what the rules say, how fast it is."""

    gpu: str
    gpu_count: int
    vram_bytes: int
    usd: float
    parts: tuple[PartLine, ...]
    prediction: Prediction
    findings: tuple[Finding, ...]
    draw_w: float | None
    wall_w: float | None
    job_hours: float | None = None
    feed: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A demand that stands in the way, or a change that makes the goal possible."""

    what: str
    helps: str
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class PlanResult:
    """Everything a plan says; ``chosen`` is None when nothing fits, then ``changes`` says why."""

    goal: str
    as_of: dt.date
    run: Run
    budget_usd: float
    chosen: Machined | None
    frontier: tuple[Point, ...]
    alternatives: tuple[Machined, ...]
    conflicts: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Today:
    """A machine as it is: what it carries, and what the rules say of it."""

    gpu: str
    gpu_count: int
    vram_bytes: int
    prediction: Prediction
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of the machine."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One way to a faster machine.

    usd : price of ``buy`` together.  take_out : parts that leave the machine.
    speedup : throughput over today's; None when the run does not fit today.
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


@dataclass(frozen=True, slots=True)
class UpgradeResult:
    """What to swap. chosen : the fastest the budget pays, every part proven to fit; None when
    nothing gains.  if_measured : a better one that a fact nobody knows leaves open.  steps : the
    upgrades that no other beats in price and speed, cheapest first, also above the budget.
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


@dataclass(frozen=True, slots=True)
class Rented:
    """One offer against the owned machine.

    relative_speed : offer's throughput over the owned machine's.
    fits : surely or tightly.
    break_even_h : hours of the owned machine's use after which it has cost less; None = never.
    """

    offer: str
    gpu: str
    gpu_count: int
    usd_per_hour: float
    date: dt.date
    age_days: int
    fits: bool
    step_s: float | None
    relative_speed: float | None
    usd_per_job: float | None
    break_even_h: float | None
    break_even_months: float | None
    break_even_clock_h: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RentResult:
    """Owning against renting.

    own_usd_per_hour : electricity of the owned machine under load.
    own_usd_per_job : electricity and loss of value of one job.
    break-even against each offer: ``break_even_h`` counts hours on the owned machine and pays for
    the offer's own speed; ``break_even_clock_h`` counts an hour as an hour on both.
    """

    goal: str
    as_of: dt.date
    own: str
    own_usd: float
    own_draw_w: float
    usd_per_kwh: float
    usd_per_kwh_source: str
    hours_per_day: float
    own_usd_per_hour: float
    own_usd_per_job: float | None
    rows: tuple[Rented, ...]
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class TracedKind:
    """All operations of one kind in a step: executions, arithmetic and memory traffic."""

    kind: str
    forward: int
    backward: int
    flop: float
    traffic_bytes: float


@dataclass(frozen=True, slots=True)
class TracedLine:
    """One operation of a list. flop, traffic_bytes : of one of its ``count`` executions."""

    phase: str
    kind: str
    name: str
    count: int
    dims: tuple[float, ...]
    flop: float
    traffic_bytes: float


@dataclass(frozen=True, slots=True)
class UnknownOperation:
    """An operation that no cost model knows: executions and share of the step's memory traffic."""

    name: str
    count: int
    traffic_share: float


@dataclass(frozen=True, slots=True)
class Traced:
    """The operations of a model's step, counted for one batch and precision.

    traced : made now; else the embedded list.  file : where it was written, if anywhere.
    fixed_seq : holds at ``seq_len`` alone.  kept_bytes : activations that backward needs.
    lines : every operation, where asked for.
    """

    model: str
    task: str
    unit: str
    traced: bool
    file: str | None
    parameters: int
    trainable: int
    img_size: int | None
    seq_len: int | None
    batch: int
    precision: str
    fixed_seq: bool
    operations: int
    flop: float
    traffic_bytes: float
    kept_bytes: float
    kinds: tuple[TracedKind, ...]
    unknown: tuple[UnknownOperation, ...]
    assumptions: tuple[str, ...]
    lines: tuple[TracedLine, ...] = ()
