"""``rigwright probe`` and ``verify`` as a user runs them, here and on saved texts."""

import json
import os
import subprocess
import sys
from pathlib import Path

TEXTS = Path(__file__).parents[1] / "plan" / "found" / "texts"
TRAP = "open({!r}, 'w').write('run')\n"


def rigwright(*words, cwd=None, said=None):
    program = str(Path(sys.executable).with_name("rigwright"))
    return subprocess.run(
        [program, *words], capture_output=True, text=True, check=False, cwd=cwd, input=said,
        env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip


def test_saved_texts_of_a_file_a_folder_and_a_pipe(tmp_path):
    text = (TEXTS / "power-brake.txt").read_text()
    (tmp_path / "smi.txt").write_text(text)
    for words, said in ((("smi.txt",), None), ((".",), None), (("-",), text)):
        done = rigwright("verify", "--from", *words, "--json", cwd=tmp_path, said=said)
        worst = json.loads(done.stdout)["verdicts"][0]
        assert done.returncode == 1 and worst["check"] == "gpu_throttle_brake"
        assert {"check", "verdict", "severity", "found", "expected", "cause", "fix", "cost"} <= set(
            worst
        )


def test_markdown_is_a_table_without_markup_of_the_text(tmp_path):
    (tmp_path / "x.txt").write_text("GPU 00000000:01:00.0\n    Product Name : A|B <b>*c*</b>\n")
    done = rigwright("verify", "--from", "x.txt", "--markdown", cwd=tmp_path)
    assert done.stdout.startswith("| check |") and "<b>" not in done.stdout


def test_what_it_writes(tmp_path):
    source = str(TEXTS / "cim-laptop.txt")
    files = ("-o", "m.json", "--as-build", "b.toml")
    assert rigwright("probe", "--from", source, *files, cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "m.json").read_text())["measurement"] == 1
    assert rigwright("check", "b.toml", cwd=tmp_path).returncode in (0, 3)
    done = rigwright("probe", "--from", source, "-o", "no/where.json", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "where.json" in done.stderr


def test_nothing_beside_the_user_is_run(tmp_path):
    """A folder torch, a program nvidia-smi and a PATH of the user are left alone."""
    ran = tmp_path / "ran"
    for name in ("torch/__init__.py", "sitecustomize.py", "subprocess.py", "torch.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TRAP.format(str(ran)))
    for name in ("nvidia-smi", "lspci", "dmidecode", "lscpu"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (tmp_path / name).chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    program = str(Path(sys.executable).with_name("rigwright"))
    done = subprocess.run(
        [program, "probe", "--json"], capture_output=True, text=True, check=False, cwd=tmp_path,
        env=env,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not ran.exists() and json.loads(done.stdout)["parts"]
