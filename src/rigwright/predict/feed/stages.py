"""Drive, processor and bus side by side: what a step's items wait for."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from rigwright.predict import parallel
from rigwright.predict.feed.cores import REFERENCE_CPU_MHZ, core_speed
from rigwright.predict.feed.storage import (
    cached_share,
    reading_words,
    storage_items_per_s,
    with_class,
)
from rigwright.spec.data import PICTURES, DataSet, Feed
from rigwright.spec.run import Machine, Prediction, Run
from rigwright.spec.tables.table import kept, keyed, records

# -- how many items the processor's cores decode and augment -------------------------------
ROOM = Path(__file__).parent.parent / "data"
SIDE = 224
"""Side of the pictures whose augmentation the table states. [px]"""
LEAST_AUGMENT = 0.05
"""Share of that time that the calls take whatever the size of the picture."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """A library that decodes, on one core of the processor stated beside it, or on one GPU.

    augment_ms : random crop to 224 px, flip, normalising and joining to a batch.
    """

    decoder: str
    format: str
    decode_mpixel_per_s: float
    augment_ms: float
    per: str
    cpu_mhz: float | None
    per_clock: float | None


_decoders = kept(keyed, Decoder, ROOM / "decoders.csv", "decoder", "format")


def decoder_of(name: str, format: str) -> Decoder:
    """The row of a decoder; a format that it leaves to Pillow is Pillow's."""
    rows = _decoders()
    if format == "raw":  # nothing to decode; what is left is the library's augmentation
        format = "jpeg"
    return rows.get((name, format)) or rows["pillow", format]


def on_gpu(data: DataSet) -> bool:
    """Whether the GPU decodes, so that items cross the bus as they are stored."""
    return data.format in ("jpeg", "png") and decoder_of(data.decoder, data.format).per == "gpu"


def _speed(cpu_mhz: float | None, clock: float | None) -> float:
    return (cpu_mhz or REFERENCE_CPU_MHZ) / REFERENCE_CPU_MHZ * (clock or 1.0)


def _picture_seconds(data: DataSet, row: Decoder, side: float) -> float | None:
    """Core seconds of one picture on the reference host; None where its pixels are not known."""
    size = max((side / SIDE) ** 2, LEAST_AUGMENT)
    spent = row.augment_ms * 1e-3 * size
    if data.format != "raw":
        if data.item_pixels is None:
            return None
        spent += data.item_pixels / (row.decode_mpixel_per_s * 1e6)
    return spent * _speed(row.cpu_mhz, row.per_clock)


def core_seconds(data: DataSet, side: float, item_bytes: float) -> float | None:
    """Seconds that one core of the reference host works for an item; None = not known."""
    if data.format in PICTURES:
        return _picture_seconds(data, decoder_of(data.decoder, data.format), side)
    if data.format == "tokens":
        return 0.0
    if data.format == "text":
        row = records(ROOM / "tokenizers.csv")[0]
        speed = _speed(float(row["cpu_mhz"]), float(row["per_clock"]))
        return item_bytes / float(row["bytes_per_s"]) * speed
    return None


def workers_of(data: DataSet, machine: Machine) -> int | None:
    """Loader processes: as said, else a core each less one for the training process."""
    if data.workers is not None or machine.cpu_cores is None:
        return data.workers
    return max(machine.cpu_cores - 1, 1)


def decode_items_per_s(
    data: DataSet, machine: Machine, side: float, item_bytes: float
) -> float | None:
    """Items per second of all workers; None where the processor or the work is not known.

    Workers beyond the cores add nothing; hyper-threads are not counted as cores.
    """
    if on_gpu(data):
        rate = decoder_of(data.decoder, data.format).decode_mpixel_per_s * 1e6
        return machine.gpu_count * rate / data.item_pixels if data.item_pixels else None
    spent = core_seconds(data, side, item_bytes)
    if spent == 0.0:
        return math.inf
    speed, workers = core_speed(machine), workers_of(data, machine)
    if spent is None or speed is None or workers is None or machine.cpu_cores is None:
        return None
    cores = machine.cpu_full_cores or float(machine.cpu_cores)
    busy = min(1.0, workers / machine.cpu_cores) * cores
    return busy * speed / spent


