"""Prices kept from one command to the next: the same as made anew, or made anew."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from rigwright.catalog import source
from rigwright.catalog.prices import kept as cache
from rigwright.catalog.prices.kept import kept

ON = dt.date(2026, 11, 23)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name, **_: tmp_path / name)
    return tmp_path / "rigwright" / "prices"


def never():
    raise AssertionError("worked out again")


@pytest.fixture(scope="module")
def quotes():
    return dict(source.prices_on(ON))


def test_what_is_read_back_is_what_was_made(folder, quotes):
    assert kept(("a",), None, lambda: quotes) == quotes
    assert kept(("a",), None, never) == quotes
    assert all(type(q) is type(quotes[name]) for name, q in kept(("a",), None, never).items())


def test_another_question_is_another_answer(folder, quotes):
    kept(("a",), None, lambda: quotes)
    assert kept(("b",), None, dict) == {}
    assert kept(("a",), None, never) == quotes


def test_a_database_that_changed_is_asked_again(folder, quotes, tmp_path):
    file = tmp_path / "parts.sqlite"
    file.write_text("one")
    kept(("a",), file, lambda: quotes)
    assert kept(("a",), file, never) == quotes
    os.utime(file, ns=(1, 1))
    assert kept(("a",), file, dict) == {}
    file.with_name("parts.sqlite-wal").write_text("written and not yet taken in")
    assert kept(("a",), file, lambda: quotes) == quotes


def test_a_changed_program_makes_them_anew(folder, quotes, monkeypatch):
    kept(("a",), None, lambda: quotes)
    monkeypatch.setattr(cache, "ROOMS", ("catalog",))
    assert kept(("a",), None, dict) == {}


def test_what_python_compiles_on_the_way_is_no_change(folder, quotes):
    compiled = Path(cache.__file__).with_name("__pycache__") / f"not-there-{os.getpid()}.pyc"
    kept(("a",), None, lambda: quotes)
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_bytes(b"compiled")
    try:
        assert kept(("a",), None, never) == quotes
    finally:
        compiled.unlink()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"of": 1}', "\x00" * 50])
def test_a_damaged_file_costs_time_alone(folder, quotes, text):
    kept(("a",), None, lambda: quotes)
    (file,) = folder.iterdir()
    file.write_text(text)
    assert kept(("a",), None, lambda: quotes) == quotes
    assert kept(("a",), None, never) == quotes


def test_rows_of_another_shape_are_not_believed(folder, quotes):
    kept(("a",), None, lambda: quotes)
    (file,) = folder.iterdir()
    told = json.loads(file.read_text())
    told["quotes"] = {name: row[:-3] for name, row in told["quotes"].items()}
    file.write_text(json.dumps(told))
    assert kept(("a",), None, lambda: quotes) == quotes


def test_a_folder_that_cannot_be_written_costs_time_alone(tmp_path, monkeypatch, quotes):
    (tmp_path / "rigwright").write_text("in the way")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name, **_: tmp_path / name)
    assert kept(("a",), None, lambda: quotes) == quotes


def test_few_files_are_kept(folder, monkeypatch):
    monkeypatch.setattr(cache, "FILES", 3)
    for day in range(9):
        kept((day,), None, dict)
    assert len(list(folder.iterdir())) == 3
