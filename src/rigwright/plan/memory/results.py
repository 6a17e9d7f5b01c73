"""Frozen answers on whether a run fits a card's memory."""

import datetime as dt
from dataclasses import dataclass

from rigwright.catalog.prices.rates import DOLLARS, Rate
from rigwright.spec.answer import Answer
from rigwright.spec.run import Run, Users


@dataclass(frozen=True, slots=True)
class Way:
    """One way of making a run fit.

    changes : in words, all needed together.  relative_step : its step over the original's, of the
    same global batch; both predicted as if memory sufficed.  host_bytes : moved to host memory.
    exact : every weight is trained, or served, as before.
    """

    changes: tuple[str, ...]
    run: Run
    gpu_count: int
    memory_bytes: float
    margin_bytes: float
    chance: float
    step_s: float
    relative_step: float
    exact: bool
    host_bytes: float = 0.0


@dataclass(frozen=True, slots=True)
class Limit:
    """The largest value that still fits.

    value : None when even 1 does not fit.  bound : memory, model (its longest input), or nothing
    when memory never limits it (``value`` is then the largest that was tried).
    """

    value: int | None
    bound: str


@dataclass(frozen=True, slots=True)
class CardMemory:
    """One run on one kind of card.

    vram_bytes : of the card.  usable_bytes : of them, what a process can have.  memory_bytes : peak
    of one GPU, ``shares`` add up to it; 80 % of measured peaks are between low and high.
    margin_bytes : usable - peak.  chance : to fit.  verdict : fits (9 in 10), tight, too small (1
    in 10).  moment : when the peak is.  step_s : of the run, as if memory sufficed.
    largest_seq_len : None where the model's length cannot be asked.  job_hours : of the whole job
    at that step, where its data or its size is said; job : what that is.
    """

    gpu: str
    gpu_count: int
    vram_bytes: float
    usable_bytes: float
    memory_bytes: float
    low_bytes: float
    high_bytes: float
    margin_bytes: float
    chance: float
    chance_from: str
    verdict: str
    moment: str
    shares: dict[str, float]
    step_s: float
    largest_batch: Limit
    largest_seq_len: Limit | None
    ways: tuple[Way, ...]
    notes: tuple[str, ...] = ()
    job_hours: float | None = None
    job: str = ""
    users: Users | None = None


@dataclass(frozen=True, slots=True)
class FitResult(Answer):
    """A run asked about on one or more cards."""

    run: Run
    cards: tuple[CardMemory, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A chip that holds the run.

    usd : of ``gpu_count`` of its cheapest cards: new where it is sold new, else used, as
    usd_condition says; None when none can be bought.
    """

    gpu: str
    gpu_count: int
    vram_bytes: float
    memory_bytes: float
    chance: float
    step_s: float
    usd: float | None
    usd_date: dt.date | None
    usd_condition: str = ""


@dataclass(frozen=True, slots=True)
class Lighter:
    """What changes do to the least VRAM of one card. [B]"""

    changes: tuple[str, ...]
    vram_bytes: float


@dataclass(frozen=True, slots=True)
class SmallestVram(Answer):
    """The least memory that carries a run, and the cheapest chips that have it.

    vram_bytes : of one card, with what the driver keeps and room for the error of prediction.
    memory_bytes : the predicted peak in it.  smallest_bytes : of the smallest chip that holds it.
    money : the currency that its texts say amounts in.
    """

    run: Run
    gpu_count: int
    as_of: dt.date
    vram_bytes: float
    memory_bytes: float
    chance_from: str
    moment: str
    shares: dict[str, float]
    smallest_bytes: float | None
    carriers: tuple[Carrier, ...]
    lighter: tuple[Lighter, ...] = ()
    money: Rate = DOLLARS


# -- what lies on the drive and in main memory ---------------------------------------------
GB, GIB = 10**9, 1024**3
FREE = "free"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a sum. [B]  count : how many of it there are; bytes is of all of them."""

    what: str
    bytes: float
    count: int = 1


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a machine has beside what its run needs. [B]

    disk, ram : the terms of both sums.  disk_bytes, ram_bytes : of the machine.
    """

    disk: tuple[Term, ...]
    ram: tuple[Term, ...]
    disk_bytes: float
    ram_bytes: float

    @property
    def words(self) -> tuple[str, str]:
        """``disk 1 TB: data 138 GB + ... + free 12% = 215 GB``, and of main memory the same."""
        size = self.disk_bytes
        disk = f"{size / 1e12:g} TB" if size >= 1e12 else f"{size / GB:g} GB"
        return (
            f"disk {disk}: {disk_words(self.disk)}",
            f"RAM {self.ram_bytes / GIB:g} GiB: {ram_words(self.ram)}",
        )

    @property
    def too_small(self) -> tuple[str, ...]:
        """What is smaller than its sum, in words."""
        short = (total(self.disk) > self.disk_bytes, total(self.ram) > self.ram_bytes)
        return tuple(
            f"too small for its sum: {words}"
            for words, is_short in zip(self.words, short, strict=True)
            if is_short
        )


def total(terms: tuple[Term, ...]) -> float:
    """The sum. [B]"""
    return sum(term.bytes for term in terms)


def _amount(size: float) -> str:
    return f"{size:,.0f}" if size >= 9.95 else f"{max(size, 0.1):.1f}"


def _sum_words(terms: tuple[Term, ...], unit: str, scale: float) -> str:
    whole, said = total(terms), []
    for term in terms:
        many = f"{term.count} x " if term.count > 1 else ""
        size = f"{many}{_amount(term.bytes / term.count / scale)} {unit}"
        said.append(f"{term.what} {f'{term.bytes / whole:.0%}' if term.what == FREE else size}")
    return f"{' + '.join(said)} = {_amount(whole / scale)} {unit}"


def disk_words(terms: tuple[Term, ...]) -> str:
    """``model 16 GB + checkpoints 3 x 96 GB + system 50 GB + free 12% = 404 GB``."""
    return _sum_words(terms, "GB", GB)


def ram_words(terms: tuple[Term, ...]) -> str:
    """``system 4.0 GiB + processes 2 x 3.0 GiB + loader 5.1 GiB = 15 GiB``."""
    return _sum_words(terms, "GiB", GIB)
