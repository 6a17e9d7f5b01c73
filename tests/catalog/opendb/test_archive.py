"""Reading archives: every format, and hostile ones."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.catalog.opendb.made import tar_bytes, unpacked, whole, zipped

from rigwright.catalog.opendb import archive
from rigwright.catalog.opendb.archive import entries
from rigwright.spec.errors import InputError

PACKERS = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
    ".tar.zst": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("suffix", PACKERS)
def test_every_tar_gives_its_files(tmp_path, suffix):
    path = tmp_path / f"db{suffix}"
    path.write_bytes(PACKERS[suffix](tar_bytes(whole())))
    assert {e.path: e.data for e in entries(path)} == whole()


def test_zip_and_directory_give_the_same(tmp_path):
    files = whole()
    assert {e.path: e.data for e in entries(zipped(tmp_path / "db.zip", files))} == files
    found = {e.path: e.data for e in entries(unpacked(tmp_path / "clone", files))}
    assert found == files


def test_a_clone_is_read_without_its_git_folder_and_links(tmp_path):
    clone = unpacked(tmp_path / "clone", {**whole(), ".git/CPU/secret.json": b"{}"})
    (tmp_path / "outside.json").write_text("{}")
    (clone / "open-db" / "CPU" / "link.json").symlink_to(tmp_path / "outside.json")
    (clone / "open-db" / "loop").symlink_to(tmp_path)
    found = {e.path: e for e in entries(clone)}
    assert set(whole()) == {p for p, e in found.items() if e.data is not None}
    assert found["open-db/CPU/link.json"].reason == "link or device"


@pytest.mark.parametrize(
    "name", ["../../etc/CPU/x.json", "/etc/CPU/x.json", "C:\\CPU\\x.json", "a/../../CPU/x.json"]
)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_paths_that_climb_are_refused_and_the_rest_is_read(tmp_path, name, kind):
    path = tmp_path / f"db.{kind}"
    files = {name: b"{}", **whole()}
    if kind == "zip":
        zipped(path, files)
    else:
        path.write_bytes(tar_bytes(files))
    found = list(entries(path))
    assert [e.reason for e in found if e.data is None] == [archive.bad_path(name)] != [""]
    assert {e.path for e in found if e.data is not None} == set(whole())


def test_links_devices_and_large_files_in_a_tar_are_refused(tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as made:
        for name, kind in (("CPU/a.json", tarfile.SYMTYPE), ("CPU/b.json", tarfile.FIFOTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            made.addfile(member)
        big = tarfile.TarInfo("CPU/c.json")
        big.size = archive.RECORD_BYTES_MAX + 1
        made.addfile(big, io.BytesIO(b" " * big.size))
    path = tmp_path / "db.tar"
    path.write_bytes(packed.getvalue())
    reasons = [e.reason for e in entries(path)]
    assert reasons[:2] == ["link or device"] * 2 and reasons[2].startswith("larger than")


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2"])
def test_a_bomb_stops_early(tmp_path, suffix, monkeypatch):
    monkeypatch.setattr(archive, "TOTAL_BYTES_MAX", 32 * 1024**2)
    bomb = tar_bytes({f"CPU/{i}.json": b" " * 200_000 for i in range(400)})  # 80 MB of blanks
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(PACKERS[suffix](bomb))
    read = 0
    with pytest.raises(InputError, match="unpacked"):
        for entry in entries(path):
            read += len(entry.data or b"")
    assert read <= 33 * 1024**2


def test_a_zip_bomb_stops_early(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "TOTAL_BYTES_MAX", 4 * 1024**2)
    path = zipped(tmp_path / "bomb.zip", {f"CPU/{i}.json": b" " * 200_000 for i in range(100)})
    with pytest.raises(InputError, match="unpacked"):
        list(entries(path))


def test_a_zip_that_lies_about_sizes_is_refused(tmp_path):
    path = zipped(tmp_path / "lie.zip", {"CPU/x.json": b" " * 100_000})
    data = bytearray(path.read_bytes())
    size = (100_000).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with pytest.raises(InputError):
        list(entries(path))


def test_too_many_entries_stop(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "ENTRIES_MAX", 3)
    for path in (zipped(tmp_path / "db.zip", whole()), tmp_path / "db.tar"):
        if path.suffix == ".tar":
            path.write_bytes(tar_bytes(whole()))
        with pytest.raises(InputError, match="up to 3"):
            list(entries(path))


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_cut_archive_is_one_clear_error(tmp_path, suffix):
    path = tmp_path / f"db{suffix}"
    whole_file = PACKERS[suffix](tar_bytes(whole()))
    path.write_bytes(whole_file[: len(whole_file) // 2])
    with pytest.raises(InputError, match="archive"):
        list(entries(path))


def test_missing_and_empty_files(tmp_path):
    with pytest.raises(InputError, match="PATH"):
        list(entries(tmp_path / "nothing.zip"))
    (tmp_path / "empty.tar").write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        list(entries(tmp_path / "empty.tar"))


MAGIC = st.sampled_from(
    [b"", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\x00"]
)


@settings(max_examples=150, deadline=None)
@given(magic=MAGIC, data=st.binary(max_size=600))
def test_random_bytes_never_leave_a_traceback(tmp_path_factory, magic, data):
    path = tmp_path_factory.mktemp("fuzz") / "db"
    path.write_bytes(magic + data)
    try:
        for entry in entries(path):
            assert entry.data is not None or entry.reason
    except InputError:
        pass


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(0, 5000),
    to=st.binary(min_size=1, max_size=8),
    packer=st.sampled_from([*PACKERS, ".zip"]),
)
def test_damaged_archives_never_leave_a_traceback(tmp_path_factory, at, to, packer):
    folder = tmp_path_factory.mktemp("fuzz")
    if packer == ".zip":
        data = bytearray(zipped(folder / "good.zip", whole()).read_bytes())
    else:
        data = bytearray(PACKERS[packer](tar_bytes(whole())))
    at %= len(data)
    data[at : at + len(to)] = to
    path = folder / "db"
    path.write_bytes(bytes(data))
    try:
        for entry in entries(path):
            assert entry.data is not None or entry.reason
    except InputError:
        pass


def test_encrypted_zip_is_refused(tmp_path):
    path = zipped(tmp_path / "db.zip", {"CPU/x.json": b"{}"})
    data = bytearray(path.read_bytes())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.find(mark)
        flag = at + (6 if mark == b"PK\x03\x04" else 8)
        data[flag] |= 1
    path.write_bytes(bytes(data))
    assert zipfile.ZipFile(path).infolist()[0].flag_bits & 1
    with pytest.raises(InputError):
        list(entries(path))
