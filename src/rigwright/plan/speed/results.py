"""Answers about the speed of a run."""

import datetime as dt
from dataclasses import dataclass

from rigwright.catalog.prices.rates import DOLLARS, Rate
from rigwright.plan.speed.cardprices import Offered
from rigwright.spec.answer import Answer
from rigwright.spec.data import Feed
from rigwright.spec.run import Prediction, Run


@dataclass(frozen=True, slots=True)
class Model:
    """The model that was asked of. resolved : other than its name where that was not taken as
    written.  weight_bytes : as the run's precision stores them."""

    name: str
    resolved: str
    parameters: int
    weight_bytes: float


@dataclass(frozen=True, slots=True)
class Predicted(Answer):
    """One prediction with the question it answers.

    feed : what delivers the data; None where none is said.  job_hours : of the whole job, where its
    data or its size is said.  job : what that is.
    """

    run: Run
    gpu: str
    gpu_count: int
    vram_bytes: int
    prediction: Prediction
    feed: Feed | None = None
    job_hours: float | None = None
    job: str = ""
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One GPU of a comparison, or ``gpu_count`` of them together.

    usd : of the cheapest card on the day, times their number: new where the chip is sold new, else
    used, as usd_condition says; None where neither can be bought.  usd_date : when last seen.
    usd_per_speed : USD per item/s; lower is better value.  prices : of one card, new and used.
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
    usd_condition: str = ""
    prices: tuple[Offered, ...] = ()
    feed: Feed | None = None
    job_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison(Answer):
    """GPUs side by side for one run. job : what takes ``job_hours``; notes : on all of them.

    money : the currency that its texts say amounts in.
    """

    run: Run
    as_of: dt.date
    rows: tuple[Compared, ...]
    job: str = ""
    notes: tuple[str, ...] = ()
    money: Rate = DOLLARS


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
class Traced(Answer):
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
