"""Processors as chips: their cores and vectors decide, and what dispatches also computes."""

import json

import pytest

from rigwright.catalog.source import load
from rigwright.plan.speed.predicting import predict_batch, predict_one
from rigwright.predict.feed.cores import CORES, flop_per_clock, per_clock
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Cpu
from rigwright.spec.tables.table import column

IMAGE = {"model": "resnet50", "mode": "infer", "batch": 1, "precision": "fp32"}


def asked(cpu, **more):
    return predict_one(IMAGE | more | {"gpu": "none", "cpu": cpu}).prediction


def test_wider_vectors_are_faster_at_the_same_cores_and_clock():
    # Core i9-10940X: 14 cores, two 512-bit units each; a stated processor is taken to have AVX2.
    wide = asked("Intel Core i9-10940X")
    assert wide.step_s < asked("14 cores 4.6 GHz").step_s < asked("4 cores 4.6 GHz").step_s


@pytest.mark.parametrize("mode", ["infer", "train", "forward_backward"])
def test_every_mode_of_a_network_runs_on_a_processor_and_more_work_takes_longer(mode):
    few, many = (asked("Ryzen 9 9950X", mode=mode, batch=n).step_s for n in (4, 16))
    assert 0 < few < many


def test_a_language_model_trains_on_a_processor_with_a_wide_range():
    said = {"model": "llama-3.2-1b", "mode": "train", "method": "lora"}
    one = predict_one(said | {"gpu": "none", "cpu": "Ryzen 9 9950X"}).prediction
    card = predict_one(said | {"gpu": "RTX 4090"}).prediction
    assert one.step_s > 10 * card.step_s
    assert one.high_s / one.low_s > 1.5 * card.high_s / card.low_s


def test_rows_of_tables_name_a_processor_as_they_do(tmp_path):
    path = tmp_path / "rows.jsonl"
    row = IMAGE | {"gpu": "CPU Intel i9-10940X", "gpu_count": 0}
    rows = [row, row | {"gpu": "CPU Frobnicator 9"}, row | {"gpu_count": 2}]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    good, unknown, two = map(json.loads, predict_batch(path))
    same = asked("Intel Core i9-10940X")
    assert good["step_ms"] == pytest.approx(same.step_s * 1e3, rel=0.3)
    assert "Frobnicator" in unknown["error"] and two["error"]


def test_two_processors_are_refused_in_one_line():
    with pytest.raises(InputError, match="allowed: 1: each processor"):
        asked("Ryzen 9 9950X", gpu_count=2)


def test_every_generation_whose_work_per_clock_is_known_has_its_vectors():
    generations = column(CORES, "generation", "flop_per_clock")
    assert all(value in (8, 16, 32, 64) for value in generations.values())
    for cpu in load(Cpu):
        assert (per_clock(cpu.generation) is None) == (flop_per_clock(cpu.generation) is None)
