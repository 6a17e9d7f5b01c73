"""Whether a run fits, the largest that does, what makes it fit; one answer everywhere."""

import datetime as dt

import pytest

from rigwright.catalog.source import load
from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.ask.questions import run_of
from rigwright.plan.memory.holding import cards_holding, largest
from rigwright.plan.memory.smallestvram import smallest_vram
from rigwright.plan.speed import vram
from rigwright.plan.speed.comparing import compare_chips
from rigwright.plan.speed.predicting import predict_one
from rigwright.plan.speed.runs import chip_named
from rigwright.plan.speed.stepping import predict_run
from rigwright.spec.errors import InputError, RigwrightError
from rigwright.spec.parts import Chip

GIB = 1024**3
CNN = {"model": "resnet50", "batch": 64, "precision": "fp32", "img_size": 224}
LLAMA = {
    "model": "llama-3-8b", "batch": 4, "seq_len": 2048, "precision": "bf16", "optimizer": "adamw",
}  # fmt: skip
SERVED = {"model": "llama-3-70b", "mode": "decode", "precision": "q4_k_m", "seq_len": 2000}


def card(values, gpu, count=1):
    return cards_holding([gpu], {**values, "gpu_count": count}).cards[0]


def held(values, gpu, **more):
    chip = chip_named(gpu)
    return vram.held(run_of({**values, **more}), of_chip(chip)).verdict(chip)


@pytest.mark.parametrize(("most", "limit"), [(1, 1), (5, 5), (64, 64), (1000, 777), (777, 777)])
def test_largest_is_found_exactly(most, limit):
    asked = []

    def fits(n):
        asked.append(n)
        return n <= limit

    assert largest(fits, most) == min(most, limit)
    assert max(asked) <= most and len(asked) < 25
    assert largest(lambda _n: False, most) is None


@pytest.mark.parametrize("values", [CNN, {**LLAMA, "method": "qlora", "grad_checkpointing": True}])
def test_largest_batch_fits_and_the_next_does_not(values):
    got = card(values, "RTX 3090").largest_batch
    assert got.bound == "memory" and got.value
    assert held(values, "RTX 3090", batch=got.value) == "fits"
    assert held(values, "RTX 3090", batch=got.value + 1) != "fits"


def test_largest_length_is_the_cards_or_the_models():
    values = {**LLAMA, "method": "lora", "batch": 1, "grad_checkpointing": True}
    small, large = (card(values, gpu).largest_seq_len for gpu in ("RTX 3090", "B200"))
    assert small.bound == "memory" and large.bound == "model" and large.value == 8192
    assert held({**values, "seq_len": small.value}, "RTX 3090") == "fits"
    assert held({**values, "seq_len": small.value + 1}, "RTX 3090") != "fits"
    assert card(CNN, "RTX 3090").largest_seq_len is None


@pytest.mark.parametrize(
    ("values", "gpu"),
    [(CNN, "GTX 1070"), (LLAMA, "RTX 4090"), (SERVED, "RTX 3090"),
     ({**LLAMA, "method": "lora"}, "RTX 3090")],
)  # fmt: skip
def test_every_way_fits_and_its_price_is_predicted(values, gpu):
    got, chip = card(values, gpu), chip_named(gpu)
    assert got.verdict != "fits" and got.ways
    for way in got.ways:
        machine = of_chip(chip, way.gpu_count)
        p = predict_run(way.run, machine)
        assert p.fits and p.step_s == pytest.approx(way.step_s)
        assert way.relative_step == pytest.approx(way.step_s / got.step_s)
        assert way.run.batch == got.ways[0].run.batch == run_of(values).batch
        assert way.margin_bytes > 0
    steps = [way.step_s for way in got.ways]
    assert steps == sorted(steps)
    sets = [frozenset(way.changes) for way in got.ways]
    assert not any(a < b for a in sets for b in sets)


def test_a_run_that_fits_needs_no_change():
    got = card({**CNN, "batch": 16}, "GTX 1070")
    assert got.verdict == "fits" and got.ways == () and got.chance > 0.9
    assert got.margin_bytes == pytest.approx(got.usable_bytes - got.memory_bytes)
    assert got.low_bytes < got.memory_bytes < got.high_bytes
    assert sum(got.shares.values()) == pytest.approx(got.memory_bytes)


def test_a_tighter_card_has_a_smaller_chance():
    chances = [card(CNN, gpu).chance for gpu in ("GTX 970", "GTX 1070", "GTX 1080 Ti", "RTX 3090")]
    assert chances == sorted(chances) and chances[0] < 0.1 and chances[-1] > 0.9


