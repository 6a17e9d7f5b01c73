import math
import random
from dataclasses import replace

import pytest

from rigwright.predict.feed import (
    RAM_SHARE_FOR_CACHE,
    cached_share,
    class_iops,
    storage_items_per_s,
)
from rigwright.spec.data import DataSet

IMAGENET = DataSet(items=1_281_167, item_bytes=138e9 / 1_281_167)  # ILSVRC2012 training set
DISK = (156e6, 79.0)


def test_a_hard_disk_delivers_less_than_its_accesses_per_second():
    rate = storage_items_per_s(IMAGENET, *DISK)
    assert rate == pytest.approx(1 / (1 / 79 + IMAGENET.item_bytes / 156e6)) and 70 < rate < 79


def test_packed_files_reach_the_sequential_rate():
    packed = replace(IMAGENET, lies="packed")
    assert storage_items_per_s(packed, *DISK) == pytest.approx(156e6 / IMAGENET.item_bytes)
    assert storage_items_per_s(packed, 156e6, None) == storage_items_per_s(packed, *DISK)


def test_unknown_rates_stay_unknown():
    assert storage_items_per_s(IMAGENET, None, None) is None
    assert storage_items_per_s(IMAGENET, None, 79.0) is None
    assert storage_items_per_s(IMAGENET, 1e8, None) is None


def test_a_set_in_memory_asks_no_drive():
    assert storage_items_per_s(replace(IMAGENET, lies="memory"), None, None) == math.inf
    assert cached_share(replace(IMAGENET, lies="memory"), None) == 1.0


@pytest.mark.parametrize("size", [1.0, 4096.0, 108e3, 131072.0, 131073.0, 1e7])
def test_a_solid_state_drive_is_bound_by_its_rate_or_its_requests(size):
    rate = storage_items_per_s(replace(IMAGENET, item_bytes=size), 550e6, 90_000)
    assert rate is not None and rate <= 550e6 / size and rate <= 90_000 / 2
    assert rate == min(550e6 / size, 90_000 / (1 + math.ceil(size / 131072)))


def simulated(share: float, items: int = 2000) -> float:
    """Hits of one shuffled epoch after another in a cache that forgets the longest unused."""
    draw, order = random.Random(1), list(range(items))
    last = dict.fromkeys(order, -1)
    hits, clock, room = 0, 0, round(share * items)
    for epoch in range(3):
        draw.shuffle(order)
        for item in order:
            kept = (
                sorted(last.values(), reverse=True)[:room]
                if epoch == 2 and clock % 20 == 0
                else None
            )
            if kept is not None:
                hits += last[item] >= kept[-1]
            last[item] = clock
            clock += 1
    return hits / (items / 20)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_what_memory_answers_is_what_a_simulated_cache_answers(share):
    ram = share * IMAGENET.bytes / RAM_SHARE_FOR_CACHE
    assert cached_share(IMAGENET, ram) == pytest.approx(simulated(share), abs=0.08)


def test_more_memory_never_answers_less_and_all_of_it_answers_all():
    shares = [cached_share(IMAGENET, gib * 2**30) for gib in (0, 1, 8, 64, 128, 200, 215, 256)]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
    assert cached_share(IMAGENET, None) == 0.0


def test_what_is_read_in_order_is_gone_when_its_turn_comes_again():
    packed = replace(IMAGENET, lies="packed")
    assert cached_share(packed, 0.9 * IMAGENET.bytes / RAM_SHARE_FOR_CACHE) == 0.0
    assert cached_share(packed, 1.1 * IMAGENET.bytes / RAM_SHARE_FOR_CACHE) == 1.0


def test_drives_of_a_class_are_as_slow_as_its_slow_ones():
    assert class_iops("hdd", "sata", 7200) == pytest.approx(79, abs=1)
    assert class_iops("hdd", "sata", 5400) < class_iops("hdd", "sata", 7200) < 1000
    assert class_iops("hdd", "sata", None) == class_iops("hdd", "sata", 5400)
    assert 1000 < class_iops("ssd", "sata", None) < class_iops("ssd", "pcie", None)
    assert class_iops("tape", "sata", None) is None
