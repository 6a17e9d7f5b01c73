"""What was measured, held beside what is predicted."""

import csv
import io
import json
import sys
import time
from pathlib import Path

import pytest

from rigwright.plan.found import benching
from rigwright.plan.found.probing import found_in, probe
from rigwright.plan.found.verifying import verify
from rigwright.spec.answer import dumps
from rigwright.spec.errors import InputError

HERE = Path(__file__).parents[3] / "examples" / "bench" / "capped"
CPU = (
    "Name : AMD Ryzen 5 5600X 6-Core Processor\nNumberOfCores : 6\nNumberOfLogicalProcessors : 12\n"
)


def said(result):
    return {j.check: j for j in result.verdicts if j.parts != ("gpu 01:00.0",)}


def line(name, **facts):
    return json.dumps({"bench": name, **facts})


def test_each_term_stands_beside_what_was_expected_of_it():
    told = said(verify(probe(HERE)))
    assert told["gpu_memory_rate"].verdict == "fault" and "87 %" in told["gpu_memory_rate"].found
    assert told["gpu_memory_rate"].cause == "cap 230 W"
    assert told["gpu_copy_to"].cause == "link x8" and "41 %" in told["gpu_copy_to"].found
    assert told["gpu_gemm_fp16"].verdict == "ok"
    assert "this run" in told["gpu_memory_rate"].cost


def test_a_slow_run_names_the_terms_that_are_off():
    step = said(verify(probe(HERE)))["run_step"]
    assert step.verdict == "fault" and "164" in step.expected
    for words in ("memory of the card 87 % of expected: cap 230 W", "link x8", "host 3."):
        assert words in step.cause


def test_what_a_card_cannot_do_is_no_fault_and_no_doubt():
    told = said(verify(probe(HERE)))
    assert told["gpu_gemm_fp8"].verdict == "ok" and told["gpu_pattern"].verdict == "ok"
    assert told["gpu_cap_best"].found == "most work per joule at 210 W"


@pytest.mark.parametrize(
    "told, check, verdict",
    [
        (line("pattern", index=0, value=3, unit="words"), "gpu_pattern", "fault"),
        (line("pattern", index=0, note="not measured: CUDA error: uncorrectable ECC error"),
         "gpu_pattern", "unknown"),
        (line("decode", note="not measured: No module named 'PIL'"), "cpu_decode", "unknown"),
        (line("soak", value=0.8, note="10 minutes"), "run_soak", "fault"),
        (line("soak_card", index=0, draw_w=300.0, temp_c=88.0, r_sw_thermal=0.4), "gpu_soak",
         "fault"),
        (line("soak_card", index=0, draw_w=300.0, temp_c=70.0, r_sw_power=1.0), "gpu_soak", "ok"),
        (line("drive_ordered", value=2e9, unit="B/s", note="x"), "drive_rate", "unknown"),
        (line("worker", note="the worker ended with -11: not measured"), "bench", "unknown"),
    ],
)  # fmt: skip
def test_a_measurement_says(told, check, verdict):
    (one,) = [j for j in verify(found_in([told])).verdicts if j.check == check]
    assert one.verdict == verdict


def test_a_processor_is_not_held_against_a_card_that_did_not_work():
    gemm = line("gemm_fp32", value=4e11, unit="FLOP/s", note="2048")
    (one,) = [j for j in verify(found_in([CPU, gemm])).verdicts if j.check == "gpu_gemm"]
    assert one.verdict == "ok" and "TFLOP/s" in one.expected
    assert float(one.expected.split()[0]) < 2


def test_a_measurement_file_says_the_same_again(tmp_path):
    found = probe(HERE)
    path = tmp_path / "measurement.json"
    path.write_text(dumps(found))
    assert verify(probe(path)).verdicts == verify(found).verdicts


def test_a_shared_row_has_the_columns_of_the_tables_and_no_names_of_files():
    (row,) = csv.DictReader(io.StringIO(benching.row(probe(HERE))))
    assert list(row)[:6] == ["source", "gpu", "gpu_count", "framework", "mode", "model"]
    assert row["gpu"] == "NVIDIA GeForce RTX 3090" and row["step_ms"] == "310.0000"
    assert float(row["throughput"]) == pytest.approx(412.9, rel=1e-3) and row["peak_mib"] == "12875"
    text = (HERE / "bench.jsonl").read_text().replace("resnet50", "/home/ann/secret.py:net")
    (row,) = csv.DictReader(io.StringIO(benching.row(found_in([text]))))
    assert row["model"] == "own model of 25557032 parameters" and "ann" not in str(row)


def test_without_a_run_there_is_nothing_to_share():
    with pytest.raises(InputError, match="--share"):
        benching.row(found_in([line("ram", value=1e10)]))


def test_limits_of_a_virtual_machine_are_left_alone():
    text = "System Information\n\tManufacturer: QEMU\n\n" + (HERE / "smi.txt").read_text()
    with pytest.raises(InputError, match="a virtual machine"):
        benching.may_change(found_in([text]), lambda _: True)
    with pytest.raises(InputError, match="got 'no'"):
        benching.may_change(probe(HERE), lambda _: False)
    benching.may_change(probe(HERE), lambda _: True)


def one_row_then(what, folder, monkeypatch):
    """The bench with a worker that measures one row and then does something."""
    row = '{"bench": "ram", "value": 1e10}'
    script = folder / "worker.py"
    script.write_text(f"import os, time\nprint({row!r}, flush=True)\n{what}\n")
    monkeypatch.setattr(benching, "example", lambda _: script)
    asked = {"folder": str(folder), "minutes": 0}
    return benching.bench(found_in([]), asked, sys.executable, lambda _: None)


def test_a_worker_that_dies_keeps_what_was_measured(tmp_path, monkeypatch):
    *_, last = one_row_then("os.abort()", tmp_path, monkeypatch)
    assert [p["name"] for p in last.of("bench")] == ["ram", "worker"]
    assert "ended with -6" in last.parts[-1]["note"]


def test_who_stops_the_bench_does_not_wait_for_its_worker(tmp_path, monkeypatch):
    steps = one_row_then("time.sleep(600)", tmp_path, monkeypatch)
    assert [p["name"] for p in next(steps).of("bench")] == ["ram"]
    start = time.monotonic()
    steps.close()
    assert time.monotonic() - start < 60
