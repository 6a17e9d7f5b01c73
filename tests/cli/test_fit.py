"""``rigwright fit`` as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = ("fit", "resnet50", "--batch", "64", "--resolution", "224", "--precision", "fp32")


def rigwright(*words: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("rigwright"))
    return subprocess.run(
        [program, *words], capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "120"},
    )  # fmt: skip


def test_text_says_the_verdict_and_what_helps():
    done = rigwright(*ASK, "--gpu", "gtx-1070", "--gpu", "RTX 3090")
    assert done.returncode == 0, done.stderr
    assert "too small" in done.stdout and ": fits, chance 99 %" in done.stdout
    for words in ("peak at", "activations", "largest batch", "(gradient accumulation)"):
        assert words in done.stdout


def test_json_is_the_same_answer():
    done = rigwright(*ASK, "--gpu", "gtx-1070", "--json")
    (card,) = json.loads(done.stdout)["cards"]
    assert card["verdict"] == "too small" and card["margin_bytes"] < 0
    assert sum(card["shares"].values()) == pytest.approx(card["memory_bytes"])
    assert {"changes", "step_s", "relative_step", "chance"} <= set(card["ways"][0])
    assert card["largest_batch"]["value"] < 64


def test_smallest_vram():
    done = rigwright(*ASK, "--smallest-vram", "--as-of", "2026-06-01", "--json")
    found = json.loads(done.stdout)
    assert found["carriers"] and 8 < found["vram_bytes"] / 2**30 < 12
    assert "needs a card with" in rigwright(*ASK, "--smallest-vram").stdout


def test_pictures(tmp_path):
    starts = {".png": b"\x89PNG", ".svg": b"<svg", ".html": b"<!DOCTYPE"}
    for suffix, start in starts.items():
        path = tmp_path / f"memory{suffix}"
        done = rigwright(*ASK, "--gpu", "GTX 1070", "--picture", str(path))
        assert done.returncode == 0, done.stderr
        assert path.read_bytes().lstrip().startswith(start)
    assert "8 GiB of VRAM" in (tmp_path / "memory.svg").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--smallest-vram"),
        (("--gpu", "GTX 9999"), "GTX"),
        (("--gpu", "GTX 1070", "--batch", "0"), "batch"),
        (("--gpu", "GTX 1070", "--method", "magic"), "method"),
        (("--gpu", "GTX 1070", "--picture", "x.gif"), "--picture"),
        (("--gpu", "GTX 1070", "--count", "0"), "gpu_count"),
        (("--gpu", "GTX 1070", "--method", "qlora"), "language models"),
        (("--gpu", "GTX 1070", "--nodes", "2"), "nodes"),
        (("--gpu", "GTX 1070", "--smallest-vram"), "gpu"),
        (("--gpu", "GTX 1070", "--as-of", "2026-01-01"), "--as-of"),
        (("--smallest-vram", "--as-of", "1970-01-01"), "as-of"),
        (("--smallest-vram", "--as-of", "soon"), "soon"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(words, said):
    done = rigwright(*ASK, *words)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
