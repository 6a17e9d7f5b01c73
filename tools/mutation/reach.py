"""Which functions each test reaches: a pytest plugin that notes it, and the choice made from it.

With ``REACH_INTO`` the plugin writes the table; with ``REACH_ONLY`` it runs the listed tests in
their order. Without both it does nothing.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mutation.sites import Site

MARK = f"{os.sep}src{os.sep}rigwright{os.sep}"
PINNED = "tests/reference/test_pinned.py"
INTO, ONLY = os.environ.get("REACH_INTO"), os.environ.get("REACH_ONLY")
_noted: dict[str, tuple[float, list[str]]] = {}
_seen: set[Any] = set()
_failed: set[str] = set()


class Reach:
    """Seconds of each test, and the tests that reach a function or a file."""

    def __init__(self, rows: dict[str, tuple[float, list[str]]]) -> None:
        self.seconds = {test: row[0] for test, row in rows.items()}
        self.tests: dict[str, set[str]] = {}
        for test, (_, places) in rows.items():
            for place in places:
                self.tests.setdefault(place, set()).add(test)
                self.tests.setdefault(place.split("::")[0], set()).add(test)

    def of(self, site: Site, room: str) -> set[str]:
        """Tests of the changed function; of the file or the room where it is none's own.

        What is kept between tests (caches) is reached by the first one alone, so the pinned
        answers are always among them.
        """
        own = self.tests.get(f"{site.file}::{site.where}")
        if own:
            return own | {test for test in self.seconds if test.startswith(PINNED)}
        return self.tests.get(site.file) or {
            test for place, tests in self.tests.items() if f"rigwright/{room}/" in place
            for test in tests
        }  # fmt: skip


def read(path: Path) -> Reach:
    return Reach(json.loads(path.read_text()))


def chosen(table: Reach, site: Site, room: str, budget_s: float) -> list[str]:
    """Pinned answers, then the room's tests, then the rest; short ones before long ones."""
    near = (PINNED, f"tests/{room}/", "tests/reference/")

    def order_of(test: str) -> tuple[int, float, str]:
        place = next((n for n, start in enumerate(near) if test.startswith(start)), len(near))
        return place, table.seconds[test], test

    spent, taken = 0.0, []
    for test in sorted(table.of(site, room), key=order_of):
        seconds = 0.0 if test.startswith(PINNED) else table.seconds[test]
        if spent + seconds <= budget_s:
            spent += seconds
            taken.append(test)
    return taken


def _note(frame: Any, event: str, _argument: Any) -> None:
    if event == "call":
        _seen.add(frame.f_code)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    if not INTO:
        return (yield)
    _seen.clear()
    started = time.thread_time()
    sys.setprofile(_note)
    try:
        return (yield)
    finally:
        sys.setprofile(None)
        spent = time.thread_time() - started
        places = {
            f"src/rigwright/{code.co_filename.split(MARK)[1]}::{_plain(code.co_qualname)}"
            for code in _seen if MARK in code.co_filename
        }  # fmt: skip
        _noted[item.nodeid] = (spent, sorted(places))


def _plain(name: str) -> str:
    """Names as they nest in the source; what is made inside a function belongs to it."""
    parts = [p for p in name.split(".") if not p.startswith("<")]
    return ".".join(parts) or "<module>"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that fails or is skipped without any change cannot tell one."""
    if report.failed or report.skipped:
        _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    if INTO:
        kept = {test: row for test, row in _noted.items() if test not in _failed}
        Path(INTO).write_text(json.dumps(kept))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if ONLY:
        place = {name: at for at, name in enumerate(json.loads(Path(ONLY).read_text()))}
        items[:] = sorted(
            (item for item in items if item.nodeid in place), key=lambda i: place[i.nodeid]
        )
