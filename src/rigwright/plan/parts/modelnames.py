"""Models by name alone: what may be asked by somebody who has no files here."""

from __future__ import annotations

import functools
import re

from rigwright.spec.errors import InputError, UnknownNameError
from rigwright.workload import decoder
from rigwright.workload.operations import file as opsfile
from rigwright.workload.trace import userfile
from rigwright.workload.zoo import embedded as zoo

NAMES_ONLY = "the name of a known model; files are read on the command line only"
_FILE = re.compile(r"\.(?:json|parquet|py|onnx|pt|pth|safetensors|toml)\b", re.IGNORECASE)
_HUGE = re.compile(r"\d{7}")


@functools.cache
def names() -> tuple[str, ...]:
    """Every canonical name, sorted."""
    return tuple(sorted({*zoo.names(), *decoder.names()}))


def known(name: str) -> str:
    """``name``, when it is that of a known model and of no file.

    Nothing is opened, imported or run. Raises InputError for what could be a file, UnknownNameError
    with the nearest names for the rest.
    """
    text = name.strip()
    file = _FILE.search(text) or userfile.is_user_file(text) or opsfile.is_operations_file(text)
    if file or _HUGE.search(text) or not text.isprintable():
        raise InputError("run", "model", name, NAMES_ONLY, "resnet50")
    if zoo.find(text) is None and decoder.find(text) is None:
        raise UnknownNameError("model", name, zoo.nearest(text, decoder.names()))
    return text
