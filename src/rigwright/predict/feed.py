"""How fast a disk can feed the GPU: the input side of a training step."""

from __future__ import annotations

from rigwright.spec.run import Machine

RAM_SHARE_FOR_CACHE = 0.6
"""Main memory that the operating system can keep files in while a training process runs; a
planning assumption, stated beside every answer that uses it."""


def disk_items_per_s(
    machine: Machine, item_bytes: float, dataset_bytes: float, *, packed: bool = False
) -> tuple[float | None, str]:
    """Items per second the disk delivers in a shuffled epoch after the first one, and why.

    item_bytes : average size of one stored item (ImageNet JPEG: 138 GB / 1,281,167 = 108 kB). [B]
    dataset_bytes : size of the whole set; what fits in memory is read once. [B]
    packed : items lie in large sequential files (LMDB, WebDataset, TFRecord).
    Returns : (items/s, sentence); None when the disk's rates are unknown, infinity from memory.

    A shuffled read of one file takes one random access plus its transfer; ``random_read_iops`` of
    a hard disk is 1 / (average seek + half a turn), so its access time is the reciprocal. A
    solid-state drive serves many requests at once and is bound by its sequential rate or its
    4 KiB request rate, whichever is slower for this item size.
    """
    if machine.ram_bytes and dataset_bytes <= RAM_SHARE_FOR_CACHE * machine.ram_bytes:
        return float("inf"), f"{dataset_bytes / 1e9:.0f} GB stay in main memory"
    rate, iops = machine.disk_read_bytes_per_s, machine.disk_random_iops
    if rate is None:
        return None, "the drive's sequential read rate is unknown"
    if packed:
        return rate / item_bytes, f"packed files at {rate / 1e6:.0f} MB/s"
    if iops is None:
        return None, "the drive's random read rate is unknown"
    if iops < 1000:
        per_s = 1 / (1 / iops + item_bytes / rate)
        return per_s, f"shuffled files on a hard disk, {iops:.0f} accesses/s"
    per_s = min(rate / item_bytes, iops / max(1.0, item_bytes / 4096))
    return per_s, f"shuffled files on a solid-state drive, {rate / 1e6:.0f} MB/s"
