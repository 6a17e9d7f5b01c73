"""The program as a stranger has it: wheel from the sdist, fresh environment, no checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILD = "from setuptools import build_meta; print(build_meta.build_{}(r'{}'))"
HOME = "https://github.com/rigwright/rigwright"


def run(*words, cwd, check=True):
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "RIGWRIGHT"))}
    return subprocess.run(
        words, cwd=cwd, env={**outside, "COLUMNS": "100"}, capture_output=True, text=True,
        check=check,
    )  # fmt: skip


def build(kind, source, into):
    """The file that ``kind`` (sdist, wheel, editable) of the tree ``source`` gives, in ``into``."""
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


def test_the_wheel_carries_every_file_and_says_whose_it_is(installed):
    site = next(installed.parent.glob("[lL]ib/**/site-packages"))
    names = run("git", "ls-files", "src/rigwright", "examples", cwd=ROOT).stdout.splitlines()
    for name in names:
        inside = name.removeprefix("src/") if name.startswith("src/") else f"rigwright/{name}"
        assert (site / inside).is_file() or not (ROOT / name).exists(), name
    assert not (site / "rigwright_accuracy").exists() and not (site / "rigwright_build.py").exists()
    said = next(site.glob("rigwright-*.dist-info/METADATA")).read_text(encoding="utf-8")
    for line in ("Typing :: Typed", "Author: The Rigwright authors", f"Homepage, {HOME}"):
        assert line in said


def test_an_editable_install_is_the_source_folder_on_the_path(tmp_path):
    tree = tracked(tmp_path / "tree")
    with zipfile.ZipFile(build("editable", tree, tmp_path / "wheel")) as wheel:
        (path,) = (name for name in wheel.namelist() if name.endswith(".pth"))
        assert wheel.read(path).decode().strip() == str(tree / "src")
        assert not [name for name in wheel.namelist() if name.endswith(".py")]


@pytest.fixture
def empty(tmp_path):
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--as-of", "2026-11-23"),
        ("plan", "examples/2016-desktop/goal.toml"),
        ("rent", "--as-of", "2026-11-23"),
        ("upgrade", "examples/2016-desktop/build.toml", "--budget", "1200"),
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
