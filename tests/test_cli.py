"""Commands as a user runs them: real processes, exit codes, one-line errors."""

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STORY = "examples/2016-desktop"


def rigwright(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("rigwright"))
    return subprocess.run(
        [program, *words], cwd=ROOT, input=stdin, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip


def test_what_stands_in_the_pipe_is_a_build_or_a_goal_too():
    text = (ROOT / STORY / "build.toml").read_text(encoding="utf-8")
    piped, named = rigwright("check", "-", stdin=text), rigwright("check", f"{STORY}/build.toml")
    assert (piped.stdout, piped.returncode) == (named.stdout, named.returncode)
    goal = (ROOT / STORY / "goal.toml").read_text(encoding="utf-8")
    piped, named = rigwright("plan", "-", stdin=goal), rigwright("plan", f"{STORY}/goal.toml")
    assert (piped.stdout, piped.returncode) == (named.stdout, named.returncode)
    empty = rigwright("check", "-")
    assert empty.returncode == 2 and len(empty.stderr.splitlines()) == 1, empty.stderr


def test_check_json_has_the_contract_keys_and_exit_code():
    done = rigwright("check", f"{STORY}/build.toml", "--json")
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 0
    keys = {"rule", "verdict", "parts", "have", "need", "unit", "margin", "why", "source"}
    assert all(keys <= set(f) for f in findings)
    assert {f["verdict"] for f in findings} <= {"ok", "warning", "conflict", "unknown"}


def test_check_exits_1_on_a_conflict_and_3_on_only_unknowns(tmp_path):
    text = (ROOT / STORY / "build.toml").read_text()
    short = tmp_path / "short.toml"
    short.write_text(text.replace("Intel Core i7-6700K", "AMD Ryzen 5 3600"))
    done = rigwright("check", str(short))
    assert done.returncode == 1 and "cpu_socket" in done.stdout
    vague = tmp_path / "vague.toml"
    vague.write_text(re.sub(r'psu = ".*"', 'psu = "400 W"', text))
    assert rigwright("check", str(vague)).returncode == 3


def test_check_cases_answers_each_line(tmp_path):
    cases = tmp_path / "cases.jsonl"
    parts = [
        {"category": "CPU", "name": "Intel Core i7-6700K"},
        {"category": "Motherboard", "name": "ASRock Z170 Extreme4"},
    ]
    cases.write_text(
        json.dumps({"id": "a", "rule": "cpu_socket", "parts": parts})
        + "\n{broken\n"
        + json.dumps({"id": "c", "rule": "no_such_rule", "parts": parts})
    )
    done = rigwright("check", "--cases", str(cases))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows[0]["id"] == "a" and rows[0]["verdict"] == "ok"
    assert "error" in rows[1] and "no_such_rule" in rows[2]["error"]


def test_predict_batch_answers_in_order_and_survives_bad_lines():
    lines = [
        {"gpu": "GTX 1080", "model": "resnet50", "mode": "train", "batch": 16, "precision": "fp32"},
        {"gpu": "GTX 1080", "model": "no-such-model"},
        {"gpu": "No Such GPU", "model": "resnet50"},
        {"gpu": {"architecture": "pascal", "sm_count": 20, "boost_mhz": 1733, "fp32_tflops": 8.87,
                 "bandwidth_gb_s": 320.3, "vram_gib": 8, "power_limit_w": 180},
         "model": "resnet50", "mode": "train", "batch": 16, "precision": "fp32"},
    ]  # fmt: skip
    text = "\n".join(map(json.dumps, lines))
    done = rigwright("predict", "--batch", "-", stdin=text)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(rows) == 4
    keys = {"step_ms", "throughput", "unit", "memory_gib", "fits", "bound", "shares", "low_ms",
            "high_ms"}  # fmt: skip
    assert keys <= set(rows[0]) and keys <= set(rows[3])
    assert "no-such-model" in rows[1]["error"] and "No Such GPU" in rows[2]["error"]
    assert rows[0]["low_ms"] < rows[0]["step_ms"] < rows[0]["high_ms"]
    assert rows[0]["throughput"] == pytest.approx(16 / rows[0]["step_ms"] * 1e3)
    assert rows[3]["step_ms"] == pytest.approx(rows[0]["step_ms"], rel=0.15)


def test_plan_json_is_the_object_the_terminal_shows():
    done = rigwright("plan", f"{STORY}/goal.toml", "--json")
    plan = json.loads(done.stdout)
    assert done.returncode == 0
    chosen = plan["chosen"]
    assert chosen["usd"] <= plan["budget_usd"]
    assert chosen["usd"] == pytest.approx(sum(p["usd"] for p in chosen["parts"]))
    assert {p["kind"] for p in chosen["parts"]} >= {"card", "cpu", "board", "ram", "drive", "psu"}
    assert not any(
        f["verdict"] == "conflict" or (f["verdict"] == "unknown" and f["severity"] == "error")
        for f in chosen["findings"]
    )
    text = rigwright("plan", f"{STORY}/goal.toml").stdout
    words = " ".join(text.split())
    assert chosen["gpu"] in text
    assert all(p["name"].split(" (")[0] in words for p in chosen["parts"])


@pytest.mark.parametrize("name", ["today", "serve-llm"])
def test_other_examples_have_a_machine(name):
    done = rigwright("plan", f"examples/{name}/goal.toml", "--json", "--as-of", "2026-11-23")
    plan = json.loads(done.stdout)
    assert done.returncode == 0
    prediction = plan["chosen"]["prediction"]
    assert prediction["unit"] == "tok/s" and prediction["fits"]
    chosen = next(p for p in plan["frontier"] if p["chosen"])
    assert chosen["throughput"] == pytest.approx(prediction["throughput"], rel=0.3)


def test_plan_with_too_small_a_budget_says_what_helps(tmp_path):
    goal = tmp_path / "goal.toml"
    text = (ROOT / STORY / "goal.toml").read_text()
    goal.write_text(re.sub(r"usd = \d+", "usd = 300", text))
    done = rigwright("plan", str(goal))
    assert done.returncode == 1
    assert "raise the budget" in done.stdout and "$" in done.stdout


def test_charts_are_written(tmp_path):
    picture = tmp_path / "frontier.png"
    assert rigwright("plan", f"{STORY}/goal.toml", "--chart", str(picture)).returncode == 0
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 20_000
    done = rigwright("plan", f"{STORY}/goal.toml", "--chart", str(tmp_path / "x.bmp"))
    assert done.returncode == 2 and ".png" in done.stderr


def test_parts_finds_words():
    done = rigwright("parts", "card", "1070", "--json")
    rows = json.loads(done.stdout)["rows"]
    assert rows and all("1070" in part["name"] for part, _ in rows)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plan", "no/such/goal.toml"), "No such file"),
        (("check", "no/such/build.toml"), "no/such/build.toml"),
        (("check",), "BUILD"),
        (("predict", "resnet5000"), "resnet50"),
        (("predict", "resnet50", "--gpu", "GTX 10700"), "GTX 1070"),
        (("predict", "resnet50", "--mode", "fly"), "train"),
        (("compare", "GTX 1070"), "two or more"),
        (("parts", "tower"), "case"),
        (("plan", f"{STORY}/goal.toml", "--as-of", "tomorrow"), "YYYY-MM-DD"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(words, says):
    done = rigwright(*words)
    assert done.returncode == 2
    assert says.lower() in done.stderr.lower()
    assert len(done.stderr.strip().splitlines()) == 1 and "Traceback" not in done.stderr


def test_negative_budget_and_bad_toml(tmp_path):
    for text, says in (("[budget]\nusd = -5\n[workload]\nmodel = 'x'\n", "budget.usd"),
                       ("[budget\n", "TOML")):  # fmt: skip
        goal = tmp_path / "goal.toml"
        goal.write_text(text)
        done = rigwright("plan", str(goal))
        assert done.returncode == 2 and says in done.stderr


def test_a_closed_pipe_is_not_an_error():
    program = Path(sys.executable).with_name("rigwright")
    done = subprocess.run(
        f"{program} parts chip | head -1", shell=True, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr


def test_trace_without_torch_says_what_to_install(tmp_path):
    if importlib.util.find_spec("torch"):
        pytest.skip("torch is installed here")
    (tmp_path / "net.py").write_text("def make(): ...\n")
    done = rigwright("trace", f"{tmp_path}/net.py:make")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "pip install 'rigwright[trace]'" in done.stderr


def test_an_operations_file_is_a_model(tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow reads operations files; extra trace")
    from rigwright.workload.operations import file as opsfile
    from rigwright.workload.zoo import embedded as zoo

    path = tmp_path / "net.parquet"
    opsfile.write(zoo.operation_list("resnet18"), path)
    own, known = (
        json.loads(rigwright("predict", model, "--gpu", "RTX 3090", "--json").stdout)
        for model in (str(path), "resnet18")
    )
    assert own["prediction"]["step_s"] == known["prediction"]["step_s"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "--gpus", "x"), "No such option: --gpus"),
        (("upgrade",), "Missing argument"),
        (("nothing",), "No such command 'nothing'"),
        (("serve", "--port", "99999"), "--port"),
    ],
)
def test_a_word_that_no_command_has_is_one_line(words, said):
    done = rigwright(*words)
    assert done.returncode == 2 and not done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("rigwright: ") and said in line and line.endswith(" --help")


def test_a_port_that_is_taken_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = rigwright("serve", "--port", port)
    assert done.returncode == 2 and not done.stdout
    (line,) = done.stderr.splitlines()
    assert f"127.0.0.1:{port}" in line and "--port 0" in line
