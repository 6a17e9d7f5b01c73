"""A finished picture is the whole pipeline; one pass of its denoiser is another thing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rigwright.plan.speed.predicting import predict_one
from rigwright.spec.run import Run
from rigwright.spec.tables.table import table
from rigwright.workload import decoder, lookup, pipelines
from rigwright.workload.zoo import embedded as zoo

ROWS = table(pipelines.Pipeline, pipelines.TABLE)
GIB = 2**30


def answered(model, **more):
    return predict_one({"gpu": "RTX 4090", "model": model, "mode": "infer", **more}).prediction


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_part_is_known_and_the_list_is_sound(row):
    assert row.guided in ("no", "batch", "passes") and row.steps >= 1 and row.precision
    for word in row.encoders:
        name, _, tokens = word.partition("@")
        assert (zoo.find(name) or decoder.find(name)) and int(tokens) > 0
    ops = pipelines.finished(row, Run(model=row.name, mode="infer"))
    now = ops.at(2)
    assert ops.unit in ("img", "item") and set(ops.phase) == {0} and np.isfinite(now.traffic).all()
    assert ops.parameters > ops.meta["packed_parameters"] >= zoo.about(row.denoiser)["parameters"]


def test_names_mean_their_own_pipeline_and_a_denoiser_by_its_name_is_one_pass():
    named = {word: row.name for row in ROWS for word in (row.name, *row.also)}
    assert {word: pipelines.of(word).name for word in named} == named
    assert pipelines.of("stabilityai/stable-diffusion-xl-base-1.0").name == "sdxl"
    assert pipelines.of("sdxl-unet") is None and pipelines.of("resnet50") is None
    assert pipelines.of("black-forest-labs/FLUX.2-dev").denoiser == "flux2-dev"


def test_the_whole_of_sdxl_is_in_memory():
    # 10.5 GiB were measured of the pipeline of a guided picture of 1,024 px in fp16.
    assert answered("sdxl", precision="fp16").memory_bytes / GIB == pytest.approx(10.5, rel=0.1)


def test_a_picture_takes_its_steps_and_guidance_doubles_them():
    one, four = (answered("sdxl-turbo", steps=n) for n in (1, 4))
    plain, guided = (answered("sdxl", guidance=scale) for scale in (1, 5))
    assert one.step_s < four.step_s < 4 * one.step_s and four.unit == "img/s"
    assert 1.4 * plain.step_s < guided.step_s < 2.2 * plain.step_s
    assert guided.throughput == pytest.approx(1 / guided.step_s)


def test_one_pass_is_never_called_a_picture():
    passed = predict_one({"gpu": "RTX 4090", "model": "flux-dev", "mode": "forward"}).prediction
    assert passed.unit == "it/s" and passed.throughput == pytest.approx(1 / passed.step_s)
    assert lookup.operations(Run(model="flux-dev")).unit == "img"  # a training step has items
    told = answered("flux-dev").notes[0]
    assert "28 steps at" in told and "it/s" in told


def test_where_the_models_lie_and_how_the_denoiser_is_packed_change_memory():
    whole, packed = (answered("flux-dev", precision=p) for p in ("bf16", "nf4"))
    apart = answered("flux-dev", offload=True)
    saved = zoo.about("flux-dev")["parameters"] * (2.0 - 4.127 / 8)
    assert whole.memory_bytes - packed.memory_bytes == pytest.approx(saved, rel=0.05)
    assert apart.memory_bytes < whole.memory_bytes - 8 * GIB and apart.step_s > whole.step_s
    assert packed.step_s > whole.step_s


def test_of_two_denoisers_one_is_on_the_card_at_a_time():
    (row,) = (row for row in ROWS if row.experts == 2)
    weights = zoo.about(row.denoiser)["parameters"]
    for steps in (None, 1, 5):
        run = Run(model=row.name, mode="infer", steps=steps, precision="bf16")
        first, second = pipelines.stages(row, run)[-3:-1]
        assert first.parameters == second.parameters == weights
        both = sum(int(part.count.max()) for part in (first, second))
        one = replace(row, experts=1)
        assert both == int(pipelines.stages(one, run)[-2].count.max())
        assert pipelines.finished(row, run).meta["packed_parameters"] == 2 * weights
    together, apart = answered(row.name), answered(row.name, offload=True)
    assert together.memory_bytes - apart.memory_bytes > 2.0 * weights
