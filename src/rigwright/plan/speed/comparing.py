"""Use case: GPUs side by side for one run, with what they cost on a day."""

from collections.abc import Sequence
from typing import Any

from rigwright.plan.ask.datasets import job_of
from rigwright.plan.ask.goal import money_in, parse_day
from rigwright.plan.ask.questions import machine_of, run_of
from rigwright.plan.speed.cardprices import Offered, bought, by_chip
from rigwright.plan.speed.feeding import job_words, sized, timed, uncounted
from rigwright.plan.speed.results import Compared, Comparison
from rigwright.plan.speed.runs import chip_named, counted
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Prediction

GIB = 1024**3
SLOW_SHARE = 1 / 7
"""GTX 970: the last 0.5 GiB sits behind one of eight 32-bit channels while the other seven serve
the first 3.5 GiB (NVIDIA's statement to AnandTech, 2015-01-26: 28 of 224 GB/s, not usable
together)."""


def memory_notes(chip: Chip, p: Prediction) -> tuple[str, ...]:
    """What a buyer must know about this chip's memory for this run."""
    notes = []
    fast = chip.fast_vram_bytes
    if fast and p.memory_bytes > fast:
        notes.append(
            f"needs {p.memory_bytes / GIB:.1f} GiB but only {fast / GIB:.1f} GiB run at full "
            f"speed; the rest has {SLOW_SHARE:.0%} of the bandwidth, so expect stalls that the "
            "step time above does not contain"
        )
    elif fast:
        notes.append(
            f"only {fast / GIB:.1f} of {chip.vram_bytes / GIB:.1f} GiB run at full speed; "
            f"this run needs {p.memory_bytes / GIB:.1f} GiB and stays inside"
        )
    return tuple(notes)


def _paid(price: Offered | None, count: int, p: Prediction) -> dict[str, Any]:
    """What ``count`` cards cost, and what their speed does."""
    if price is None or price.usd is None:
        return {"usd": None, "usd_date": None, "usd_per_speed": None}
    usd = price.usd * count
    return {
        "usd": round(usd, 2),
        "usd_date": price.seen_date,
        "usd_per_speed": usd / p.throughput,
        "usd_condition": price.condition,
    }


def compare_chips(
    names: Sequence[str], values: dict[str, Any], as_of: str | None, currency: str | None = None
) -> Comparison:
    """Step time, memory and price of each named GPU, or several (``2x RTX 3090``), for a run.

    currency : that its texts say amounts in.
    """
    if len(names) < 2:
        raise InputError("compare", "gpu", list(names), "two or more GPU names")
    run, day = run_of(values, "compare"), parse_day(as_of)
    prices, job, money = by_chip(day), job_of(values, run, "compare"), money_in(currency, day)
    rows: list[Compared] = []
    for number, name in map(counted, names):
        if number == 0:
            raise InputError("compare", "gpu", "0 x", "one or more cards")
        machine = machine_of(values | {"gpu_count": number or 1}, chip_named(name), run, "compare")
        chip = machine.chip
        found = timed(run, machine, job)
        p = found.prediction
        price = bought(prices, chip.id)
        first = rows[0].prediction.throughput if rows else p.throughput
        row = Compared(
            gpu=chip.name, released=chip.released, vram_bytes=chip.vram_bytes, prediction=p,
            relative_speed=p.throughput / first, **_paid(price, number or 1, p),
            notes=memory_notes(chip, p), gpu_count=number or 1, prices=prices.get(chip.id, ()),
            feed=found.feed, job_hours=found.job_hours,
        )  # fmt: skip
        rows.append(row)
    words = job_words(sized(run), job)
    notes = () if job.data else uncounted(run)
    return Comparison(run, day, tuple(rows), words, notes, money)
