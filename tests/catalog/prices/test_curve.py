import numpy as np
import pytest

from rigwright.catalog.prices.curve import FIRST, Curve, Point, Spread

SPREAD = Spread(walk=0.04, unwatched=0.25, watched=(2018.0, 2022.0), offset=0.09, prior=0.5)


def test_points_known_for_sure_are_given_back():
    points = [Point(2018.5, 0.3, 1e-10), Point(2020.0, -0.2, 1e-10), Point(2021.0, 0.9, 1e-10)]
    levels, covariance = Curve(points, SPREAD).at([p.year for p in points])
    assert levels == pytest.approx([0.3, -0.2, 0.9], abs=1e-6)
    assert np.diag(covariance) == pytest.approx([0, 0, 0], abs=1e-6)


def test_variance_grows_with_the_distance_as_the_walk_says():
    curve = Curve([Point(2019.0, 0.3, 1e-10)], SPREAD)
    levels, covariance = curve.at([2020.0, 2021.0, 2022.0, 2023.0])
    assert levels == pytest.approx([0.3] * 4, abs=1e-6)
    # A year of the watched time adds the walk, one after it the larger share.
    assert np.diag(covariance) == pytest.approx([0.04, 0.08, 0.12, 0.37], abs=1e-6)


def test_between_two_points_it_is_straight_and_surest_at_the_ends():
    curve = Curve([Point(2019.0, 0.0, 1e-10), Point(2021.0, 1.0, 1e-10)], SPREAD)
    levels, covariance = curve.at([2019.5, 2020.0])
    assert levels == pytest.approx([0.25, 0.5], abs=1e-6)
    # A bridge over two years: walk x t (2 - t) / 2.
    assert np.diag(covariance) == pytest.approx([0.04 * 0.375, 0.04 * 0.5], abs=1e-6)


def test_without_points_it_is_the_prior():
    levels, covariance = Curve([], SPREAD).at([FIRST, 2018.0])
    assert levels.tolist() == [0.0, 0.0]
    assert np.diag(covariance) == pytest.approx([0.5, 0.5 + 13 * 0.25])


def test_points_of_one_series_share_what_they_are_off():
    apart = [Point(2020.0 + i / 12, 1.0, 1e-4) for i in range(6)]
    deals = [Point(p.year, p.level, p.variance, "deals") for p in apart]
    (alone,), sure = Curve(apart, SPREAD).at([2020.2])
    (shared,), unsure = Curve(deals, SPREAD).at([2020.2])
    assert shared < alone < 1.0
    assert unsure[0, 0] > sure[0, 0] + 0.05
