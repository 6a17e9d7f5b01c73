"""Layouts of a training run: all that divide and fit, the simplest near the fastest first."""

from dataclasses import replace

import pytest

from rigwright.plan.ask.goal import parse_goal
from rigwright.plan.ask.hosts import of_build, of_chip
from rigwright.plan.machine.planning import plan
from rigwright.plan.reporting import build_of
from rigwright.plan.speed import vram
from rigwright.plan.speed.layouts import KEYS, RESOLVED, keys, layouts, said_of, simplest
from rigwright.plan.speed.predicting import predict_one
from rigwright.plan.speed.runs import chip_named
from rigwright.plan.speed.stepping import ranked
from rigwright.predict.parallel import layout_of
from rigwright.spec.run import Run
from rigwright.workload import lookup


def run(model="llama-3-8b", batch=64, **more) -> Run:
    return Run(model=model, batch=batch, seq_len=2048, precision="bf16", optimizer="adamw", **more)


@pytest.mark.parametrize(("gpu", "count", "model", "batch"), [
    ("H100 SXM", 8, "llama-3-8b", 64), ("A100 SXM4 80 GB", 64, "llama-3-70b", 512),
    ("RTX 3090", 4, "gpt2-xl", 16), ("RTX 3090", 6, "gpt2-xl", 12),
    ("H100 SXM", 512, "llama-3-70b", 1024),
])  # fmt: skip
def test_every_layout_divides_fits_and_is_what_the_predictor_says(gpu, count, model, batch):
    asked, machine = run(model, batch), of_chip(chip_named(gpu), count)
    found = layouts(asked, machine)
    assert len(found) > 3 and len({r for r, _ in found}) == len(found)
    for laid, p in found[:: max(len(found) // 10, 1)]:
        shape = layout_of(lookup.decoder_of(model), laid, machine)
        assert shape.tensor * shape.pipeline * shape.data == count
        assert shape.data * shape.micro_batch * shape.micro_batches == batch
        assert vram.held(laid, machine).verdict(machine.chip) == vram.FITS
        assert p == ranked(laid, machine)
    fastest = min(p.step_s for _, p in found)
    first, rest = found[0], [p.step_s for _, p in found[1:]]
    assert first[1].step_s <= fastest * (1 + RESOLVED) and rest == sorted(rest)
    near = [r for r, p in found if p.step_s <= fastest * (1 + RESOLVED)]
    assert simplest(first[0]) == min(map(simplest, near))


@pytest.mark.parametrize("said", [
    {"tensor_parallel": 4}, {"pipeline_parallel": 2}, {"sharding": "zero3"}, {"micro_batch": 2},
    {"grad_checkpointing": True, "tensor_parallel": 2},
])  # fmt: skip
def test_what_is_said_of_the_layout_stays(said):
    found = layouts(run(**said), of_chip(chip_named("H100 SXM"), 8))
    assert found and all(said.items() <= said_of(r).items() for r, _ in found)


def test_one_card_pictures_and_serving_have_none():
    eight = of_chip(chip_named("H100 SXM"), 8)
    assert not layouts(run(), of_chip(chip_named("H100 SXM"), 1))
    assert not layouts(Run(model="resnet50", batch=64), eight)
    assert not layouts(Run(model="llama-3-8b", mode="decode", seq_len=100), eight)
    assert not layouts(run("llama-3-70b", 64), of_chip(chip_named("RTX 3090"), 2))


def test_predict_names_the_layouts_to_take():
    values = {"model": "llama-3-70b", "gpu": "H100 SXM", "gpu_count": 16, "batch": 64,
              "seq_len": 2048, "precision": "bf16", "optimizer": "adamw"}  # fmt: skip
    found = predict_one(values)
    (note,) = [n for n in found.prediction.notes if n.startswith("layouts that fit")]
    best, p = layouts(found.run, of_chip(chip_named("H100 SXM"), 16))[0]
    assert f"first: {keys(best)}: {p.step_s:.3g} s, {p.bound} binds" in note


FULL = {"model": "qwen2.5-1.5b", "batch": 8, "seq_len": 1024}
LORA = {"model": "llama-3-70b", "method": "lora", "precision": "bf16", "batch": 4, "seq_len": 2048}
TWO, FOUR = {"own": {"cards": ["RTX 3090"] * 2}}, {"limits": {"gpu_count_min": 4}}


def goal(workload, more, **said):
    return parse_goal({"workload": workload | said, "budget": {"usd": 60_000}, **more,
                       "as_of": "2026-11-20"}, "goal")  # fmt: skip


@pytest.mark.parametrize(("workload", "more"), [(FULL, TWO), (LORA, FOUR)])
def test_a_plan_takes_a_layout_as_fast_as_any_on_its_links(workload, more):
    asked = goal(workload, more)
    got = plan(asked)
    chip = chip_named(got.chosen.gpu)
    machine = of_build(build_of(got.chosen, asked), chip)
    plain = replace(asked.workload.run(), software=got.run.software)
    found = layouts(plain, machine)
    assert got.chosen.gpu_count > 1 and found
    assert got.chosen.prediction.step_s <= found[0][1].step_s * (1 + RESOLVED)
    assert {k: v for k, v in got.keys.items() if k in KEYS} == said_of(got.run)
    again = plan(goal(workload, more, **got.keys)).chosen
    assert again.prediction.step_s == pytest.approx(got.chosen.prediction.step_s, rel=1e-6)
    assert [p.changed for p in got.frontier if p.chosen] == [got.changed] == [got.chosen.changed]


def test_what_a_goal_says_of_its_layout_stays():
    assert plan(goal(LORA, FOUR, tensor_parallel=4)).run.tensor_parallel == 4
