"""Different cards in turn: laws over pairs of the catalogue's cards."""

import itertools
from dataclasses import replace

import pytest

from rigwright.catalog.tables import load
from rigwright.plan.ask.questions import machine_of, run_of
from rigwright.plan.speed.runs import chip_named
from rigwright.plan.speed.stepping import predict_run
from rigwright.predict import serving
from rigwright.predict.chip.processor import in_turn
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run
from rigwright.workload import decoder

SMALL = decoder.find("llama-3.2-1b")
RUN = Run(model="llama-3.2-1b", mode="decode", precision="q4_k_m", seq_len=500, gen_len=500)
CARDS = [c for c in load(Chip) if not c.unified_memory and c.segment == "geforce"][::6]


def step(chip, count=1):
    return serving.serve(SMALL, RUN, Machine(chip=chip, gpu_count=count)).step_s


@pytest.mark.parametrize("chip", CARDS, ids=lambda c: c.id)
def test_two_of_a_kind_are_two_cards_in_turn(chip):
    assert step(in_turn([chip, chip])) == pytest.approx(step(chip, 2), rel=0.15, abs=4e-4)


def test_a_pair_is_between_its_cards_whatever_the_order():
    for one, other in itertools.pairwise(CARDS):
        both = in_turn([one, other])
        low, high = sorted((step(one), step(other)))
        assert 0.97 * low <= step(both) <= 1.03 * high
        assert step(both) == pytest.approx(step(in_turn([other, one])))
        assert both.vram_bytes < one.vram_bytes + other.vram_bytes
        faster = replace(other, bandwidth_bytes_per_s=2 * other.bandwidth_bytes_per_s)
        assert step(in_turn([one, faster])) < step(both)


def test_they_hold_what_neither_holds_and_are_said_with_a_plus():
    run = run_of({"model": "qwen3-32b", "mode": "decode", "precision": "q6_k"})
    chip = chip_named("RTX 3090 + 2x RTX 3060 12 GB")
    assert chip.name.count(" + ") == 2
    assert predict_run(run, machine_of({}, chip, run)).fits
    assert not predict_run(run, machine_of({}, chip_named("RTX 3090"), run)).fits


@pytest.mark.parametrize(
    "asked",
    [{"model": "resnet50"}, {"model": "llama-3-8b", "method": "lora"},
     {"model": "llama-3-8b", "mode": "serve", "precision": "awq"}],
)  # fmt: skip
def test_what_shares_every_layer_needs_cards_of_one_kind(asked):
    run = run_of(asked)
    with pytest.raises(InputError, match="cards of one kind"):
        machine_of({}, chip_named("RTX 3090 + RTX 4090"), run)
