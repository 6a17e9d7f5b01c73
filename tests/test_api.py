"""The library: few names, nothing loaded before it is asked for, the answers of the commands."""

import dataclasses
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rigwright as rw
from rigwright.cli import main

STORY = rw.example("2016-desktop/goal.toml")
BUILD = rw.example("2016-desktop/build.toml")
NAMES = {
    "InputError", "RigwrightError", "UnknownNameError", "check", "compare", "example", "fit",
    "plan", "predict", "probe", "rent", "verify", "why_not",
}  # fmt: skip


def fresh(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_names_are_these_and_few():
    assert set(rw.__all__) == NAMES and len(rw.__all__) <= 13
    assert set(dir(rw)) == NAMES | {"__version__"}
    assert set(importlib.import_module("rigwright.api").__all__) == NAMES
    assert all(getattr(rw, name) is not None for name in NAMES)
    with pytest.raises(AttributeError, match="guess"):
        rw.guess  # noqa: B018


def test_importing_loads_nothing():
    loaded = fresh("import sys, rigwright; print(*(m for m in sys.modules))").split()
    assert [m for m in loaded if m.startswith("rigwright")] == ["rigwright"]
    assert not {"numpy", "pydantic", "typer", "rich", "vl_convert"} & set(loaded)


@pytest.mark.parametrize(
    "first", ["import rigwright.plan.machine.planning", "from rigwright import fit, predict", ""]
)
def test_a_room_answers_its_question_whatever_was_imported_before(first):
    code = f"{first}\nimport rigwright as rw\nprint(rw.predict('resnet18').gpu)\n"
    code += "from rigwright import fit\nprint(fit.RULES[0].id, callable(rw.plan), callable(rw.fit))"
    assert fresh(code).split()[-2:] == ["True", "True"]


def printed(monkeypatch, capsys, *words):
    """The object that a command prints with --json."""
    monkeypatch.setattr(sys, "argv", ["rigwright", *words, "--json"])
    with pytest.raises(SystemExit):
        main()
    return json.loads(capsys.readouterr().out)


RUN = {"batch": 16, "precision": "fp32"}
OPTIONS = ("--batch-size", "16", "--precision", "fp32")
SAME = {
    "plan": (lambda: rw.plan(STORY), ("plan", str(STORY))),
    "rent": (lambda: rw.rent(STORY), ("rent", str(STORY))),
    "rent_build": (
        lambda: rw.rent(STORY, BUILD),
        ("rent", str(STORY), "--build", str(BUILD)),
    ),
    "check": (lambda: rw.check(BUILD), ("check", str(BUILD))),
    "predict": (
        lambda: rw.predict("resnet50", gpu="GTX 1070", **RUN),
        ("predict", "resnet50", "--gpu", "GTX 1070", *OPTIONS),
    ),
    "fit": (
        lambda: rw.fit("resnet50", gpu=["GTX 1070"], **RUN),
        ("fit", "resnet50", "--gpu", "GTX 1070", *OPTIONS),
    ),
    "compare": (
        lambda: rw.compare(["GTX 1070", "GTX 1080"], model="resnet50", as_of="2016-10-29", **RUN),
        ("compare", "GTX 1070", "GTX 1080", "--as-of", "2016-10-29", *OPTIONS),
    ),
}


@pytest.mark.parametrize("question", SAME)
def test_an_answer_has_the_keys_and_values_of_the_command(question, monkeypatch, capsys):
    ask, words = SAME[question]
    answer = ask()
    assert json.loads(json.dumps(answer.to_dict())) == printed(monkeypatch, capsys, *words)
    page = answer._repr_html_()
    assert (
        page.startswith("<pre") and any(w in page for w in ("GTX", "K80")) and "<script" not in page
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(answer, dataclasses.fields(answer)[0].name, "other")


def test_a_dict_and_a_text_are_read_as_files_are():
    import tomllib

    goal, build = (tomllib.loads(path.read_text()) for path in (STORY, BUILD))
    assert rw.plan(goal).chosen == rw.plan(STORY).chosen
    assert rw.check(build).findings == rw.check(BUILD).findings
    assert rw.check(BUILD.read_text()).findings == rw.check(str(BUILD)).findings


TEXT = "GPU 00000000:01:00.0\n    Product Name : NVIDIA GeForce GTX 1070\n"


def test_a_finished_machine_is_read_and_held_against_a_plan(tmp_path, monkeypatch, capsys):
    path = tmp_path / "smi.txt"
    path.write_text(TEXT)
    assert rw.probe(TEXT).to_dict() == printed(monkeypatch, capsys, "probe", "--from", str(path))
    alone = printed(monkeypatch, capsys, "verify", "--from", str(path))
    assert json.loads(json.dumps(rw.verify(TEXT).to_dict())) == alone
    plan = rw.plan(STORY)
    told = [rw.verify(path, planned) for planned in (plan, plan.to_dict())]
    assert told[0] == told[1] and told[0].against == "the plan"
    assert ("gpu_name", "ok") in {(j.check, j.verdict) for j in told[0].verdicts}
    assert rw.verify(rw.probe(TEXT), BUILD).against == str(BUILD)
    assert rw.verify(TEXT, BUILD.read_text()).verdicts == rw.verify(TEXT, str(BUILD)).verdicts
    assert rw.verify(TEXT)._repr_html_().startswith("<pre")


def test_a_goal_in_words_is_the_goal_of_the_command(monkeypatch, capsys):
    words = ("--model", "resnet50", "--budget", "1500", "--own", "RTX 3060", "--batch", "64")
    found = rw.plan(model="resnet50", budget=1500, own="RTX 3060", batch=64)
    assert json.loads(json.dumps(found.to_dict())) == printed(monkeypatch, capsys, "plan", *words)
    assert rw.plan(STORY, budget=2000).budget_usd == 2000


BAD = {
    "goal type": (lambda: rw.plan(5), "goal file"),
    "goal file": (lambda: rw.plan("no/such.toml"), "no/such.toml"),
    "goal key": (lambda: rw.plan({"workload": {"model": "x"}, "budgett": {}}), "budget"),
    "goal word": (lambda: rw.plan(STORY, bugdet=5), "try: budget"),
    "nothing": (lambda: rw.plan(), "model and budget"),
    "no budget": (lambda: rw.plan(model="resnet50"), "--budget"),
    "day": (lambda: rw.plan(STORY, as_of=5), "YYYY-MM-DD"),
    "build": (lambda: rw.check(None), "build file"),
    "part": (lambda: rw.check({"parts": {"cpu": "Intel Core i7-6700KX"}}), "i7-6700K"),
    "model": (lambda: rw.predict(["resnet50"]), "model name"),
    "model name": (lambda: rw.predict("resnet5000"), "resnet50"),
    "field": (lambda: rw.predict("resnet50", bach=3), "try: batch"),
    "value": (lambda: rw.predict("resnet50", batch="many"), "batch"),
    "count": (lambda: rw.predict("resnet50", gpus=0), "gpu_count"),
    "gpu": (lambda: rw.fit("resnet50", gpu=5), "list of GPUs"),
    "gpus": (lambda: rw.compare("GTX 1070"), "list of GPUs"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_raises_our_own_errors_in_one_line(case):
    ask, says = BAD[case]
    with pytest.raises(rw.RigwrightError) as said:
        ask()
    assert says in str(said.value) and "\n" not in str(said.value)


def test_the_package_is_typed():
    assert (Path(rw.__file__).parent / "py.typed").is_file()
