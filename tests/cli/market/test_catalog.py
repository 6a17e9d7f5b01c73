"""Catalogue and price commands as a user runs them: real processes, exit codes, one-line errors."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.catalog.opendb.made import record, unpacked, whole

PROGRAM = str(Path(sys.executable).with_name("rigwright"))

PSU = "Acme Power 850W Fully Modular 80+ Gold"
"""A maker, a word for supplies and watts alone name no product."""


def run(*words, db="none"):
    env = {**os.environ, "COLUMNS": "118", "RIGWRIGHT_DB": str(db)}
    return subprocess.run(
        [PROGRAM, *map(str, words)], capture_output=True, text=True, check=False, env=env
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A database with one part of each kind and some prices."""
    folder = tmp_path_factory.mktemp("cli")
    unpacked(folder / "db", {**whole(), "PSU/broken.json": b"{"})
    prices = folder / "prices.csv"
    psu = record("PSU")["opendb_id"]
    prices.write_text(
        "part,date,price,currency,condition,source\n"
        f"psu:{psu},2026-01-02,110,USD,new,shop [bold]A[/]\n"
        f"psu:{psu},2026-03-02,80,USD,used,flea market\n"
        f"psu:{psu},never,80,USD,used,flea market\n",
        encoding="utf-8",
    )
    file = folder / "mine.sqlite"
    brought = run("catalog", "import", "opendb", folder / "db", "--db", file)
    added = run("prices", "import", prices, "--db", file)
    return file, brought, added, folder


def test_import_says_what_came_in_and_whose_it_is(place):
    _, brought, added, _ = place
    assert brought.returncode == 0, brought.stderr
    assert "1 rejected" in brought.stdout and "ODC-By" in brought.stdout
    assert added.returncode == 0 and "2 new observations" in added.stdout
    assert "1 rows not used: date 'never'" in added.stdout


def test_report_in_text_and_json(place):
    file = place[0]
    text = run("catalog", "report", db=file)
    assert text.returncode == 0 and "slots-listed-by-length" in text.stdout
    assert "PSU/broken.json" in text.stdout and "is not JSON" in text.stdout
    told = json.loads(run("catalog", "report", "--kind", "board", "--json", db=file).stdout)
    assert {f["kind"] for f in told["facts"]} == {"board"}
    assert told["rejected"][0][0].endswith("broken.json")
    assert {"attribution", "licence", "rules", "conflicts", "kinds"} <= set(told)


def test_part_shows_the_rule_behind_a_change(place):
    done = run("catalog", "report", "psu", PSU, db=place[0])
    assert done.returncode == 0 and "pcie_8pin_plugs" in done.stdout
    board = run("catalog", "report", "board", "Acme", "Z390", "Tester", "--db", place[0])
    assert "distrusted: slots-listed-by-length" in board.stdout and "ODC-By" in board.stdout


def test_prices_show_plots_and_ages(place):
    done = run("prices", "show", PSU, "--as-of", "2026-06-01", db=place[0])
    assert done.returncode == 0, done.stderr
    for words in ("●", "○", "150 d", "110.00 USD", "shop [bold]A[/]"):
        assert words in done.stdout
    told = json.loads(run("prices", "show", PSU, "--json", db=place[0]).stdout)
    assert [s["amount"] for s in told["seen"]] == [110, 80]


def test_parts_and_check_see_imported_parts(place, tmp_path):
    file = place[0]
    found = run("parts", "psu", "acme", db=file)
    words = " ".join(found.stdout.split())
    assert "Acme Power 850W" in words and re.search(r"160 \$\d+ \(\d+-\d+\)", words), words
    assert "ODC-By" in found.stdout
    build = tmp_path / "build.toml"
    build.write_text(
        '[parts]\ncpu = "Intel Core i5-9400F"\npsu = "Acme Power 850W Fully Modular 80+ Gold"\n'
    )
    assert run("check", build).returncode == 2
    assert "Acme Power 850W" in run("--db", file, "check", build).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("catalog", "import", "opendb", "nowhere.zip", "--db", "{db}"), "PATH"),
        (("catalog", "import", "pcpartpicker", ".", "--db", "{db}"), "opendb"),
        (("catalog", "import", "opendb", "."), "RIGWRIGHT_DB"),
        (("catalog", "import", "opendb", "--db", "{db}"), "PATH"),
        (("catalog", "explain"), "report"),
        (("catalog", "report"), "RIGWRIGHT_DB"),
        (("catalog", "report", "--db", "ftp://x"), "postgresql"),
        (("catalog", "report", "--kind", "toaster", "--db", "{db}"), "toaster"),
        (("catalog", "report", "psu", "Nobody", "--db", "{db}"), "Nobody"),
        (("catalog", "report", "toaster", "x", "--db", "{db}"), "toaster"),
        (("prices", "import", "nowhere.csv", "--db", "{db}"), "nowhere.csv"),
        (("prices", "show", "Nobody 7", "--db", "{db}"), "Nobody 7"),
        (("prices", "show", "psu:../../x", "--db", "{db}"), "psu"),
        (("prices", "show", "Corsair RM850x", "--as-of", "soon", "--db", "{db}"), "YYYY-MM-DD"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(place, words, says):
    done = run(*(w.replace("{db}", str(place[0])) for w in words))
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and says in done.stderr, done.stderr


def test_a_reader_that_closes_the_pipe_is_no_error(place):
    env = {**os.environ, "RIGWRIGHT_DB": str(place[0])}
    line = f"{PROGRAM} catalog report --json | head -1"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, check=False, env=env
    )
    assert done.stdout == "{\n" and "Traceback" not in done.stderr


def test_the_default_database_is_in_the_users_data_directory(tmp_path, monkeypatch):
    from rigwright.catalog.store.location import database_url, default_file

    monkeypatch.delenv("RIGWRIGHT_DB")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert database_url() == f"sqlite:///{default_file()}"
    assert default_file().name == "catalog.sqlite" and tmp_path in default_file().parents
