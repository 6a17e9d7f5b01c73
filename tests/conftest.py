"""Every test starts from the embedded tables; those that want a database ask for one."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
import uuid
from pathlib import Path

import pytest
from hypothesis import settings

from rigwright.catalog import source

gc.set_threshold(
    200_000, 20, 100
)  # tables of parts live as long as the worker; a fifth of its time

SHARED = Path(os.environ.get("RIGWRIGHT_SHARED", Path(__file__).parents[1] / ".." / "shared"))
ARCHIVE = SHARED / "data" / "opendb.tar.zst"


SOAK = int(os.environ.get("RIGWRIGHT_SOAK", "1"))
"""How many times more examples the property tests draw; ``make soak`` sets it."""


def seeds(count, quick):
    """Seeds of a test that takes seconds each; those after ``quick`` are left to ``make soak``."""
    later = (pytest.param(seed, marks=pytest.mark.soak) for seed in range(quick, count))
    return [*range(quick), *later]


def pytest_collection_modifyitems(items):
    for item in items:
        test = getattr(item, "obj", None)
        drawn = getattr(test, "_hypothesis_internal_use_settings", None)
        if SOAK > 1 and drawn is not None:
            longer = settings(drawn, max_examples=drawn.max_examples * SOAK)
            test._hypothesis_internal_use_settings = longer
            item.add_marker(pytest.mark.soak)


@pytest.fixture(autouse=True)
def embedded_tables_only(monkeypatch):
    """What the developer imported for himself, or asked before, must not decide a test."""
    monkeypatch.setenv("RIGWRIGHT_DB", "none")
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    if (planning := sys.modules.get("rigwright.plan.machine.planning")) is not None:
        planning._plan.cache_clear()  # a test may have changed what it is made with
    yield
    if source._chosen or os.environ.get("RIGWRIGHT_DB") != "none":
        source.use(None)  # what a test read of a database; the embedded tables stay as they are


@pytest.fixture(scope="session")
def slower():
    """How many times slower this machine is than the one limits were written on; 1 at least."""

    def counted_s():
        began = time.process_time()
        sum(i * i for i in range(10**6))
        return time.process_time() - began

    return max(1.0, min(counted_s() for _ in range(3)) / 0.06)


@pytest.fixture
def processor_seconds(slower):
    """``with processor_seconds(5):`` ends what takes more of the processor; load does not count."""

    def stop(_signal, _frame):
        raise AssertionError("more processor time than allowed")

    @contextlib.contextmanager
    def limited(seconds):
        before = signal.signal(signal.SIGVTALRM, stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds * slower * 1.5)  # neighbours share a core
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

    return limited


def _postgres():
    """A fresh PostgreSQL database, dropped afterwards."""
    server = os.environ.get("RIGWRIGHT_TEST_POSTGRES")
    if not server:
        pytest.skip("no PostgreSQL server: RIGWRIGHT_TEST_POSTGRES is not set")
    psycopg = pytest.importorskip("psycopg")
    name = f"rigwright_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.rpartition("/")[0] + f"/{name}"
        source.use(None)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path, monkeypatch):
    """URL of an empty database of either kind, in use."""
    made = _postgres() if request.param == "postgresql" else iter([str(tmp_path / "parts.sqlite")])
    url = next(made)
    monkeypatch.setenv("RIGWRIGHT_DB", url)
    source.use(None)
    yield url
    next(made, None)


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """The published OpenDB, imported once: database and items; skipped where there is none."""
    if not ARCHIVE.exists():
        pytest.skip(f"no published catalogue here: {ARCHIVE.name} of the shared data")
    from rigwright.catalog.opendb.importing import import_opendb

    file = tmp_path_factory.mktemp("market") / "market.sqlite"
    return file, import_opendb(ARCHIVE, f"sqlite:///{file}")


@pytest.fixture(scope="session")
def whole_market(published):
    """The database of the published OpenDB."""
    return published[0]


@pytest.fixture
def market(whole_market, monkeypatch):
    """The published OpenDB in use."""
    monkeypatch.setenv("RIGWRIGHT_DB", str(whole_market))
    source.use(None)
    return whole_market
