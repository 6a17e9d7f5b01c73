"""How many items the processor's cores decode and augment."""

import functools
import math
from dataclasses import dataclass
from pathlib import Path

from rigwright.predict.feed.cores import REFERENCE_CPU_MHZ, core_speed
from rigwright.spec.data import PICTURES, DataSet
from rigwright.spec.run import Machine
from rigwright.spec.tables.table import records, table

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


@functools.cache
def _decoders() -> dict[tuple[str, str], Decoder]:
    return {(row.decoder, row.format): row for row in table(Decoder, ROOM / "decoders.csv")}


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
