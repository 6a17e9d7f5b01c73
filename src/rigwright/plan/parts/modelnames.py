"""Models by name alone: which there are, and what somebody may ask who has no files here."""

import functools
import re
from collections import defaultdict
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that is understood by name. img_sizes: sides in pixels, where it reads images."""

    name: str
    kind: str
    parameters: int
    img_sizes: tuple[int, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownModels:
    """Models whose name, alias or kind holds every word, of ``total`` that are known."""

    total: int
    rows: tuple[KnownModel, ...]


def search(words: str = "") -> KnownModels:
    """Known models with all ``words`` in their names or kind, case aside; without words all."""
    others = defaultdict(list)
    for alias, name in (zoo.aliases() | decoder.aliases()).items():
        others[name].append(alias)
    wanted = words.lower().split()

    def asked(model: KnownModel) -> bool:
        text = " ".join((model.name, model.kind, *model.aliases)).lower()
        return all(word in text for word in wanted)

    rows = (_model(name, tuple(sorted(others[name]))) for name in names())
    return KnownModels(len(names()), tuple(filter(asked, rows)))


def _model(name: str, aliases: tuple[str, ...]) -> KnownModel:
    config = decoder.find(name) if name in decoder.names() else None
    if config is not None:
        return KnownModel(name, "language", config.parameters, (), aliases)
    about, sizes = zoo.about(name), tuple(filter(None, zoo.sizes(name)))
    return KnownModel(name, about["task"], about["parameters"], sizes, aliases)


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
