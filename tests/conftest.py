"""Every test starts from the embedded tables; those that want a database ask for one."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from rigwright.catalog import source

SHARED = Path(os.environ.get("RIGWRIGHT_SHARED", Path(__file__).parents[1] / ".." / "shared"))
ARCHIVE = SHARED / "data" / "opendb.tar.zst"


@pytest.fixture(autouse=True)
def embedded_tables_only(monkeypatch):
    """What the developer imported for himself must not decide a test."""
    monkeypatch.setenv("RIGWRIGHT_DB", "none")
    source.use(None)
    yield
    source.use(None)


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
