"""Grids of questions: what they ask, what a kill leaves, what the answers are."""

import importlib.util
import itertools
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.conftest import seeds

import rigwright as rw
from rigwright.plan.atlas.answers import fill, sheets
from rigwright.plan.atlas.grid import PART, read_grid
from rigwright.report.pages.atlas import link, save
from rigwright.spec.errors import InputError
from rigwright.web.asks import GoalQuery

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra atlas is not installed")
FAKE = Path(__file__).with_name("fake.py")
WIDE = """
[workload]
model = "resnet50"
[each]
budget.usd = [{}]
site.country = ["US", "DE"]
""".format(", ".join(map(str, range(1000, 1200))))
SMALL = """
as_of = 2026-06-01
[[workload]]
model = "hf:gpt2"
mode = "train"
[[workload]]
model = "resnet50"
mode = "infer"
[each]
budget.usd = [2500, 4000]
"""


def grid_file(tmp_path, text):
    path = tmp_path / "grid.toml"
    path.write_text(text)
    return path


def test_every_combination_is_asked_once_budgets_fastest(tmp_path):
    text = SMALL + 'limits.used = [false, true]\nsite.country = ["US", "FR", "JP"]\n'
    grid = read_grid(grid_file(tmp_path, text))
    asked = [grid.question(n) for n in range(grid.count())]
    keys = [
        (g["limits"]["used"], g["site"]["country"], g["workload"]["model"], g["budget"]["usd"])
        for g in asked
    ]
    models, budgets = ("hf:gpt2", "resnet50"), (2500, 4000)
    assert keys == list(itertools.product((False, True), ("US", "FR", "JP"), models, budgets))
    assert {g["as_of"] for g in asked} == {"2026-06-01"}
    assert [n for f in range(-(-len(asked) // PART)) for n in grid.numbers(f)] == [*range(24)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[workload]\nmodel = "resnet50"\n[each]\nbudget.usd = [2000, -1]', "-1"),
        ('[workload]\nmodel = "resnet50"\n[each]\nbudget.usd = [2000, 2000]', "each value once"),
        ('[workload]\nmodel = "resnet50"\n[each]\nbudget.usd = []', "each value once"),
        ('[workload]\nmodel = "resnet50"\n[each]\nbudget.usd = 2000', "a list"),
        ('each = 3\n[workload]\nmodel = "resnet50"', "a list"),
        ('[workload]\nmodel = "resnet50"\n[each]\nbudget.pounds = [2]\nbudget.usd = [9]', "pounds"),
        ('[workload]\nmodel = "resnet50"\n[each]\nas_of = ["soon"]\nbudget.usd = [1]', "soon"),
        ('[budget]\nusd = 2\n[[workload]]\nmodel = "resnet50"\n[[workload]]\nbatch = 2', "model"),
        ('workload = ["resnet50"]\n[budget]\nusd = 2000', "resnet50"),
        ('[workload]\nmodel = "resnet50"', "budget"),
        ("nonsense", "valid TOML"),
    ],
)  # fmt: skip
def test_a_bad_spec_is_one_line_before_anything_runs(tmp_path, text, said):
    with pytest.raises(InputError) as error:
        fill(grid_file(tmp_path, text), tmp_path / "answers", 1)
    assert said in str(error.value) and "\n" not in str(error.value)
    assert not list((tmp_path / "answers").glob("*.parquet"))


def _run(path, folder, log, *more, seconds=None):
    """Run the slow atlas, killed after some seconds; True when it came to its end."""
    words = [sys.executable, str(FAKE), str(path), str(folder), str(log), *more]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()  # no chance to tidy up
        process.communicate()
        return False
    assert process.returncode == 0, said.decode()
    return True


def _rows(path):
    return parquet.ParquetFile(path).read().to_pylist()


def _begun(log):
    lines = log.read_text().splitlines() if log.exists() else []
    return [tuple(map(int, line.split())) for line in lines]


@pytest.mark.skipif(os.name == "nt", reason="looks for processes in /proc")
@pytest.mark.parametrize("seed", seeds(20, quick=2))
def test_a_kill_loses_nothing_and_nothing_there_is_done_again(tmp_path, seed):
    path, folder, log = grid_file(tmp_path, WIDE), tmp_path / "answers", tmp_path / "log"
    rng, kills, done = random.Random(seed), 0, False
    while not done and kills < 4:
        there = {int(p.stem.partition("-")[2]) for p in folder.glob("*.parquet")}
        before = len(_begun(log))
        done = _run(path, folder, log, seconds=rng.uniform(2.0, 5.0))
        kills += not done
        mine = _begun(log)[before:]
        assert not there & {file for _, file in mine}
        assert len({file for _, file in mine}) == len(mine)
        for file in folder.glob("*.parquet"):  # whatever has its name is whole
            assert parquet.read_metadata(file).num_rows == PART
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid, _ in mine):
            assert time.monotonic() < deadline, "a worker lives on without the command"
            time.sleep(0.05)
    assert done or _run(path, folder, log)
    rows = [r for f in sorted(folder.glob("*.parquet")) for r in _rows(f)]
    assert [row["question"] for row in rows] == [*range(400)]


