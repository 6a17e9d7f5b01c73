"""Values that can be worked out by hand, with the working beside them."""

import pytest

from rigwright import cost
from rigwright.fit.facts import draw
from rigwright.plan.speed.predicting import predict_one
from rigwright.predict.memory.formats import kv_bytes
from rigwright.spec.build import Circuit
from rigwright.spec.tables.known import lane_rates
from rigwright.workload.decoder import find


def test_cache_of_llama_3_8b():
    # 2 (keys, values) x 32 layers x 8 heads x 128 x 2 bytes = 131,072 bytes a token.
    config = find("llama-3-8b")
    assert kv_bytes(config, 3, 4095, paged=False) == pytest.approx(3 * 131_072 * 4095)
    # Pages of 16 tokens: 4,095 need 256 of them.
    assert kv_bytes(config, 3, 4095, paged=True) == pytest.approx(3 * 131_072 * 4096)


def test_a_chat_on_a_4090_reads_its_weights_once_a_token():
    # 8.03e9 weights x 4.83 bits / 8 = 4.85 GB at 1,008 GB/s: at most 208 tokens a second.
    p = predict_one({"gpu": "RTX 4090", "model": "llama-3-8b", "mode": "decode",
                     "precision": "q4_k_m"}).prediction  # fmt: skip
    assert 0.5 * 208 < p.throughput < 208


@pytest.mark.parametrize(("gen", "lanes", "gb_s"), [(3, 16, 15.75), (4, 8, 15.75), (5, 16, 63.0)])
def test_rate_of_a_slot(gen, lanes, gb_s):
    # 8, 16, 32 GT/s x 128/130 / 8 bits x lanes.
    assert lane_rates()[float(gen)] * lanes == pytest.approx(gb_s * 1e9, rel=0.002)


def test_supplies_by_hand():
    # 100 W in reserve, next 50 W step; at most 80 % used.
    assert draw.required_psu_w(451) == 600
    assert draw.required_psu_w(450) == 550
    assert draw.advised_psu_w(640) == 800
    assert draw.advised_psu_w(641) == 850
    # 80 % of 120 V x 15 A, less 300 W of lamps.
    assert draw.continuous_w(Circuit(120, 15, 300)) == pytest.approx(1140)


def test_money_by_hand():
    own = cost.Owned(
        capital_usd=2000, load_w=500, usd_per_kwh=0.20, hours_per_day=8, resale_share_per_year=0.5
    )
    rent = cost.Rented(usd_per_hour=0.60, relative_speed=0.5, restart_overhead=0.25)
    assert own.work_usd_per_hour == pytest.approx(0.10)  # 0.5 kW x 0.20
    assert rent.work_usd_per_hour == pytest.approx(1.50)  # 0.60 / 0.5 x 1.25
    hours = cost.break_even(own, rent).hours
    assert hours == pytest.approx(2000 / 1.40)  # capital over what an hour saves
    assert cost.resale_usd(2000, 24, 0.5) == pytest.approx(500)  # halved twice
    assert cost.energy_kwh_per_year(450, 0.15) == pytest.approx(0.45 * 0.15 * 8760)
    assert cost.job_usd(7200, 0.5, restart_overhead=0.1) == pytest.approx(1.1)
