"""Writes, through SQLAlchemy: a whole import in one transaction, prices added one by one."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, delete, event, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from rigwright.catalog.store import schema
from rigwright.catalog.store.location import ALLOWED, shown, sqlite_file
from rigwright.spec.errors import InputError

BATCH = 2000


def engine(url: str) -> Engine:
    """A connected engine with our tables; makes the file or the tables where there are none.

    Raises InputError when the database cannot be reached or is of another version.
    """
    file = sqlite_file(url)
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        made = create_engine(url, connect_args={"timeout": 60} if file else {})
        if file is not None:
            _transactional(made)
        _prepare(made, url)
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise _unusable(url, error) from None
    return made


def _transactional(made: Engine) -> None:
    """SQLite: readers go on during an import (WAL), and BEGIN is ours, not the driver's."""

    @event.listens_for(made, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(made, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare(made: Engine, url: str) -> None:
    with made.begin() as connection:
        if made.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7263451)")
        schema.metadata.create_all(connection)
        held = [row[0] for row in connection.execute(select(schema.versions.c.version))]
        if not held:
            connection.execute(insert(schema.versions), {"version": schema.VERSION})
        elif held != [schema.VERSION]:
            given = f"version {held[0]}"
            hint = "another file, or delete this one and import again"
            raise InputError(shown(url), "database", given, f"version {schema.VERSION}", hint)


def _unusable(url: str, error: BaseException) -> InputError:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    given = f"{type(error).__name__}: {said[0] if said else ''}"
    driver = "pip install 'rigwright[postgres]'" if isinstance(error, ImportError) else ""
    return InputError(shown(url), "database", given, ALLOWED, driver)


@contextmanager
def transaction(made: Engine, url: str) -> Iterator[Connection]:
    """All or nothing. Raises InputError when the database refuses."""
    try:
        with made.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise _unusable(url, error) from None


def _rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            batch = []
    if batch:
        connection.execute(insert(table), batch)


def now() -> str:
    """The moment, UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()


def publish(
    connection: Connection,
    about: Mapping[str, Any],
    tables: Sequence[tuple[Table, Iterable[Mapping[str, Any]]]],
) -> int:
    """Write an import and let it serve in place of the one before; returns its number.

    about : the row of ``imports`` without id; ``counts`` as a mapping.
    tables : rows of each table without ``import_id``.
    """
    last = connection.execute(select(func.max(schema.imports.c.id))).scalar() or 0
    number = last + 1
    values = {**about, "id": number, "counts": json.dumps(about["counts"], sort_keys=True)}
    connection.execute(insert(schema.imports), values)
    for table, rows in tables:
        _rows(connection, table, ({"import_id": number, **row} for row in rows))
    source = about["source"]
    connection.execute(delete(schema.current).where(schema.current.c.source == source))
    connection.execute(insert(schema.current), {"source": source, "import_id": number})
    old = select(schema.imports.c.id).where(
        schema.imports.c.source == source, schema.imports.c.id != number
    )
    for table in schema.OF_AN_IMPORT:
        connection.execute(delete(table).where(table.c.import_id.in_(old)))
    return number


def put_rates(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Write rates of exchange over those of the same day; how many were new, how many changed."""
    t = schema.rates
    asked = select(t.c.currency, t.c.date, t.c.usd)
    held = {(name, day): usd for name, day, usd in connection.execute(asked)}
    fresh = [r for r in rows if held.get((r["currency"], r["date"])) != r["usd"]]
    changed = [r for r in fresh if (r["currency"], r["date"]) in held]
    for r in changed:
        connection.execute(delete(t).where(t.c.currency == r["currency"], t.c.date == r["date"]))
    _rows(connection, t, fresh)
    return len(fresh) - len(changed), len(changed)


def add_seen(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Add observations (prices, offers) that are not there yet; returns how many were new."""
    before = connection.execute(select(func.count()).select_from(table)).scalar() or 0
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as adding
    else:
        from sqlalchemy.dialects.sqlite import insert as adding  # type: ignore[assignment]
    for start in range(0, len(rows), BATCH):
        batch = list(rows[start : start + BATCH])
        connection.execute(adding(table).on_conflict_do_nothing(), batch)
    after = connection.execute(select(func.count()).select_from(table)).scalar() or 0
    return after - before