def test_two_at_once_and_other_answers_are_refused(tmp_path, monkeypatch):
    path, folder = grid_file(tmp_path, SMALL), tmp_path / "answers"
    fill(path, folder, 1, work=_empty)
    with (folder / "lock").open("w") as lock:
        fcntl = pytest.importorskip("fcntl")
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="one being filled"):
            fill(path, folder, 1, work=_empty)
    path.write_text(SMALL.replace("4000", "5000"))
    with pytest.raises(InputError, match="spec_sha256"):
        fill(path, folder, 1, work=_empty)
    path.write_text(SMALL)
    monkeypatch.setattr("rigwright.plan.atlas.answers.program", lambda *_: "another market")
    with pytest.raises(InputError, match="another market"):
        fill(path, folder, 1, work=_empty)


def _empty(*_):
    return b"nothing"


def _dies(*_):
    os._exit(1)


def test_a_worker_that_is_killed_is_one_line(tmp_path):
    with pytest.raises(InputError, match="one was killed") as error:
        fill(grid_file(tmp_path, SMALL), tmp_path / "answers", 1, work=_dies)
    assert "\n" not in str(error.value)


def test_a_missing_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"rigwright\[atlas\]"):
        fill(grid_file(tmp_path, SMALL), tmp_path / "answers", 1)
    monkeypatch.delitem(sys.modules, "pyarrow")
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"rigwright\[cluster\]"):
        fill(grid_file(tmp_path, SMALL), tmp_path / "answers", 1, "auto")


def test_a_run_without_a_day_goes_on_with_its_first(tmp_path):
    path, folder = grid_file(tmp_path, SMALL.replace("as_of = 2026-06-01\n", "")), tmp_path / "a"
    fill(path, folder, 1, work=_empty)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert read_grid(path, "2025-01-01").base["as_of"] == "2025-01-01"
    assert manifest["as_of"] == manifest["base"]["as_of"] == read_grid(path).base["as_of"]
    assert fill(path, folder, 1, work=_empty)["answered"] == 0


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    there = tmp_path_factory.mktemp("atlas")
    done = fill(grid_file(there, SMALL), there / "answers", 1)
    assert done["answered"] == done["questions"] == 4 and done["per_second"] > 0
    return there / "answers"


def test_answers_are_those_of_plan(small):
    rows = _rows(small / "part-0000000.parquet")
    for row in rows[:2]:
        wanted = rw.plan(json.loads(row["goal"])).to_dict()
        for key, inner in (("gpu", None), ("gpu_count", None), ("usd", None), ("draw_w", None),
                           ("prediction", "throughput"), ("prediction", "step_s")):  # fmt: skip
            mine, its = row["chosen"][key], wanted["chosen"][key]
            assert (mine[inner], its[inner]) if inner else mine == its
        assert [p["name"] for p in row["chosen"]["parts"]] == [
            p["name"] for p in wanted["chosen"]["parts"]
        ]
        assert [f["rule"] for f in row["chosen"]["findings"]] == [
            f["rule"] for f in wanted["chosen"]["findings"]
        ]
        assert row["left"] == wanted["left"] and row["budget_usd"] == wanted["budget_usd"]
        assert str(row["as_of"]) == wanted["as_of"] == "2026-06-01" and row["error"] is None


