"""Files of a directory, zip or tar (plain, gz, bz2, xz, zst), with limits against hostile input.

Nothing is ever written to disk under a name from the archive. An entry that is odd in itself is
passed on as refused; an archive that is a bomb or broken stops the reading with one clear error.
"""

import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rigwright.spec.errors import InputError, unreadable
from rigwright.spec.tables.userfile import ordinary

RECORD_BYTES_MAX = 256 * 1024
"""The largest record seen in 2026 has 3.5 KB."""
TOTAL_BYTES_MAX = 512 * 1024**2
ENTRIES_MAX = 400_000
RATIO_MAX = 250
"""Unpacked over packed size; 29,000 JSON files pack about 25-fold."""
RATIO_FROM_BYTES = 8 * 1024**2
ALLOWED = "a directory, .zip, .tar, .tar.gz, .tar.bz2, .tar.xz or .tar.zst of OpenDB"

Progress = Callable[[int, int], None]
"""Called with (done, all): bytes of the packed file, or files of a directory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. ``data`` is None when it was refused, ``reason`` says why."""

    path: str
    data: bytes | None
    reason: str = ""


class BombError(InputError):
    """The archive unpacks to more than any catalogue has."""

    def __init__(self, where: str, given: str) -> None:
        super().__init__(where, "archive", given, f"at most {TOTAL_BYTES_MAX >> 20} MiB unpacked")


class _Counting(io.RawIOBase):
    """A stream that reports how far it was read and stops at a bomb's size."""

    def __init__(self, stream: Any, where: str, limit: Callable[[], int], seen: Any = None) -> None:
        super().__init__()
        self.stream, self.where, self.limit, self.seen, self.count = stream, where, limit, seen, 0
        self.tail = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.stream.read(size)
        self.count += len(data)
        self.tail = (self.tail + data)[-tarfile.BLOCKSIZE :]
        if self.count > self.limit():
            raise BombError(self.where, f"more than {self.count >> 20} MiB")
        if self.seen:
            self.seen(self.count)
        return data

    def close(self) -> None:
        if not self.closed:
            self.stream.close()
        super().close()


def bad_path(name: str) -> str:
    """Why an archive's name for a file is refused; empty when it is a plain relative path."""
    if not name or len(name) > 300 or not name.isprintable():
        return "path is empty, too long or unprintable"
    if name.startswith(("/", "\\", "~")) or ":" in name or "\\" in name:
        return "path is absolute or of another system"
    if ".." in name.split("/"):
        return "path climbs out of the archive"
    return ""


def _shown(name: str) -> str:
    return ascii(name[:200])[1:-1]


def entries(path: Path, progress: Progress = lambda done, total: None) -> Iterator[Entry]:
    """Every file of ``path``, in a stable order of its own.

    Raises InputError when it does not exist, is no archive, is broken, or is a bomb.
    """
    where = str(path)
    if path.is_dir():
        yield from _directory(path, progress)
        return
    try:
        with ordinary(path, "PATH", ALLOWED, TOTAL_BYTES_MAX).open("rb") as file:
            magic = file.read(6)
    except OSError as error:
        raise unreadable(where, "PATH", error, ALLOWED) from None
    try:
        yield from _zip(path, progress) if magic[:2] == b"PK" else _tar(path, magic, progress)
    except InputError:
        raise
    except Exception as error:
        if not isinstance(error, _broken()):
            raise
        given = f"{type(error).__name__}: {str(error)[:200]}"
        raise InputError(where, "archive", given, ALLOWED) from None


def _broken() -> tuple[type[BaseException], ...]:
    """What the unpackers raise on damaged or forged input."""
    import lzma

    import zstandard

    damaged = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
    forged = (EOFError, OSError, RuntimeError, NotImplementedError, ValueError, MemoryError)
    return (*damaged, *forged, zstandard.ZstdError)


