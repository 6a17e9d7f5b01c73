"""What git tracks: the root stays readable, nothing built or downloaded is committed."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENTRIES = {
    ".ci", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CITATION.cff",
    "CONTRIBUTING.md", "LICENSE", "Makefile", "NOTICE", "README.md", "SECURITY.md", "benchmarks",
    "docs", "examples", "pyproject.toml", "src", "tests", "tools",
}  # fmt: skip
ZOO = "src/rigwright/workload/data/zoo.zip"
NOT_OURS = "src/rigwright/web/static/htmx.min.js"


@pytest.fixture(scope="module")
def tracked():
    done = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_the_root_holds_what_is_listed_here(tracked):
    assert {name.split("/")[0] for name in tracked} == ENTRIES
    assert len(ENTRIES) <= 18


def test_nothing_built_or_downloaded_is_tracked(tracked):
    built = re.compile(r"\.(whl|egg|pyc|so|gz|bz2|xz|parquet|db|sqlite)$|(^|/)(\.venv|dist)/")
    assert not [name for name in tracked if built.search(name)]


def test_no_large_file_is_tracked(tracked):
    config = (ROOT / ".pre-commit-config.yaml").read_text()
    limit = int(re.search(r"check-added-large-files\s+args: \[--maxkb=(\d+)", config)[1])
    large = [n for n in tracked if (ROOT / n).stat().st_size > limit * 1024]
    assert large == [ZOO] and limit <= 1000


def test_text_ends_with_one_newline_and_has_no_spaces_at_line_ends(tracked):
    for name in tracked:
        raw = (ROOT / name).read_bytes()
        if raw and b"\0" not in raw and name != NOT_OURS:
            assert raw.endswith(b"\n") and not raw.endswith(b"\n\n"), name
            assert not re.search(rb"[ \t]\r?$", raw, re.MULTILINE), name