RANGES = {"disk": 1.25, "cpu": 1.5, "pcie": 1.25}
"""How far a stage may be from what is worked out: drives from their maker's rates, processors and
libraries from the one that was measured (published rates of one library differ by that much). A
planning assumption, not fitted."""
WORTH = 1.2
"""A remedy is named when it delivers so much more: less is within what the rates are good to."""
REMEDIES = 2
SAY = {"disk": "--drive NAME", "cpu": "--cpu NAME"}
UNSAID = (
    "reading and decoding the data is not counted: say --data NAME, or data_items and item_bytes"
)
"""The note on a training step without data."""


def items_bytes(data: DataSet, run: Run) -> float:
    """Stored bytes of one item of a step; tokens are joined and cut to the run's length. [B]"""
    if data.format == "tokens" and data.item_tokens and run.seq_len:
        return data.item_bytes / data.item_tokens * run.seq_len
    return data.item_bytes


def needed_items(data: DataSet, run: Run) -> float:
    """Items of a job in the run's own items: pictures, texts, or sequences that are cut."""
    joined = data.format == "tokens" and data.item_tokens and run.seq_len
    per_item = data.item_tokens / run.seq_len if joined else 1.0  # type: ignore[operator]
    return data.items * data.epochs * per_item


def copied_bytes(data: DataSet, run: Run) -> float:
    """What one item puts on the bus: a picture as 32-bit floats, a text as 64-bit ids. [B]"""
    if data.format in PICTURES:
        return 3.0 * 4.0 * float(run.img_size or 224) ** 2
    return 8.0 * float(run.seq_len or data.item_tokens or 1)


def feed(data: DataSet, run: Run, machine: Machine) -> Feed:
    """Items per second that each stage delivers to all GPUs together, and which one binds.

    The loader works beside the GPUs, so the slowest stage sets the pace. Every node reads and
    decodes for itself. ``img_size`` and ``seq_len`` of the run decide what an item becomes.
    """
    nodes, size = parallel.nodes_of(machine), items_bytes(data, run)
    side = float(run.img_size or 224)
    as_read = replace(data, item_bytes=size, items=max(round(data.bytes / size), 1))
    cold = _times(storage_items_per_s(
        as_read, machine.disk_read_bytes_per_s, machine.disk_random_iops
    ), nodes)  # fmt: skip
    cached = cached_share(as_read, machine.ram_bytes)
    again = math.inf if cached == 1.0 else _times(cold, 1.0 / (1.0 - cached))
    once = data.epochs == 1 and data.lies != "memory"
    moved = size if on_gpu(data) else copied_bytes(data, run)
    beside = {
        "cpu": _times(decode_items_per_s(data, machine, side, size), nodes),
        "pcie": _times(machine.pcie_bytes_per_s, machine.gpu_count / moved),
    }
    stages = {"disk": cold if once else again, **beside}
    rate, bound = _slowest(stages)
    return Feed(
        items_per_s=rate,
        bound=bound,
        stages=stages,
        first_items_per_s=_slowest({"disk": cold, **beside})[0],
        cached=0.0 if once else cached,
        why=_why(data, machine, stages, bound, cached),
        notes=_notes(data, machine, stages, cached),
    )


def _times(rate: float | None, factor: float) -> float | None:
    return None if rate is None else rate * factor


def _slowest(stages: dict[str, float | None]) -> tuple[float | None, str]:
    known = {name: rate for name, rate in stages.items() if rate is not None}
    if not known:
        return None, ""
    name = min(known, key=lambda name: known[name])
    return known[name], name


def _cpu_words(data: DataSet, machine: Machine) -> str:
    workers = workers_of(data, machine)
    who = f"{workers} loader workers" if workers != 1 else "1 loader worker"
    how = {"text": "tokenise text", "raw": "prepare pictures"}.get(
        data.format, f"decode {data.format} with {data.decoder}"
    )
    if on_gpu(data):
        return f"{data.decoder} decodes on the GPU"
    return f"{who} on {machine.cpu or f'{machine.cpu_cores} cores'} {how}"