def test_predict_and_compare_give_the_same_answer():
    for gpu in ("GTX 1070", "RTX 3090"):
        one = card(CNN, gpu)
        p = predict_one({**CNN, "gpu": gpu}).prediction
        assert (p.memory_bytes, p.fit_chance) == (one.memory_bytes, one.chance)
        assert p.fits == (one.verdict == "fits")
    rows = compare_chips(["GTX 1070", "RTX 3090"], CNN, None).rows
    assert [row.prediction.fits for row in rows] == [False, True]


def test_micro_batches_of_any_model_cost_time_and_save_memory():
    whole, parts = (
        predict_one({**CNN, "gpu": "GTX 1070", "micro_batch": size}).prediction
        for size in (None, 16)
    )
    assert parts.memory_bytes < 0.6 * whole.memory_bytes
    assert whole.step_s < parts.step_s < 1.3 * whole.step_s
    assert parts.throughput == pytest.approx(64 / parts.step_s)
    assert sum(parts.shares.values()) == pytest.approx(1)


def test_smallest_vram_divides_the_chips():
    got = smallest_vram(CNN, "2026-06-01")
    run = run_of(CNN)
    assert got.carriers and got.smallest_bytes
    assert all(c.chance > 0.9 and c.vram_bytes >= got.smallest_bytes for c in got.carriers)
    prices = [c.usd for c in got.carriers]
    assert None not in prices and prices == sorted(prices)
    later = [c for c in load(Chip) if memory_alike(c) and c.vram_bytes < got.vram_bytes * 0.999]
    assert later and not any(vram.held(run, of_chip(c)).verdict(c) == "fits" for c in later)
    assert smallest_vram({**CNN, "batch": 8}).vram_bytes < got.vram_bytes
    assert smallest_vram({**CNN, "gpu_count": 2}).vram_bytes < got.vram_bytes
    assert all(way.vram_bytes < got.vram_bytes for way in got.lighter)


def memory_alike(chip: Chip) -> bool:
    return float(chip.compute_capability or 0) >= 8 and chip.segment != "soc"


def test_smallest_vram_of_another_day_has_no_later_chip():
    got = smallest_vram({**CNN, "batch": 16}, "2016-10-29")
    released = {c.name: c.released for c in load(Chip)}
    assert got.carriers
    assert all(released[c.gpu] <= dt.date(2016, 10, 29) for c in got.carriers)
    assert "GeForce GTX 1070" in {c.gpu for c in got.carriers}


def test_nothing_carries_what_no_chip_holds():
    got = smallest_vram({**LLAMA, "batch": 512, "seq_len": 8192})
    assert got.smallest_bytes is None and got.carriers == () and got.vram_bytes > 1000 * GIB
    assert any("micro-batch 1" in " ".join(way.changes) for way in got.lighter)


@pytest.mark.parametrize(
    ("values", "gpu", "words"),
    [
        ({"model": "resnet5"}, "GTX 1070", "resnet50"),
        (CNN, "GTX 1071", "GTX 1070"),
        ({**CNN, "optimizer": "newton"}, "GTX 1070", "optimizer"),
        ({**CNN, "batch": 0}, "GTX 1070", "batch"),
        ({**CNN, "mode": "decode"}, "GTX 1070", "decoder"),
        ({**LLAMA, "tensor_parallel": 3}, "GTX 1070", "tensor_parallel"),
    ],
)
def test_bad_input_is_refused_with_what_to_say_instead(values, gpu, words):
    with pytest.raises(RigwrightError, match=words):
        cards_holding([gpu], values)
    with pytest.raises(RigwrightError, match="gpu"):
        cards_holding([], values if values.get("model") != "resnet5" else CNN)


def test_cards_may_be_counted_in_their_name():
    one, two = compare_chips(["RTX 3090", "2x RTX 3090"], CNN, "2022-06-01").rows
    assert (one.gpu_count, two.gpu_count) == (1, 2)
    assert two.prediction.throughput > one.prediction.throughput
    assert two.usd == pytest.approx(2 * one.usd)
    with pytest.raises(InputError, match="0 x"):
        compare_chips(["RTX 3090", "0x RTX 3090"], CNN, None)


def test_every_card_of_a_training_needs_an_item():
    values = {"model": "llama-2-70b", "method": "qlora", "batch": 1, "seq_len": 512}
    with pytest.raises(InputError, match="at least 4"):
        cards_holding(["4x RTX 4090"], values)


def test_cards_that_are_there_may_share_the_weights():
    # Answer.AI, "You can now train a 70b language model at home" (2024-03): QLoRA with FSDP runs a
    # 70B model on consumer cards of 24 GB.
    values = {"model": "llama-2-70b", "method": "qlora", "batch": 4, "seq_len": 512,
              "precision": "bf16"}  # fmt: skip
    card = cards_holding(["4x RTX 4090"], values).cards[0]
    assert any("FSDP" in " ".join(way.changes) and way.gpu_count == 4 for way in card.ways)
