"""How fast a drive and the memory before it deliver items."""

import math
from dataclasses import replace
from pathlib import Path

from rigwright.spec.data import DataSet
from rigwright.spec.run import Machine
from rigwright.spec.tables.table import records

RAM_SHARE_FOR_CACHE = 0.6
"""Main memory that the operating system can keep files in while a training process runs; a
planning assumption, stated beside every answer that uses it."""
READ_BYTES = 128 * 1024
"""One request of a file that is read from end to end (Linux: ``read_ahead_kb`` is 128)."""
MECHANICAL_IOPS = 1000
"""Below it a drive moves its head for every access and serves one request at a time."""
ACCESS = Path(__file__).parent.parent / "data" / "access.csv"


def drive_words() -> tuple[str, ...]:
    """Words for classes of drives: hdd, sata, nvme."""
    return tuple(row["word"] for row in records(ACCESS) if row["word"])


def with_class(machine: Machine, word: str) -> Machine:
    """The machine whose data lies on a drive of a class, as slow as the slow ones of it."""
    row = next(row for row in records(ACCESS) if row["word"] == word)
    return replace(
        machine,
        drive=f"a drive of class {word}",
        disk_read_bytes_per_s=float(row["sequential_read_mb_s"]) * 1e6,
        disk_random_iops=float(row["random_read_iops"]),
    )


def class_iops(type: str, interface: str, rpm: float | None) -> float | None:
    """Random reads that the slow ones of a class of drives reach; None for an unknown class."""
    of_class = [
        float(row["random_read_iops"])
        for row in records(ACCESS)
        if (row["type"], row["interface"] or interface) == (type, interface)
        and (rpm or 0) >= float(row["rpm_least"])
    ]
    return max(of_class, default=None)


def cached_share(data: DataSet, ram_bytes: float | None) -> float:
    """Share of the reads of a later epoch that main memory answers.

    A set that fits is read once. Of a larger one that is read in order nothing is left when its
    turn comes again; shuffled, an item is still there when fewer others than fit were read in
    between. At place u of one epoch and v of the next, 1 - u (1 - v) of the set was; with both
    uniform, P = f + (1 - f) ln(1 - f) for memory that holds the share f.
    """
    if data.lies == "memory":
        return 1.0
    share = RAM_SHARE_FOR_CACHE * (ram_bytes or 0.0) / data.bytes
    if share >= 1.0:
        return 1.0
    return 0.0 if data.lies == "packed" else share + (1.0 - share) * math.log1p(-share)


def storage_items_per_s(
    data: DataSet, read_bytes_per_s: float | None, random_iops: float | None
) -> float | None:
    """Items per second that a drive delivers, none of them from memory; None = not known.

    A shuffled item of a hard disk takes one access (average seek and half a turn) and its
    transfer. A solid-state drive serves many requests at once: it is bound by its sequential rate
    or by its requests, one to find an item and one for every 128 KiB of it.
    """
    if data.lies == "memory":
        return math.inf
    if read_bytes_per_s is None:
        return None
    whole = read_bytes_per_s / data.item_bytes
    if data.lies == "packed":
        return whole
    if random_iops is None:
        return None
    if random_iops < MECHANICAL_IOPS:
        return 1.0 / (1.0 / random_iops + data.item_bytes / read_bytes_per_s)
    return min(whole, random_iops / (1 + math.ceil(data.item_bytes / READ_BYTES)))


def reading_words(data: DataSet, machine: Machine) -> str:
    """``Barracuda 2 TB reads shuffled files, 79 accesses/s``."""
    name = machine.drive or "the drive"
    rate = (machine.disk_read_bytes_per_s or 0.0) / 1e6
    if data.lies == "packed":
        return f"{name} reads packed files at {rate:,.0f} MB/s"
    if (machine.disk_random_iops or 0.0) < MECHANICAL_IOPS:
        return f"{name} reads shuffled files, {machine.disk_random_iops:.0f} accesses/s"
    return f"{name} reads shuffled files at up to {rate:,.0f} MB/s"
