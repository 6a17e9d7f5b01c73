"""What would make a run fit: never more bits than it has, and pictures one part at a time."""

from dataclasses import replace

import pytest

from rigwright.plan.ask.hosts import of_chip
from rigwright.plan.ask.software import software_of
from rigwright.plan.memory.changes import changeable, others, same_result, ways
from rigwright.plan.speed import stepping
from rigwright.plan.speed.runs import chip_named
from rigwright.predict.memory.formats import formats, weight_bytes
from rigwright.spec.run import Run
from rigwright.spec.software import Software

PICTURE = Run(model="flux-dev", mode="infer", batch=1, precision="bf16")


@pytest.mark.parametrize("precision", sorted(formats()))
def test_no_way_out_stores_weights_in_as_many_bits(precision):
    run = Run(model="llama-3-8b", mode="decode", batch=1, seq_len=1024, precision=precision,
              software=Software(engine="llama.cpp"))  # fmt: skip
    for words, other in others(run, of_chip(chip_named("RTX 3060")), 2):
        if other.precision != run.precision:
            assert weight_bytes(other.precision) < weight_bytes(precision), words


def test_a_picture_keeps_its_numbers_with_one_part_on_the_card_at_a_time():
    # diffusers, "Reduce memory usage": model offloading moves whole components and changes nothing.
    card = of_chip(chip_named("RTX 5090"))
    found = same_result(PICTURE, card)
    assert found is not None and found.run == replace(PICTURE, offload=True)
    assert found.step_s > stepping.predict_run(PICTURE, card).pace_s
    assert same_result(PICTURE, card, ("offload",)) is None


def test_a_picture_on_a_small_card_is_offered_narrower_weights():
    card = of_chip(chip_named("RTX 3060"))
    found = ways(PICTURE, card, 10.0)
    assert found and all(way.run.offload and way.run.precision == "nf4" for way in found)
    assert not any(way.exact for way in found)


@pytest.mark.parametrize(("mode", "model", "may"), [
    ("infer", "flux-dev", True), ("infer", "resnet50", False),
    ("train", "llama-3-8b", True), ("decode", "llama-3-8b", False),
])  # fmt: skip
def test_what_may_be_changed_without_another_result(mode, model, may):
    assert changeable(Run(model=model, mode=mode, batch=1, seq_len=64)) is may


TEXT = Run(model="llama-3-8b", mode="train", batch=1, seq_len=2048, method="qlora",
           precision="bf16", optimizer="adamw")  # fmt: skip


def test_an_8b_adapter_on_16_gb_is_found_a_way_with_a_fused_loss():
    # Unsloth's and Liger's guides train QLoRA of an 8B on cards of 16 GB; plain logits of 128,256
    # tokens in 32 bit alone take 1 GiB for each of several copies (arXiv:2410.10989, section 3.2).
    card = of_chip(chip_named("RTX 5070 Ti"))
    way = next(w for w in ways(TEXT, card, 1.0) if w.exact)
    assert any("liger" in words for words in way.changes) and way.chance >= 0.9
    assert way.run.software == software_of("liger")
    found = same_result(TEXT, card)
    assert found is not None and found.run.software.loss == "linear"


def test_a_program_that_was_named_keeps_its_loss():
    named = replace(TEXT, software=software_of("axolotl"))
    found = same_result(named, of_chip(chip_named("RTX 5070 Ti")), ("software",))
    assert found is None or found.run.software == named.software
    assert all(
        w.run.software == named.software for w in ways(named, of_chip(chip_named("RTX 3060")), 1.0)
    )


def test_what_makes_it_tight_is_told_where_nothing_is_surer():
    run = replace(TEXT, software=software_of("transformers"))  # its loss stays
    found = ways(run, of_chip(chip_named("RTX 5070 Ti")), 1.0)
    assert found and all(0.1 < way.chance < 0.9 for way in found)


ADAPTER = Run(model="sdxl-unet", mode="train", batch=1, method="lora", precision="amp",
              optimizer="adamw")  # fmt: skip


def test_adapters_of_a_denoiser_find_what_people_do_on_12_gb():
    # kohya-ss/sd-scripts: SDXL adapters on 12 GB with cached latents and texts, which these steps
    # have, 16-bit frozen weights and gradient checkpointing; block swap or 4 bit on smaller cards.
    found = ways(ADAPTER, of_chip(chip_named("RTX 3060")), 1.0)
    words = {way.changes for way in found}
    assert ("gradient checkpointing", "frozen weights in 16 bit (bf16)") in words
    assert all(way.run.precision != "bf16" or way.run.method != "full" for way in found)
    small = ways(replace(ADAPTER, precision="bf16"), of_chip(chip_named("RTX 3060 Ti")), 1.0)
    assert any(way.run.offload and way.exact for way in small)
    assert any(way.run.method == "qlora" and not way.exact for way in small)
    assert all(way.chance >= 0.9 for way in (*found, *small))


def test_a_model_that_takes_no_adapters_is_offered_none_nor_block_swap():
    run = Run(model="resnet50", mode="train", batch=4096, precision="fp32", optimizer="sgd")
    for way in ways(run, of_chip(chip_named("RTX 3060")), 1.0):
        assert way.run.method == "full" and not way.run.offload
