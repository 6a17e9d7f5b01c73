"""The front door: version, help, completion, what is understood by name."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rigwright

PROGRAM = str(Path(sys.executable).with_name("rigwright"))


def run(*words, program=(PROGRAM,), **env):
    return subprocess.run(
        [*program, *words], capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "100", **env},
    )  # fmt: skip


def test_the_version_has_one_home():
    root = Path(__file__).parents[2]
    assert run("--version").stdout == f"rigwright {rigwright.__version__}\n"
    assert f"version: {rigwright.__version__}\n" in (root / "CITATION.cff").read_text()
    assert 'dynamic = ["version"]' in (root / "pyproject.toml").read_text()


def test_python_m_is_the_command():
    module = run("-h", program=(sys.executable, "-m", "rigwright"))
    assert module.returncode == 0
    assert module.stdout == run("--help").stdout
    assert "Usage: rigwright " in module.stdout


def test_help_begins_with_the_question():
    said = run("-h").stdout
    assert said.index(" plan ") < said.index(" check ") < said.index(" serve ")
    assert run("plan", "-h").stdout == run("plan", "--help").stdout != ""


@pytest.mark.parametrize(
    ("shell", "env"),
    [
        ("bash", {"COMP_WORDS": "rigwright p", "COMP_CWORD": "1"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "rigwright p"}),
        (
            "fish",
            {"_TYPER_COMPLETE_ARGS": "rigwright p", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
        ),
    ],
)
def test_completion_gives_the_commands(shell, env):
    done = run(_RIGWRIGHT_COMPLETE=f"complete_{shell}", **env)
    for command in ("plan", "predict", "parts", "prices"):
        assert command in done.stdout
    assert "check" not in done.stdout and done.returncode == 0
    script = run(_RIGWRIGHT_COMPLETE=f"source_{shell}").stdout
    assert "_RIGWRIGHT_COMPLETE" in script and f"complete_{shell}" in script


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [("rigwright upg", ["upgrade"]), ("rigwright catalog im", ["import"]),
     ("rigwright plan --js", ["--json"])],
)  # fmt: skip
def test_bash_completes_with_our_script(typed, offered):
    words = typed.split()
    lines = (
        f"source <(_RIGWRIGHT_COMPLETE=source_bash {PROGRAM})",
        f"COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}",
        f"_rigwright_completion {PROGRAM}",
        'echo "${COMPREPLY[@]}"',
    )
    done = run("-c", "\n".join(lines), program=("bash", "--norc"))
    assert done.stdout.split() == offered, done.stderr


def test_models_are_found_by_words_of_name_alias_or_kind():
    found = json.loads(run("models", "Llama", "8b", "--json").stdout)
    rows = {row["name"]: row for row in found["rows"]}
    assert rows["llama-3-8b"]["parameters"] == 8_030_261_248  # its model card: 8.03 B
    assert rows["llama-3-8b"]["kind"] == "language" and "llama-8b" in rows["llama-3-8b"]["aliases"]
    assert found["total"] > 1000 > len(rows)
    speech = json.loads(run("models", "speech", "--json").stdout)["rows"]
    assert speech and {row["kind"] for row in speech} == {"speech"}
    assert "resnet50" in run("models", "resnet50").stdout
    assert "0 of" in run("models", "no-such-model").stdout


def test_every_listed_name_and_alias_is_understood_as_that_model():
    from rigwright.plan.parts.modelnames import known, search
    from rigwright.workload import decoder
    from rigwright.workload.zoo import embedded as zoo

    for model in search().rows:
        assert known(model.name)
        for alias in model.aliases:
            config = decoder.find(alias)
            assert model.name in (zoo.find(alias), config and config.name), alias


def test_gpus_say_release_memory_bandwidth_and_price():
    done = run("parts", "chip", "4090", "--as-of", "2023-06-01")
    assert "GeForce RTX 4090" in done.stdout
    assert all(word in done.stdout for word in ("2022-10-12", "24 GiB", "1,008 GB/s", "seen"))
    chips = json.loads(run("parts", "chip", "--json").stdout)
    assert chips["kind"] == "chip" and len(chips["rows"]) == chips["total"] > 200


@pytest.mark.parametrize("command", ["models", "parts chip"])
def test_a_closed_pipe_is_no_error(command):
    done = run("-c", f"{PROGRAM} {command} | head -1", program=("bash",))
    assert done.returncode == 0 and done.stderr == "" and len(done.stdout.splitlines()) == 1
