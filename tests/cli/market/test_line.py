"""`rigwright parts --line` as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(*words, **env):
    return subprocess.run(
        [Path(sys.executable).with_name("rigwright"), "parts", *words],
        capture_output=True, text=True, check=False,
        env={**os.environ, "RIGWRIGHT_DB": "none", **env},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--line", "Gigabyte 1070 G1"), 0),
        (("--line", "GTX 1070"), 3),
        (("--line", "qwfp zxcv"), 3),
        (("--line", ""), 2),
        (("--line", "GTX 1070", "spoon"), 2),
        (("--line", "GTX 1070", "card", "word"), 2),
        ((), 2),
    ],
)
def test_exit_codes(words, code):
    done = run(*words)
    assert done.returncode == code, done.stderr
    assert ("Traceback" in done.stderr) is False
    assert (len(done.stderr.splitlines()) == 1) is (code == 2)


def test_json():
    found = json.loads(run("--line", "2x Gigabyte 1070 G1", "gpu", "--json").stdout)
    assert found["verdict"] == "exact" and found["quantity"] == 2
    assert found["part"]["id"] == "gigabyte-gtx-1070-g1-gaming"


def test_names_cannot_format_the_terminal():
    done = run("--line", "[bold]GPU[/bold] [red]Zubo", "gpu")
    assert done.returncode == 3 and "[red]Zubo" in done.stdout
