"""Every question that people ask is answered by the command beside it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rigwright.cli  # noqa: F401  registers every command
from rigwright.cli.application import app

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<asked>.+?) \| `rigwright (?P<words>.+?)` \| (?P<said>.+?) \|$", re.M)
ROWS = list(ROW.finditer((ROOT / "docs" / "questions.md").read_text(encoding="utf-8")))


def test_all_are_there() -> None:
    assert len(ROWS) == 36


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["asked"][:40])
def test_it_is_answered(
    row: re.Match[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    got = CliRunner().invoke(app, shlex.split(row["words"]))
    assert got.exit_code == (3 if row["words"].startswith("verify") else 0), got.output
    text = " ".join(got.output.split())
    for words in row["said"].split(", "):
        assert words in text, (words, text)
