import math

import pytest
from tests.catalog.prices.made import market

from rigwright.catalog.prices.groups import STILL, Moves, moves


def test_members_are_chained_by_the_middle_of_their_changes():
    rows = (
        *(market("chip:a", y, usd) for y, usd in ((2019, 100), (2020, 200), (2021, 200))),
        *(market("chip:b", y, usd) for y, usd in ((2019, 7), (2020, 14), (2021, 14))),
        *(market("chip:c", y, usd) for y, usd in ((2019, 50), (2020, 25), (2021, 500))),
    )
    gpu = moves(rows)["gpu"]
    first, last = gpu.watched
    assert gpu.at(last) - gpu.at(first) == pytest.approx(math.log(2), abs=0.02)
    assert gpu.at(first - 3) == gpu.at(first)
    assert gpu.at(last + 3) == gpu.at(last)


def test_one_that_is_watched_later_brings_no_level_of_its_own():
    early = (market("chip:a", 2018, 100), market("chip:a", 2020, 100))
    late = (market("chip:b", 2020, 9000), market("chip:b", 2021, 9000))
    gpu = moves(early + late)["gpu"]
    assert gpu.at(2018.5) == pytest.approx(gpu.at(2021.4))


def test_a_single_month_moves_nothing_and_kinds_are_apart():
    assert moves((market("chip:a", 2020, 100),)) == {}
    rows = [market(s, y, 10 * y) for s in ("memory:DDR4", "memory:DDR5") for y in (2020, 2021)]
    assert set(moves(tuple(rows))) == {"memory:DDR4", "memory:DDR5"}


def test_wandering_is_the_mean_square_of_yearly_changes():
    years = tuple(2015.0 + i for i in range(5))
    assert Moves(years, (0.0, 0.3, 0.0, 0.3, 0.0)).wandering == pytest.approx(0.09)
    assert Moves(years[:2], (0.0, 0.3)).wandering is None
    assert STILL.wandering is None


def test_an_announcement_is_made_at_the_calm_before_a_shortage():
    years = tuple(2018 + k / 12 for k in range(72))
    up = Moves(years, tuple(0.5 if 2020 <= y < 2021 else 0.0 for y in years))
    assert up.announced(2020.5) == pytest.approx(0.5 / 4, abs=0.03)  # half a year of two is dear
    assert up.announced(2019.5) == up.at(2019.5) == 0.0
    down = Moves(years, tuple(2018 - y for y in years))
    assert down.announced(2021.0) == down.at(2021.0)
