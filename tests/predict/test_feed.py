import math

import pytest

from rigwright.predict.feed import disk_items_per_s
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine

JPEG, IMAGENET = 138e9 / 1_281_167, 138e9  # ILSVRC2012 training set: 138 GB, 1,281,167 images


def machine(**disk: float | None) -> Machine:
    chip: Chip = None  # type: ignore[assignment]  # the feed never looks at it
    return Machine(chip=chip, **{"ram_bytes": 16 * 2**30, **disk})


def test_hard_disk_delivers_less_than_its_accesses_per_second():
    rate, why = disk_items_per_s(
        machine(disk_read_bytes_per_s=156e6, disk_random_iops=79), JPEG, IMAGENET
    )
    assert rate == pytest.approx(1 / (1 / 79 + JPEG / 156e6)) and rate < 79
    assert "hard disk" in why


def test_packed_files_reach_the_sequential_rate():
    rate, _ = disk_items_per_s(
        machine(disk_read_bytes_per_s=156e6, disk_random_iops=79), JPEG, IMAGENET, packed=True
    )
    assert rate == pytest.approx(156e6 / JPEG)


def test_a_set_that_fits_in_memory_is_not_bound_by_the_disk():
    assert math.isinf(disk_items_per_s(machine(disk_read_bytes_per_s=1e6), 3072, 150e6)[0])


def test_unknown_rates_stay_unknown():
    assert disk_items_per_s(machine(), JPEG, IMAGENET)[0] is None
    assert disk_items_per_s(machine(disk_read_bytes_per_s=1e8), JPEG, IMAGENET)[0] is None
