"""What a machine draws where not all of it is known."""

from __future__ import annotations

import itertools
from dataclasses import replace

from rigwright.catalog.loose import loose_part
from rigwright.catalog.source import load
from rigwright.fit.facts.draw import draw_w, drive_w, least_draw_w
from rigwright.spec.build import Build
from rigwright.spec.parts import Drive


def test_a_drive_of_which_less_is_known_draws_between_the_bounds():
    facts = ("type", "interface", "form_factor")
    for drive in load(Drive):
        assert drive_w(drive, least=True) <= drive_w(drive)
        for hidden in itertools.chain(*(itertools.combinations(facts, n) for n in (1, 2, 3))):
            less = replace(drive, **dict.fromkeys(hidden, ""))
            assert drive_w(less, least=True) <= drive_w(drive) <= drive_w(less), drive.name


def test_a_drive_told_by_its_size_leaves_no_draw_unknown():
    for told in ("4 TB HDD", "1 TB SSD", "2 TB NVMe", "2 TB"):
        build = Build(drives=(loose_part("drive", told),))
        assert (draw_w(build) or 0) >= least_draw_w(build) > least_draw_w(Build()), told
