"""Which database: ``--db``, else the environment, else a file in the user's data directory."""

import os
from pathlib import Path

from rigwright.spec.errors import InputError

VARIABLE = "RIGWRIGHT_DB"
NONE = "none"
ALLOWED = "a file, sqlite:///FILE, postgresql://USER@HOST/NAME, or none"
_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def default_file() -> Path:
    """``~/.local/share/rigwright/catalog.sqlite`` or what the system uses instead."""
    from platformdirs import user_data_path

    return user_data_path("rigwright", appauthor=False) / "catalog.sqlite"


def database_url(given: str | None = None) -> str | None:
    """The database's URL; None when the user wants the embedded tables alone.

    Raises InputError for an URL of another kind.
    """
    text = given or os.environ.get(VARIABLE) or ""
    if text == NONE:
        return None
    if not text:
        return f"sqlite:///{default_file()}"
    for prefix in _POSTGRES:
        if text.startswith(prefix):
            return "postgresql+psycopg://" + text[len(prefix) :]
    if text.startswith("sqlite:///"):
        return text
    if "://" in text:
        raise InputError("database", "--db" if given else VARIABLE, _hidden(text), ALLOWED)
    return f"sqlite:///{Path(text).expanduser().absolute()}"


def existing(given: str) -> None:
    """Raises InputError for a named database that is a file and not there."""
    url = database_url(given)
    file = sqlite_file(url) if url else None
    if file is not None and not file.is_file():
        hint = "rigwright catalog import opendb PATH --db FILE makes one"
        raise InputError("database", "--db", given, "a database file that is there, or none", hint)


def _hidden(url: str) -> str:
    """An URL without a password."""
    head, _, tail = url.partition("://")
    return f"{head}://{tail.rpartition('@')[2]}"


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite URL."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def shown(url: str) -> str:
    """The database as people may see it: no password."""
    file = sqlite_file(url)
    return str(file) if file else _hidden(url.replace("+psycopg", ""))
