"""What coolers of a size carry: more where they are larger, nothing where the size is not told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rigwright.catalog.source import load
from rigwright.spec.parts import Cooler
from rigwright.spec.tables.known import class_w

SIZES = {"air": range(30, 200), "liquid": (120, 140, 240, 280, 360, 420)}


@pytest.mark.parametrize("kind", SIZES)
def test_a_larger_cooler_never_carries_less(kind):
    watts = [class_w(kind, size) for size in SIZES[kind]]
    assert None not in watts and watts == sorted(watts) and watts[-1] > watts[0]


@pytest.mark.parametrize(
    ("kind", "size"), [("air", None), ("air", 0), ("air", -5), ("air", 900), ("", 100)]
)
def test_a_size_that_says_nothing_carries_nothing_known(kind, size):
    assert class_w(kind, size) is None


def test_a_cooler_is_of_the_class_of_its_height_or_of_its_radiator():
    part = next(c for c in load(Cooler) if c.type == "air" and c.height_mm)
    assert part.class_w == class_w("air", part.height_mm)
    wet = replace(part, type="liquid", radiator_mm=240, height_mm=30)
    assert wet.class_w == class_w("liquid", 240)


def test_makers_rate_most_coolers_higher_than_their_class():
    rated = [c for c in load(Cooler) if c.capacity_w and c.class_w]
    assert sum(c.capacity_w >= c.class_w for c in rated) >= 0.8 * len(rated) > 5
