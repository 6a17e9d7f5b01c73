"""Memory of a series stands as high as the series does, where a kit's own height is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rigwright import fit
from rigwright.catalog.source import load
from rigwright.spec.build import Build
from rigwright.spec.parts import Case, Cooler, RamKit
from rigwright.spec.tables.known import module_heights, series_height_mm, series_of


@pytest.mark.parametrize(
    "name",
    [
        "Corsair Vengeance LPX Black DDR4-3200 CL16 32GB (2x16GB)",
        "Corsair Vengeance LPX 32 GB (2 x 16 GB) DDR4-3200",
        "Corsair Vengeance LPX 16GB (2x8GB) Red / Black DDR4",
        "CORSAIR VENGEANCE LPX (white) DDR4 3600",
    ],
)
def test_size_and_colour_are_no_series(name):
    assert series_of(name) == "corsairvengeancelpx"


def test_another_series_of_the_same_words_is_another():
    assert series_height_mm("Corsair Vengeance RGB Pro DDR4-3200", "DDR4") == 51
    assert series_height_mm("Corsair Vengeance Zubo DDR4-3200", "DDR4") is None
    assert series_height_mm("Corsair Vengeance RGB Pro DDR5-6000", "DDR5") is None


def test_a_lit_series_is_never_as_low_as_a_bare_module(market):
    assert all(height > 34 for (series, _), height in module_heights().items() if "rgb" in series)
    told = [k for k in load(RamKit) if k.height_mm and series_height_mm(k.name, k.type)]
    near = [k for k in told if abs(k.height_mm - series_height_mm(k.name, k.type)) <= 3]
    assert len(told) > 300 and len(near) >= 0.95 * len(told)


@pytest.mark.parametrize("over_mm", [-3, 0, 8, 13])
def test_a_tower_over_high_memory_says_how_far_its_fan_goes_up(over_mm):
    """32 mm are free under the fan; how much more the memory needs, the case must have."""
    cooler = next(c for c in load(Cooler) if c.id == "noctua-nh-d15")
    kit = replace(load(RamKit)[0], height_mm=cooler.memory_clearance_mm + over_mm)
    case = replace(load(Case)[0], cooler_height_mm=cooler.height_mm + 10)
    build = Build(cooler=cooler, ram=(kit,), case=case)
    found = fit.BY_ID["cooler_ram_clearance"].check(build)
    assert found is not None
    assert (found.verdict == "ok") == (over_mm <= 0)
    if 0 < over_mm <= 10:
        assert found.verdict == "warning" and f"goes up by {over_mm} mm" in found.why
