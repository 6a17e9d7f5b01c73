"""Prices of a day that were worked out before, kept in the user's cache folder.

On a large market they take longer than anything else of a question. They count only while every
file that they came from is what it was; a folder that cannot be written costs time alone.
"""

import contextlib
import datetime as dt
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rigwright.catalog.prices.ledger import Quote

FILES = 16
"""Days and conditions that are kept; each takes about a megabyte on a large market."""
ROOMS = ("catalog", "spec")
"""Of the program: what makes prices and parts, code and tables."""


def kept(
    asked: Sequence[object], database: Path | None, make: Callable[[], Mapping[str, Quote]]
) -> Mapping[str, Quote]:
    """What ``make`` answers to a question, from the cache where it was made of the same files."""
    from platformdirs import user_cache_path

    of = [repr((*asked, database)), *_state(database)]
    folder = user_cache_path("rigwright", appauthor=False) / "prices"
    file = folder / f"{zlib.crc32(of[0].encode()):08x}.json"
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        known = json.loads(file.read_text(encoding="utf-8"))
        if known["of"] == of:
            return dict(_read(known["quotes"]))
    found = make()
    with contextlib.suppress(OSError):
        _write(file, {"of": of, "quotes": found})
    return found


def _state(database: Path | None) -> Iterator[str]:
    """Path, size and time of change of all that prices are made from."""
    program = Path(__file__).parents[2]
    found = (path for room in ROOMS for path in (program / room).rglob("*.*"))
    files = [path for path in found if "__pycache__" not in path.parts]
    if database is not None:
        files += [database, database.with_name(f"{database.name}-wal")]
    for file in sorted(files):
        with contextlib.suppress(OSError):
            told = file.stat()
            if told.st_size:  # a database that is only read has an empty journal while it is open
                yield f"{file} {told.st_size} {told.st_mtime_ns}"


def _read(rows: dict[str, list[object]]) -> Iterator[tuple[str, Quote]]:
    at = Quote._fields.index("seen_date")
    for name, row in rows.items():
        if isinstance(day := row[at], str):
            row[at] = dt.date.fromisoformat(day)
        yield name, Quote(*row)  # type: ignore[arg-type]


def _write(file: Path, found: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(found, default=str, separators=(",", ":")), encoding="utf-8")
    part.replace(file)
    old = sorted(file.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in old[:-FILES]:
        path.unlink()
