"""Files that a user names: read whole, but only ordinary files of a bounded size."""

import json
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from rigwright.spec.errors import InputError, RigwrightError, unreadable

TEXT_BYTES_MAX = 4 << 20
"""No goal, build, list or config.json is nearly as long."""
LINES_BYTES_MAX = 256 << 20
"""Of a file of questions, which is answered line by line."""
LINE_CHARS_MAX = 1 << 20


def ordinary(path: Path, field: str, allowed: str, most: int, hint: str = "") -> Path:
    """``path`` where it is an ordinary file of at most ``most`` bytes: pipes hang and devices have
    no end. Raises InputError.
    """
    try:
        about = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise unreadable(path, field, error, allowed, hint) from None
    if stat.S_ISDIR(about.st_mode):
        raise InputError(str(path), field, "Is a directory", allowed, hint)
    if not stat.S_ISREG(about.st_mode):
        raise InputError(str(path), field, "a pipe or device", allowed, hint)
    if about.st_size > most:
        small = f"{allowed} of at most {most >> 20} MiB"
        raise InputError(str(path), field, f"{about.st_size >> 20} MiB", small, hint)
    return path


def read_user_text(
    path: Path, allowed: str, *, encoding: str = "utf-8", most: int = TEXT_BYTES_MAX,
    piped: bool = False,
) -> str:  # fmt: skip
    """The whole text of a file. Raises InputError for one that is none, or too long.

    piped : ``-`` is what stands in the pipe.
    """
    try:
        if piped and str(path) == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with ordinary(path, "file", allowed, most).open("rb") as raw:
                data = raw.read(most + 1)  # it may have grown since it was measured
        if len(data) > most:
            raise InputError(str(path), "file", "too large", f"at most {most >> 20} MiB")
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(str(path), "file", "not UTF-8 text", allowed) from None
    except OSError as error:
        raise unreadable(path, "file", error, allowed) from None


def user_lines(path: Path, field: str, allowed: str, hint: str = "") -> Iterator[str]:
    """Lines of a file of questions, one at a time. Raises InputError."""
    try:
        lines = ordinary(path, field, allowed, LINES_BYTES_MAX, hint).open(encoding="utf-8")
    except OSError as error:
        raise unreadable(path, field, error, allowed, hint) from None
    with lines:
        yield from bounded_lines(lines, str(path), field)


def bounded_lines(lines: TextIO, where: str, field: str) -> Iterator[str]:
    """Lines of a stream. Raises InputError for one that has no end, or is no text."""
    try:
        while line := lines.readline(LINE_CHARS_MAX):
            if len(line) == LINE_CHARS_MAX and not line.endswith("\n"):
                long = f"lines of at most {LINE_CHARS_MAX:,} characters"
                raise InputError(where, field, "a longer line", long)
            yield line
    except UnicodeDecodeError:
        raise InputError(where, field, "not UTF-8 text", "JSON lines") from None


# -- one JSON answer per JSON question, in order; a bad line spoils no other ---------------
def answers(
    lines: Iterable[str], answer: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[str]:
    """One JSON line per input line (blank lines are skipped)."""
    for line in lines:
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            if not isinstance(data, dict):
                raise InputError("line", "JSON", type(data).__name__, "an object")
            result = answer(data)
        except (json.JSONDecodeError, RecursionError) as error:
            result = {"error": f"not a JSON object: {error}"}
        except RigwrightError as error:
            result = {"error": str(error)}
        yield json.dumps(result, ensure_ascii=False)
