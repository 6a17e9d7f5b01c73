"""The embedded cloud offers: real chips, dated, and the prices the 2016 story rests on."""

from __future__ import annotations

import datetime as dt

import pytest

from rigwright.catalog.tables import by_id, load
from rigwright.spec.market import Offer
from rigwright.spec.parts import Chip

OFFERS = load(Offer)
CHIPS = by_id(Chip)


def test_there_are_enough_from_every_provider() -> None:
    assert len(OFFERS) >= 40
    assert {o.provider for o in OFFERS} >= {"aws", "gcp", "azure", "lambda", "runpod"}


@pytest.mark.parametrize("offer", OFFERS, ids=lambda o: f"{o.provider}:{o.instance}:{o.date}")
def test_an_offer_is_plausible(offer: Offer) -> None:
    chip = CHIPS[offer.chip]
    assert offer.vram_bytes == pytest.approx(chip.vram_bytes, rel=0.02)
    assert 1 <= offer.gpu_count <= 16
    assert 0.05 < offer.usd_per_hour / offer.gpu_count < 20
    assert dt.date(2013, 11, 5) <= offer.date <= dt.date(2026, 11, 23)
    if offer.spot_usd_per_hour is not None:
        assert offer.spot_usd_per_hour < offer.usd_per_hour
    assert offer.source


def test_no_observation_is_listed_twice() -> None:
    seen = [(o.provider, o.instance, o.region, o.date) for o in OFFERS]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("instance", "region", "year", "usd", "chip", "count"),
    [
        # apache/libcloud pricing.json of 2016-06-28: what the author of the story paid.
        ("g2.2xlarge", "us-east-1", 2016, 0.65, "grid-k520", 1),
        ("g2.8xlarge", "us-east-1", 2016, 2.60, "grid-k520", 4),
        ("g2.2xlarge", "ap-northeast-1", 2016, 0.898, "grid-k520", 1),
        ("g2.8xlarge", "ap-northeast-1", 2016, 3.592, "grid-k520", 4),
        # apache/libcloud pricing.json of 2017-04-10; one GK210 of a K80 each.
        ("p2.xlarge", "us-east-1", 2017, 0.90, "tesla-k80", 1),
        ("p2.16xlarge", "us-east-1", 2017, 14.40, "tesla-k80", 16),
    ],
)
def test_the_prices_of_the_story(
    instance: str, region: str, year: int, usd: float, chip: str, count: int
) -> None:
    (offer,) = (
        o for o in OFFERS if (o.instance, o.region, o.date.year) == (instance, region, year)
    )
    assert (offer.usd_per_hour, offer.chip, offer.gpu_count) == (usd, chip, count)


def test_larger_instances_of_one_day_do_not_cost_less() -> None:
    by_family: dict[tuple[object, ...], list[Offer]] = {}
    for o in OFFERS:
        key = (o.provider, o.instance.split(".")[0], o.chip, o.region, o.date)
        by_family.setdefault(key, []).append(o)
    for offers in by_family.values():
        ordered = sorted(offers, key=lambda o: (o.gpu_count, o.vcpus or 0))
        prices = [o.usd_per_hour for o in ordered]
        assert prices == sorted(prices)
