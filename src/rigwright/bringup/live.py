"""Texts of this machine: tools that are there, run by their full path, and files of the kernel.

Nothing is changed or asked of a network, nobody needs to be root. Tools get an empty environment, a
neutral folder and a time limit: neither a folder ``torch`` beside the user nor their PATH is run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rigwright.spec.tables.table import records

DATA = Path(__file__).parent / "data"
WAIT_S, TEXT_BYTES_MAX, FILE_BYTES_MAX, FILES_MAX = 20.0, 4 << 20, 64 << 10, 4000
SYSTEMS = {"win32": "windows", "darwin": "darwin"}


def _tools(which: str) -> list[dict[str, str]]:
    """Rows of ``tools.csv`` for this system: what is run, where tools lie, which files are read."""
    here = ("any", SYSTEMS.get(sys.platform, "linux"))
    return [t for t in records(DATA / "tools.csv") if t["system"] in here and t["what"] == which]


def _run(row: dict[str, str]) -> str:
    """What a tool prints; empty where it is not there, cannot be run, or takes too long."""
    places = os.pathsep.join(p["name"] for p in _tools("place"))
    safe = {"PATH": places, "LC_ALL": "C", "LANG": "C"}
    safe |= {k: v for k, v in os.environ.items() if k.upper() in ("SYSTEMROOT", "WINDIR")}
    own = sys.executable if row["name"] == "python" else None
    path = own or shutil.which(row["name"], path=places)
    if not path:
        return ""
    try:
        done = subprocess.run(
            [path, *filter(None, row["arguments"].split(";;"))], env=safe, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=WAIT_S, cwd=Path(tempfile.gettempdir()).anchor,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout[:TEXT_BYTES_MAX].decode("utf-8", errors="replace")


def _files() -> Iterator[str]:
    paths = (p for row in _tools("file") for p in sorted(Path("/").glob(row["name"].lstrip("/"))))
    for path, _ in zip(paths, range(FILES_MAX), strict=False):
        try:
            with path.open("rb") as raw:
                text = raw.read(FILE_BYTES_MAX).decode("utf-8", errors="replace").strip()
        except OSError:
            continue
        yield text if "\n" in text or "/proc" in str(path) else f"{path}:{text}"
        yield ""


def texts() -> tuple[str, ...]:
    """Everything this machine tells without root, and with it more."""
    with ThreadPoolExecutor(4) as pool:
        told = tuple(pool.map(_run, _tools("run")))
    return (*(text for text in told if "Traceback (most" not in text), "\n".join(_files()))


def would_add() -> tuple[str, ...]:
    """What only root could read here, by tool; empty for root."""
    if getattr(os, "geteuid", lambda: 1)() == 0:
        return ()
    return tuple(f"{t['name']}: {t['adds']} (as root)" for t in _tools("run") if t["adds"])
