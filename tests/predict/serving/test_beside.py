"""Weights beside the card: laws of main memory, and answers that cards alone give."""

from dataclasses import replace

import pytest

from rigwright.catalog.tables import by_id
from rigwright.predict import serving
from rigwright.predict.chip.processor import processor_chip
from rigwright.predict.memory import unified
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.spec.software import Software
from rigwright.workload import decoder

CHIPS = by_id(Chip)
DENSE, MIXED = (decoder.find(n) for n in ("qwen3-32b", "qwen3-30b-a3b"))
SMALL = CHIPS["geforce-rtx-5060-ti-16-gb"]
RUN = Run(model="qwen3-32b", mode="decode", precision="q8_0", seq_len=1000, gen_len=500)
MODELS = pytest.mark.parametrize("config", [DENSE, MIXED], ids=lambda c: c.name)


def answer(config, run, chip=SMALL, **host):
    return serving.serve(config, run, Machine(chip=chip, **host))


@MODELS
@pytest.mark.parametrize("mode", serving.MODES)
@pytest.mark.parametrize("engine", ["llama.cpp", "vllm"])
def test_what_fits_is_not_moved_and_what_does_not_fit_fits_then(config, mode, engine):
    run = replace(RUN, mode=mode, software=Software(engine=engine))
    large = CHIPS["h200-nvl"]
    assert answer(config, replace(run, offload=True), large) == answer(config, run, large)
    alone, beside = answer(config, run), answer(config, replace(run, offload=True))
    assert not alone.fits and beside.fits and beside.step_s > alone.step_s
    assert beside.memory_bytes <= unified.usable_bytes(SMALL)
    assert sum(beside.shares.values()) == pytest.approx(1)


@MODELS
def test_speed_follows_main_memory_and_the_layers_on_the_card(config):
    run = replace(RUN, offload=True)
    rates = [answer(config, run, ram_bytes_per_s=x * 1e9).step_s for x in (50, 100, 200, 400)]
    assert rates == sorted(rates, reverse=True) and rates[0] > 1.3 * rates[1]
    layers = [answer(config, replace(RUN, gpu_layers=n)) for n in (8, 16, 32, config.layers)]
    assert [p.step_s for p in layers] == sorted((p.step_s for p in layers), reverse=True)
    assert [p.memory_bytes for p in layers] == sorted(p.memory_bytes for p in layers)
    alone = answer(config, RUN)
    assert layers[-1].step_s == alone.step_s and layers[-1].memory_bytes == alone.memory_bytes


def test_experts_go_first_as_few_of_their_weights_are_read():
    half = MIXED.layers // 2
    routed, layers = (answer(MIXED, replace(RUN, **{k: half})) for k in ("cpu_moe", "gpu_layers"))
    assert routed.memory_bytes < layers.memory_bytes * 1.1 and routed.step_s < layers.step_s
    assert answer(MIXED, replace(RUN, cpu_moe=MIXED.layers)).step_s < answer(
        DENSE, replace(RUN, offload=True)).step_s / 3  # fmt: skip


def test_main_memory_that_is_too_small_takes_no_more_than_it_holds():
    run = replace(RUN, offload=True)
    assert not answer(DENSE, run, ram_bytes=8 * 2**30).fits
    assert answer(DENSE, run, ram_bytes=64 * 2**30).fits


@MODELS
def test_a_processor_alone_is_bound_by_its_memory_and_never_faster_than_it(config):
    run = replace(RUN, precision="q4_k_m")
    read = config.weight_elements_read(1.0) * 4.5 / 8
    for gb_s in (50, 100, 400):
        host = Machine(chip=SMALL, ram_bytes_per_s=gb_s * 1e9, cpu_cores=16, cpu_mhz=5000.0)
        p = answer(config, run, processor_chip(host))
        assert read / (gb_s * 1e9) < p.step_s < 3 * read / (gb_s * 1e9) + 0.05
        assert p.low_s < answer(config, run, CHIPS["geforce-rtx-3090"]).step_s * 30
    assert p.bound in ("memory traffic", "arithmetic") and p.high_s / p.low_s > 2
