"""``rigwright init`` writes a goal that explains itself and that ``plan`` takes."""

import os
import pty
import re
import select
import subprocess
import sys
import time
import tomllib

import pytest
from typer.testing import CliRunner

from rigwright.cli import app
from rigwright.plan.ask.goal import read_goal, sections
from rigwright.plan.machine.goals import goal_of


def init(*words):
    return CliRunner().invoke(app, ["init", *map(str, words)])


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ((), {"model": "llama-3-8b", "mode": "train", "method": "qlora"}),
        (("--mode", "serve"), {"model": "llama-3-8b", "mode": "decode", "precision": "q4_k_m"}),
        (("--model", "resnet50"), {"model": "resnet50", "mode": "train", "batch": 32}),
        (("--model", "resnet50", "--mode", "serve"), {"model": "resnet50", "mode": "infer"}),
        (("--model", "bert-large", "--batch-size", "8"), {"model": "bert-large", "batch": 8}),
    ],
)
def test_what_is_written_is_a_goal_with_what_was_said(tmp_path, words, held):
    path = tmp_path / "goal.toml"
    done = init(path, *words, "--yes")
    assert done.exit_code == 0 and f"rigwright plan {path}" in done.stdout
    run = read_goal(path).workload.run()
    assert {name: getattr(run, name) for name in held} == held


def test_every_key_is_there_and_explained(tmp_path):
    path = tmp_path / "goal.toml"
    own = ["--own", "Gigabyte GTX 1070 G1 Gaming", "--own", "cpu=i7-6700K"]
    init(path, "--model", "resnet50", "--budget", "1500", "--country", "DE", "--used", *own)
    text = path.read_text()
    for asked in sections().values():
        for q in asked:
            assert re.search(rf"^# .*\n#?{q.name} = ", text, re.M), q.name
    goal = read_goal(path)
    assert (goal.budget.usd, goal.site.country, goal.limits.used) == (1500, "DE", True)
    assert goal.own.cards == ("Gigabyte GTX 1070 G1 Gaming",) and goal.own.cpu == "i7-6700K"
    assert tomllib.loads(re.sub(r"^#(?=[a-z_]+ = )", "", text, flags=re.M))  # examples are TOML
    said = {"model": "resnet50", "mode": "train", "budget": "1500", "country": "DE", "used": True,
            "own": own[1::2]}  # fmt: skip
    assert goal_of(path, {}).goal == goal_of(None, said).goal


def test_plan_takes_it(tmp_path):
    path = tmp_path / "goal.toml"
    init(path, "--yes")
    done = CliRunner().invoke(app, ["plan", str(path), "--as-of", "2026-11-23", "--json"])
    assert done.exit_code == 0


def test_a_file_is_kept_unless_forced(tmp_path):
    path = tmp_path / "goal.toml"
    path.write_text("mine")
    done = init(path)
    assert "--force" in str(done.exception) and path.read_text() == "mine"
    assert init(path, "--force").exit_code == 0 and "[workload]" in path.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--model", "resnet99"), "did you mean"),
        (("--model", "nowhere.json"), "model"),
        (("--budget", "-3"), "budget.usd"),
        (("--own", "thing of mine"), "--own"),
        (("--model", "resnet50", "--method", "qlora"), "language models"),
    ],
)
def test_what_plan_would_refuse_is_refused_and_nothing_written(tmp_path, words, said):
    path = tmp_path / "goal.toml"
    done = init(path, *words)
    assert done.exit_code and said in str(done.exception) and not path.exists()


def test_a_place_that_is_not_there_is_named(tmp_path):
    done = init(tmp_path / "no" / "goal.toml")
    assert "goal.toml" in str(done.exception) and "place to write" in str(done.exception)


def test_a_terminal_is_asked_and_enter_takes_the_default(tmp_path):
    """A real terminal: five questions, a wrong answer asked again, two answered."""
    path = tmp_path / "goal.toml"
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "rigwright", "init", str(path)],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip
    os.close(theirs)
    shown, end = b"", time.monotonic() + 60
    for question, answer in ((b"model", b"\n"), (b"serve", b"serve\n"), (b"USD", b"much\n"),
                             (b"USD", b"2500\n"), (b"Parts", b"\n"),
                             (b"Country", b"\n")):  # fmt: skip
        while question not in shown and time.monotonic() < end:
            if select.select([ours], [], [], 1)[0]:
                shown += os.read(ours, 4096)
        assert question in shown, shown
        shown = b""
        os.write(ours, answer)
    assert process.wait(60) == 0
    os.close(ours)
    goal = read_goal(path)
    assert (goal.workload.run().mode, goal.budget.usd, goal.site.country) == ("decode", 2500, "US")
