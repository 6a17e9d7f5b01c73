"""Quick reads: the same SQL goes to SQLite through the standard library, to PostgreSQL through
SQLAlchemy, whose import alone takes longer than a whole check of a build.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any

from rigwright.catalog.store.location import shown, sqlite_file
from rigwright.spec.errors import InputError

VERSION = 1  # as in ``schema``, which this module must not import
TRY_AGAIN = "rigwright catalog import opendb PATH, or RIGWRIGHT_DB=none"


class Reader:
    """A database that exists and is of our version."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._sqlite: sqlite3.Connection | None = None
        self._engine: Any = None

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query with ``:name`` places. Raises InputError when it cannot be asked."""
        try:
            if self._sqlite is not None:
                return self._sqlite.execute(sql, values or {}).fetchall()
            from sqlalchemy import text

            with self._engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(sql), values or {})]
        except Exception as error:
            if not isinstance(error, _failures()):
                raise
            raise _unreadable(self.url, error) from None

    def holds(self, table: str) -> bool:
        """Whether a table is there: databases are older than some."""
        if self._sqlite is not None:
            there = "SELECT count(*) FROM sqlite_master WHERE name = :name"
            return bool(self.rows(there, {"name": table})[0][0])
        from sqlalchemy import inspect

        return bool(inspect(self._engine).has_table(table))

    def open(self) -> bool:
        """Connect. False when nothing was ever written there."""
        file = sqlite_file(self.url)
        try:
            if file is not None:
                if not file.exists():
                    return False
                # Opened read-only, SQLite could not mend a database that was left mid-write.
                self._sqlite = sqlite3.connect(file, timeout=30, check_same_thread=False)
                self._sqlite.execute("PRAGMA query_only = 1")
                there = "SELECT count(*) FROM sqlite_master WHERE name = 'rigwright_version'"
                if not self._sqlite.execute(there).fetchone()[0]:
                    return self._empty()
            else:
                from sqlalchemy import create_engine, inspect

                self._engine = create_engine(self.url, pool_size=1)
                if not inspect(self._engine).has_table("rigwright_version"):
                    return False
        except Exception as error:
            if not isinstance(error, _failures()):
                raise
            raise _unreadable(self.url, error) from None
        versions = [row[0] for row in self.rows("SELECT version FROM rigwright_version")]
        if versions != [VERSION]:
            given = f"version {versions[0] if versions else '?'}"
            raise InputError(shown(self.url), "database", given, f"version {VERSION}", TRY_AGAIN)
        return True

    def _empty(self) -> bool:
        assert self._sqlite is not None
        tables = self._sqlite.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables:
            raise InputError(shown(self.url), "database", "tables of another program", "our own")
        return False


def _failures() -> tuple[type[BaseException], ...]:
    import sys

    found: tuple[type[BaseException], ...] = (sqlite3.Error, OSError, ImportError)
    if "sqlalchemy" in sys.modules:
        from sqlalchemy.exc import SQLAlchemyError

        found += (SQLAlchemyError,)
    return found


def _unreadable(url: str, error: BaseException) -> InputError:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    given = f"{type(error).__name__}: {said[0] if said else ''}"
    return InputError(shown(url), "database", given, "a database that can be read", TRY_AGAIN)