def _why(
    data: DataSet, machine: Machine, stages: dict[str, float | None], bound: str, cached: float
) -> str:
    """``Barracuda reads shuffled files, 79 accesses/s: 75 items/s``."""
    if not bound:
        return ""
    rate = stages[bound] or 0.0
    if math.isinf(rate):
        return "the data comes from main memory as it is"
    words = "the bus copies every item to the GPUs"
    if bound != "pcie":
        words = reading_words(data, machine) if bound == "disk" else _cpu_words(data, machine)
    if bound == "disk" and 0.005 <= cached < 1 and data.epochs > 1:
        words += f", {cached:.0%} come from memory"
    return f"{words}: {rate:,.{0 if rate >= 20 else 1}f} items/s"


def _notes(
    data: DataSet, machine: Machine, stages: dict[str, float | None], cached: float
) -> tuple[str, ...]:
    """What is not known, and what was taken for granted."""
    found = []
    for name, rate in stages.items():
        if rate is None and name in SAY:
            found.append(_missing(name, data, machine))
    if machine.disk_assumed and data.lies == "files" and cached < 1.0:
        found.append(f"random reads of {machine.drive} are not stated: the slowest of its class")
    return tuple(found)


def _missing(stage: str, data: DataSet, machine: Machine) -> str:
    """Why a stage is not counted."""
    if stage == "disk":
        why = f"the read rates of {machine.drive} are not known" if machine.drive else SAY[stage]
        return f"reading from the drive is not counted: {why}"
    if machine.cpu_cores is None:
        return f"decoding is not counted: {SAY[stage]}"
    if data.format in ("jpeg", "png"):
        return "decoding is not counted: say item_pixels, the pixels of a stored picture"
    return f"decoding is not counted: nobody knows what {data.format} costs a core"


def remedies(data: DataSet, run: Run, machine: Machine, f: Feed) -> str:
    """What would deliver more where ``f`` binds: ``packed in large files 492 items/s, on sata
    492 items/s``, with all other stages as they are; empty where nothing known does."""
    tried: list[tuple[str, DataSet, Machine]] = []
    if f.bound == "disk":
        tried.append(("packed in large files", replace(data, lies="packed"), machine))
        tried += [(f"on {word}", data, with_class(machine, word)) for word in ("sata", "nvme")]
    elif f.bound == "cpu":
        faster = ("torchvision", "opencv", "dali")
        tried += [(f"decoded by {name}", replace(data, decoder=name), machine) for name in faster]
    found = []
    for words, with_data, on_machine in tried:
        rate = feed(with_data, run, on_machine).items_per_s
        if rate is not None and (f.items_per_s or 0.0) * WORTH < rate < math.inf:
            found.append(f"{words} {rate:,.0f} items/s")
    return ", ".join(found[:REMEDIES])


def fed(p: Prediction, f: Feed, items: int) -> Prediction:
    """A step of ``items`` items on a machine that is fed so: the slower of the two paces it.

    The loader runs beside the GPUs. Where it is slower, the GPUs wait: ``input`` of the shares.
    """
    if f.items_per_s is None:
        return replace(p, notes=(*p.notes, *f.notes))
    feed_s, spread = items / f.items_per_s, RANGES[f.bound]
    low, high = max(p.low_s, feed_s / spread), max(p.high_s, feed_s * spread)
    if feed_s <= p.step_s:
        return replace(p, high_s=high, low_s=min(low, p.step_s), notes=(*p.notes, *f.notes))
    scale = p.step_s / feed_s
    shares = {name: share * scale for name, share in p.shares.items()}
    shares["input"] = shares.get("input", 0.0) + 1.0 - scale
    return replace(
        p,
        step_s=feed_s,
        low_s=low,
        high_s=high,
        throughput=p.throughput * scale,
        bound=f.bound,
        shares=shares,
        notes=(
            *p.notes,
            f"the GPUs wait for data {1.0 - scale:.0%} of the time: {f.why}",
            *f.notes,
        ),
    )