def test_duckdb_reads_them(small):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    found = duckdb.sql(f"SELECT chosen.gpu, len(chosen.parts) FROM '{small}/*.parquet'").fetchall()
    assert len(found) == 4 and all(gpu and count > 5 for gpu, count in found)


def test_pages_show_every_machine_and_their_links_ask_the_same(small, tmp_path):
    pytest.importorskip("vl_convert", reason="the extra charts is not installed")
    site = save(small, tmp_path / "site", "https://rigs.example")
    assert site["pages"] == 1 and site["questions"] == 4 and site["open"] == 0
    page = (tmp_path / "site" / "1.html").read_text()
    assert page.count("<figure>") == 2
    ((_, rows),) = sheets(small)
    for cell in itertools.chain(*rows):
        assert cell["chosen"]["gpu"].removeprefix("GeForce ") in page
        address = link("https://rigs.example/", cell["goal"])
        assert address.replace("&", "&amp;") in page
        asked = GoalQuery.model_validate(dict(parse_qsl(urlsplit(address).query))).goal()
        said = {k: asked.model_dump(mode="json")[k] for k in cell["goal"]}
        for section, value in cell["goal"].items():
            assert (
                said[section] == value
                if section == "as_of"
                else value.items() <= said[section].items()
            )


def test_a_link_carries_every_kind_of_key():
    goal = {
        "workload": {"model": "resnet50", "mode": "train", "literal": True},
        "budget": {"usd": 3000},
        "own": {"cards": ["RTX 3090"], "psu": "750 W"},
        "data": {"name": "imagenet-1k"},
        "limits": {"used": True, "gpu_vendors": ["nvidia", "amd"]},
        "as_of": "2026-06-01",
    }
    query = dict(parse_qsl(urlsplit(link("http://127.0.0.1:8000", goal)).query))
    asked = GoalQuery.model_validate(query).goal()
    assert asked.own.cards == ("RTX 3090",) and asked.own.psu == "750 W"
    assert asked.limits.gpu_vendors == ("nvidia", "amd") and asked.limits.used
    assert asked.data.name == "imagenet-1k" and asked.workload.literal


def test_what_is_not_answered_yet_is_said(small, tmp_path):
    (tmp_path / "manifest.json").write_text((small / "manifest.json").read_text())
    ((_, rows),) = sheets(tmp_path)
    assert all("question" not in cell and cell["goal"] for row in rows for cell in row)
    with pytest.raises(InputError, match="rigwright atlas SPEC"):
        list(sheets(tmp_path / "nothing"))


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_ray_cluster_answers_the_same(tmp_path, small, workers):
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        if workers == 2:
            cluster.add_node(num_cpus=1)
        path, folder = grid_file(tmp_path, SMALL), tmp_path / "answers"
        done = fill(path, folder, cluster=cluster.address)
        assert done["workers"] == workers and done["answered"] == 4
        mine, its = (
            [
                {**row, "seconds": 0}
                for row in parquet.read_table(f / "part-0000000.parquet").to_pylist()
            ]
            for f in (folder, small)
        )
        assert mine == its
        assert fill(path, folder, cluster=cluster.address)["answered"] == 0
    finally:
        cluster.shutdown()


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
def test_a_cluster_that_dies_in_the_middle_is_one_line_and_goes_on(tmp_path):
    from ray.cluster_utils import Cluster

    path, folder, log = grid_file(tmp_path, WIDE), tmp_path / "answers", tmp_path / "log"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    words = [sys.executable, str(FAKE), str(path), str(folder), str(log), cluster.address]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(FAKE.parent), *sys.path])}
    process = subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True)
    while len(_begun(log)) < 5 and process.poll() is None:
        time.sleep(0.1)
    cluster.shutdown()
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 1 and "--cluster" in said.splitlines()[-1]
    assert "Traceback" not in said
    there = {int(p.stem.partition("-")[2]) for p in folder.glob("*.parquet")}
    before = len(_begun(log))
    assert _run(path, folder, log)
    assert not there & {file for _, file in _begun(log)[before:]}
