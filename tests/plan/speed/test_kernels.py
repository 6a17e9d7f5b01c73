"""Mode ``operation`` of ``predict --batch``: one kernel on one chip."""

import json

import pytest

from rigwright.plan.speed import predicting
from rigwright.predict import alone

GEMM = {"mode": "operation", "op": "gemm", "gpu": "H100 SXM", "m": 8192, "n": 8192, "k": 8192,
        "precision": "bf16"}  # fmt: skip
ATTENTION = {"batch": 4, "seq_len": 4096, "heads": 32, "kv_heads": 8, "head_dim": 128}
SIZES = {
    "gemm": {"m": 4096, "n": 4096, "k": 4096},
    "attention_prefill": ATTENTION,
    "attention_decode": ATTENTION,
    "moe": {"tokens": 512, "hidden": 4096, "inter": 1536, "experts": 128, "topk": 8},
    "all_reduce": {"bytes": 1e8, "gpu_count": 4},
    "norm": {"rows": 16384, "cols": 4096},
    "softmax": {"rows": 16384, "cols": 4096},
    "elementwise": {"rows": 16384, "cols": 4096},
}


def answers(tmp_path, *lines):
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    return [json.loads(line) for line in predicting.predict_batch(path)]


@pytest.mark.parametrize("op", alone.SIZES)
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp8", "int4"])
@pytest.mark.parametrize("gpu", ["A100", "L40S", "RX 7900 XTX", "GTX 1080"])
def test_every_operation_has_a_time_and_what_binds_it(tmp_path, op, precision, gpu):
    line = {"mode": "operation", "op": op, "gpu": gpu, "precision": precision, **SIZES[op]}
    (got,) = answers(tmp_path, line)
    assert 0 < got["low_ms"] < got["step_ms"] < got["high_ms"]
    assert got["bound"] in {"arithmetic", "memory traffic", "launch", "network"}
    assert sum(got["shares"].values()) == pytest.approx(1)


def test_a_large_product_runs_below_the_peak_and_near_it(tmp_path):
    (got,) = answers(tmp_path, GEMM)
    share = 2 * 8192**3 / (got["step_ms"] * 1e-3) / 989.4e12
    assert 0.6 < share < 0.95 and got["bound"] == "arithmetic"


def test_one_row_reads_the_weights_once(tmp_path):
    (got,) = answers(tmp_path, {**GEMM, "m": 1, "n": 16384, "k": 16384})
    assert got["bound"] == "memory traffic"
    assert 2 * 16384**2 / (got["step_ms"] * 1e-3) < 3352e9


@pytest.mark.parametrize("op", alone.SIZES)
def test_more_work_takes_longer(tmp_path, op):
    first, size = next(iter(SIZES[op].items()))
    line = {"mode": "operation", "op": op, "gpu": "H100 SXM", "precision": "bf16", **SIZES[op]}
    one, four = answers(tmp_path, line, {**line, first: 4 * size})
    assert four["step_ms"] > one["step_ms"]


def test_eight_bit_products_pay_for_turning_what_they_multiply(tmp_path):
    tall = {**GEMM, "m": 16384, "n": 128, "k": 16384, "precision": "fp8"}
    (got,) = answers(tmp_path, tall)
    # 16-bit values are read, 8-bit ones written and read again: twice the traffic of bf16.
    assert 4 * 16384**2 / (got["step_ms"] * 1e-3) < 3352e9 and got["bound"] == "memory traffic"


def test_an_engine_reads_shared_keys_again_where_its_kernel_takes_no_such_group(tmp_path):
    line = {"mode": "operation", "op": "attention_decode", "gpu": "H100 SXM", "precision": "bf16",
            **ATTENTION, "batch": 64, "kv_heads": 1}  # fmt: skip
    few, many, other = answers(
        tmp_path, {**line, "framework": "tensorrt-llm"},
        {**line, "framework": "tensorrt-llm", "heads": 48},
        {**line, "framework": "vllm", "heads": 48},
    )  # fmt: skip
    assert other["step_ms"] < 1.2 * few["step_ms"] < 0.2 * many["step_ms"]


def test_kernels_that_no_graph_replays_wait_for_their_dispatch(tmp_path):
    line = {**GEMM, "m": 16, "n": 64, "k": 64}
    cuda, oneapi = answers(tmp_path, line, {**line, "gpu": "Arc Pro B60"})
    assert cuda["step_ms"] < 0.02 < 0.025 < oneapi["step_ms"] and oneapi["bound"] == "launch"


def test_rows_that_stay_cached_are_read_once(tmp_path):
    line = {"mode": "operation", "op": "norm", "gpu": "A100", "precision": "fp32"}
    short, long = answers(
        tmp_path, {**line, "rows": 65536, "cols": 1024}, {**line, "rows": 4096, "cols": 16384}
    )
    assert long["step_ms"] / short["step_ms"] == pytest.approx(1.5, rel=0.05)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"op": "gem"}, "op"), ({"k": None}, "k"), ({"n": -1}, "n"), ({"m": "wide"}, "m")],
)
def test_a_bad_line_names_the_field(tmp_path, change, field):
    bad, good = answers(tmp_path, {**GEMM, **change}, GEMM)
    assert f": {field}: " in bad["error"] and good["step_ms"] > 0


@pytest.mark.parametrize("gpu", ["Tesla K80", "H100 SXM", "DGX Spark", "RX 580", "none"])
@pytest.mark.parametrize("precision", ["fp64", "tf32", "nvfp4", "int8"])
def test_every_kernel_answers_on_every_chip(tmp_path, gpu, precision):
    sizes = {"m": 1, "n": 7, "k": 100, "batch": 1, "seq_len": 1, "heads": 3, "kv_heads": 1,
             "head_dim": 80, "tokens": 1, "hidden": 64, "inter": 96, "experts": 5, "topk": 2,
             "bytes": 1, "gpu_count": 1, "rows": 1, "cols": 1}  # fmt: skip
    asked = [{"mode": "operation", "op": op, "gpu": gpu, "precision": precision, **sizes}
             for op in alone.SIZES]  # fmt: skip
    for got in answers(tmp_path, *asked):
        assert 0 < got["low_ms"] < got["step_ms"] < got["high_ms"] < 10
        assert sum(got["shares"].values()) == pytest.approx(1.0)


def test_cards_are_whole_and_sizes_no_fractions(tmp_path):
    ring = {**GEMM, "op": "all-reduce", "bytes": 1e6, "gpu_count": 8}
    good, half, none = answers(tmp_path, ring, {**ring, "gpu_count": 2.5}, {**GEMM, "m": 0.1})
    assert good["op"] == "all_reduce" and "whole number" in half["error"] and "m: " in none["error"]


def test_unknown_words_are_notes(tmp_path):
    (got,) = answers(tmp_path, {**GEMM, "precision": "bf15", "framework": "nosuchengine"})
    assert len(got["notes"]) == 2 and got["step_ms"] > 0


def test_a_cap_slows_products_and_spares_reading(tmp_path):
    reading = {**GEMM, "m": 1, "n": 16384, "k": 16384}
    fast, slow, free, capped = answers(
        tmp_path, GEMM, {**GEMM, "power_cap_w": 350}, reading, {**reading, "power_cap_w": 350}
    )
    assert slow["step_ms"] > 1.15 * fast["step_ms"]
    assert capped["step_ms"] < 1.12 * free["step_ms"]
