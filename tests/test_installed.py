"""The program as a stranger has it: wheel from the sdist, fresh environment, no checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILD = "from setuptools import build_meta; print(build_meta.build_{}(r'{}'))"


def run(*words, cwd, check=True):
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "RIGWRIGHT"))}
    return subprocess.run(
        words, cwd=cwd, env={**outside, "COLUMNS": "100"}, capture_output=True, text=True,
        check=check,
    )  # fmt: skip


def build(kind, source, into):
    """The file that ``kind`` (sdist, wheel) of the tree ``source`` gives, written to ``into``."""
    into.mkdir()
    done = run(sys.executable, "-c", BUILD.format(kind, into), cwd=source)
    return into / done.stdout.splitlines()[-1]


def tracked(into):
    """A copy of the files that git knows: what lies about in the working tree cannot help."""
    for name in run("git", "ls-files", cwd=ROOT).stdout.splitlines():
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, into / name)
    return into


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The programs of an environment with the wheel in it; its libraries are those of this one."""
    there = tmp_path_factory.mktemp("installed")
    sdist = build("sdist", tracked(there / "tree"), there / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(there / "source", filter="data")
    wheel = build("wheel", next((there / "source").iterdir()), there / "wheel")
    venv.create(there / "env", with_pip=False)
    bin_ = there / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", str(bin_ / "python"), "install", "--quiet")
    run(*pip, "--no-deps", "--no-index", str(wheel), cwd=there)
    inside = run(bin_ / "python", "-c", "import rigwright; print(rigwright.__file__)", cwd=there)
    site = Path(inside.stdout).parents[1]
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return bin_


@pytest.fixture
def empty(tmp_path):
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--as-of", "2026-11-23"),
        ("plan", "examples/2016-desktop/goal.toml"),
        ("rent", "--as-of", "2026-11-23"),
        ("upgrade", "examples/2016-desktop/build.toml", "--budget", "900"),
        ("predict", "resnet50", "--gpu", "RTX 4090"),
        ("check", "examples/2016-desktop/build.toml"),
    ],
    ids=" ".join,
)
def test_an_empty_folder_is_enough(installed, empty, words):
    done = run(installed / "rigwright", *words, "--json", cwd=empty, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    packaged = "packaged example" in done.stderr and str(installed.parent) in done.stderr
    assert packaged == (words[0] != "predict")
    assert not list(empty.iterdir())


def test_a_file_of_ones_own_goes_before_the_packaged_one(installed, empty):
    own = empty / "examples/today/goal.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[budget]\nusd = -1\n")
    done = run(installed / "rigwright", "plan", cwd=empty, check=False)
    assert done.returncode == 2 and "workload" in done.stderr


def test_an_example_that_is_not_there_is_named(installed, empty):
    done = run(installed / "rigwright", "plan", "examples/none/goal.toml", cwd=empty, check=False)
    assert done.returncode == 2 and "examples/none/goal.toml" in done.stderr
    assert "packaged" not in done.stderr
