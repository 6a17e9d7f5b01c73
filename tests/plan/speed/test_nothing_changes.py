"""What says nothing changes nothing, and more is never slower: any kind of model, chip and mode."""

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rigwright.catalog import tables
from rigwright.plan.speed.stepping import ranked
from rigwright.spec.parts import Chip
from rigwright.spec.run import Machine, Run

CHIPS = tables.by_id(Chip)
NETS = ("resnet50", "mobilenet_v2", "vit_base_patch16_224", "bert-base", "unet")
DECODERS = ("gpt2", "llama-3-8b", "qwen3-30b-a3b", "deepseek-v3")
TRAINING = ("train", "forward_backward")
MODES = ("forward", "infer", *TRAINING)
SERVING = ("prefill", "decode", "serve")


@st.composite
def asked(draw, modes=MODES, models=NETS + DECODERS):
    count = draw(st.sampled_from([1, 1, 2, 8]))
    model, mode = draw(st.sampled_from(models)), draw(st.sampled_from(modes))
    run = Run(
        model=model, mode=mode, batch=draw(st.sampled_from([1, 4, 32])) * count,
        precision=draw(st.sampled_from(["fp32", "tf32", "amp", "bf16", "fp16"])),
        seq_len=draw(st.sampled_from([128, 1024])) if model in DECODERS else None,
        grad_checkpointing=mode in TRAINING and draw(st.booleans()),
        method=draw(st.sampled_from(["full", "lora"])) if model in DECODERS else "full",
        optimizer=draw(st.sampled_from(["sgd", "adamw"])),
    )  # fmt: skip
    chip = CHIPS[draw(st.sampled_from(sorted(CHIPS)))]
    return run, Machine(chip=chip, gpu_count=count)


def told(run, machine):
    found = ranked(run, machine)
    return found.step_s, found.low_s, found.high_s, found.memory_bytes, found.fit_chance


@settings(max_examples=60, deadline=None)
@given(asked())
def test_a_micro_batch_of_the_whole_batch(case):
    run, machine = case
    whole = replace(run, micro_batch=run.batch // machine.gpu_count)
    assert told(whole, machine) == pytest.approx(told(run, machine))


@settings(max_examples=60, deadline=None)
@given(asked(MODES), st.sampled_from(SERVING), st.booleans())
def test_a_cap_at_the_limit_and_a_node_that_is_all(case, serving, serves):
    run, machine = case
    if serves and run.model in DECODERS:
        run = replace(run, mode=serving, concurrency=run.batch, method="full",
                      grad_checkpointing=False, precision="fp16")  # fmt: skip
    capped = replace(machine, power_cap_w=machine.chip.power_limit_w)
    assert told(run, capped) == pytest.approx(told(run, machine))
    assert told(run, replace(machine, nodes=1)) == pytest.approx(told(run, machine))


@settings(max_examples=40, deadline=None)
@given(asked(TRAINING, DECODERS))
def test_one_card_divides_nothing(case):
    """Sharding over one GPU is the trainer's habits alone: wide formats have none."""
    run, machine = replace(case[0], precision="fp32"), replace(case[1], gpu_count=1)
    for sharding in ("zero1", "zero3"):
        got = ranked(replace(run, sharding=sharding), machine)
        plain = ranked(run, machine)
        assert got.step_s == pytest.approx(plain.step_s, rel=1e-6)
        assert got.memory_bytes == pytest.approx(plain.memory_bytes, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(asked(TRAINING))
def test_what_is_not_updated_holds_no_state_and_sends_no_gradients(case):
    run, machine = case
    there = ranked(replace(run, mode="forward_backward"), machine)
    whole = ranked(replace(run, mode="train"), machine)
    assert there.step_s <= whole.step_s * (1 + 1e-9)
    assert there.memory_bytes <= whole.memory_bytes * (1 + 1e-9)


@settings(max_examples=120, deadline=None)
@given(
    asked(), st.sampled_from(SERVING), st.booleans(),
    st.sampled_from(["boost_mhz", "vram_bytes", "power_limit_w", "pcie_lanes", "l2_bytes"]),
    st.sampled_from([1.05, 1.5, 3.0]),
)  # fmt: skip
def test_more_is_never_slower(case, serving, serves, field, factor):
    """Neither more memory, clock, power, cache nor lanes, whatever else stays as it is."""
    run, machine = case
    if serves and run.model in DECODERS:
        run = replace(run, mode=serving, concurrency=run.batch, method="full",
                      grad_checkpointing=False, precision="fp16")  # fmt: skip
    chip = machine.chip
    value = getattr(chip, field)
    assume(value)  # what a data sheet leaves open is taken as usual
    better = replace(chip, **{field: type(value)(math.ceil(value * factor))})
    least, took = (ranked(run, replace(machine, chip=c)).pace_s for c in (better, chip))
    assert least <= took * (1 + 1e-9)