def _directory(path: Path, progress: Progress) -> Iterator[Entry]:
    """Files below a directory or clone; links are not followed, ``.git`` is passed over."""
    files: list[Path] = []
    odd: list[Entry] = []
    for folder, names, here in os.walk(path):
        names[:] = sorted(n for n in names if n != ".git" and not Path(folder, n).is_symlink())
        for name in sorted(here):
            file = Path(folder, name)
            plain = not file.is_symlink() and file.is_file()
            if plain:
                files.append(file)
            elif name.endswith(".json"):
                odd.append(Entry(_shown(str(file.relative_to(path))), None, "link or device"))
        if len(files) > ENTRIES_MAX:
            raise InputError(str(path), "PATH", "too many files", f"at most {ENTRIES_MAX}")
    yield from odd
    for done, file in enumerate(files):
        name = file.relative_to(path).as_posix()
        progress(done + 1, len(files))
        try:
            if file.stat().st_size > RECORD_BYTES_MAX:
                yield Entry(_shown(name), None, f"larger than {RECORD_BYTES_MAX} bytes")
                continue
            yield Entry(name, file.read_bytes())
        except OSError as error:
            yield Entry(_shown(name), None, f"cannot be read ({type(error).__name__})")


def _refused(name: str, size: int) -> str:
    if reason := bad_path(name):
        return reason
    return f"larger than {RECORD_BYTES_MAX} bytes" if size > RECORD_BYTES_MAX else ""


def _zip(path: Path, progress: Progress) -> Iterator[Entry]:
    total = 0
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len(infos) > ENTRIES_MAX:
            raise InputError(str(path), "archive", f"{len(infos)} entries", f"up to {ENTRIES_MAX}")
        for done, info in enumerate(infos):
            progress(done + 1, len(infos))
            if info.is_dir():
                continue
            reason = _refused(info.filename, info.file_size)
            if (info.external_attr >> 16) & 0o170000 == 0o120000:
                reason = reason or "link or device"
            if reason:
                yield Entry(_shown(info.filename), None, reason)
                continue
            with archive.open(info) as file:
                data = file.read(RECORD_BYTES_MAX + 1)
            total += len(data)
            if total > TOTAL_BYTES_MAX:
                raise BombError(str(path), f"more than {total >> 20} MiB")
            long = len(data) > RECORD_BYTES_MAX
            yield Entry(
                info.filename, None if long else data, "longer than it says" if long else ""
            )


def _unpacked(file: Any, magic: bytes, where: str) -> AbstractContextManager[Any]:
    """The tar inside a compressed file."""
    if magic[:4] == b"\x28\xb5\x2f\xfd":
        import zstandard

        # 128 MiB is what zstd's own tool grants without asking.
        window = zstandard.ZstdDecompressor(max_window_size=2**27)
        return closing(window.stream_reader(file, read_across_frames=True))
    if magic[:2] == b"\x1f\x8b":
        import gzip

        return gzip.GzipFile(fileobj=file)
    if magic[:3] == b"BZh":
        import bz2

        return bz2.BZ2File(file)
    if magic[:6] == b"\xfd7zXZ\x00":
        import lzma

        return lzma.LZMAFile(file)
    if not magic:
        raise InputError(where, "archive", "an empty file", ALLOWED)
    return closing(file)


def _tar(path: Path, magic: bytes, progress: Progress) -> Iterator[Entry]:
    size, where = path.stat().st_size, str(path)
    with path.open("rb") as raw:
        packed = _Counting(raw, where, lambda: size, lambda done: progress(done, size))

        def limit() -> int:
            by_ratio = max(RATIO_FROM_BYTES, RATIO_MAX * packed.count)
            return min(TOTAL_BYTES_MAX, by_ratio)

        with _unpacked(packed, magic, where) as stream:
            yield from _members(_Counting(stream, where, limit), where)


def _members(plain: _Counting, where: str) -> Iterator[Entry]:
    with tarfile.open(fileobj=plain, mode="r|") as archive:
        for count, member in enumerate(archive):
            if count >= ENTRIES_MAX:
                raise InputError(where, "archive", "too many entries", f"up to {ENTRIES_MAX}")
            # A stream never goes back; the list of what it has seen would only grow.
            archive.members.clear()  # type: ignore[attr-defined]
            if member.isdir():
                continue
            reason = _refused(member.name, member.size)
            if not member.isreg() or member.sparse is not None:
                reason = reason or "link or device"
            if reason:
                yield Entry(_shown(member.name), None, reason)
                continue
            file = archive.extractfile(member)
            yield Entry(member.name, file.read() if file else b"")
    if any(plain.tail):  # a whole tar ends in zeros; cut between two files it looks complete
        raise tarfile.ReadError("ends in the middle")
