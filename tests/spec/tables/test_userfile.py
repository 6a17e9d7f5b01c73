"""Files that a user names: ordinary, bounded, text; everything else is one line, at once."""

import io
import os

import pytest

from rigwright.catalog.buildfile import read_build
from rigwright.catalog.opendb.archive import entries
from rigwright.catalog.prices.pricefile import read_prices
from rigwright.plan.ask.goal import read_goal
from rigwright.plan.parts.checking import check_cases
from rigwright.plan.speed.predicting import predict_batch
from rigwright.spec.errors import InputError
from rigwright.spec.tables.userfile import LINE_CHARS_MAX, TEXT_BYTES_MAX, bounded_lines
from rigwright.workload.decoder.names import read_config

READERS = {
    "goal": read_goal,
    "build": read_build,
    "config": read_config,
    "batch": lambda path: list(predict_batch(path)),
    "cases": lambda path: list(check_cases(path)),
    "prices": lambda path: list(read_prices(path, lambda kind, name: None)),
    "archive": lambda path: list(entries(path)),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["pipe", "device", "missing"])
def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path, reader, kind):
    path = tmp_path / "file"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    said = "No such file" if kind == "missing" else "a pipe or device"
    with pytest.raises(InputError, match=said) as error:
        READERS[reader](path)
    assert "\n" not in str(error.value) and str(path) in str(error.value)


@pytest.mark.parametrize("reader", ["goal", "build", "config"])
def test_a_longer_file_and_one_of_bytes_are_refused(tmp_path, reader):
    path = tmp_path / "file.toml"
    with path.open("wb") as file:
        file.truncate(TEXT_BYTES_MAX + 1)
    with pytest.raises(InputError, match="at most 4 MiB"):
        READERS[reader](path)
    path.write_bytes(b"\x7fELF\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8 text"):
        READERS[reader](path)


@pytest.mark.parametrize("reader", ["goal", "build", "config", "batch", "cases"])
def test_a_folder_is_refused(tmp_path, reader):
    with pytest.raises(InputError, match="Is a directory"):
        READERS[reader](tmp_path)


def test_a_line_without_an_end_is_refused():
    line = "x" * (LINE_CHARS_MAX - 1) + "\n"
    assert list(bounded_lines(io.StringIO(line + "y"), "-", "--batch")) == [line, "y"]
    with pytest.raises(InputError, match="longer line"):
        list(bounded_lines(io.StringIO("x" * (LINE_CHARS_MAX + 1)), "-", "--batch"))
