"""Names that people give decoders (``workload.naming``), and reading ``config.json``."""

import csv
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.tables.table import toml
from rigwright.spec.tables.userfile import read_user_text
from rigwright.workload.decoder.config import DecoderConfig
from rigwright.workload.decoder.given import CHECKPOINTS
from rigwright.workload.decoder.reading import from_dict
from rigwright.workload.naming import bare, folded, undated, without_format, words

TABLE = Path(__file__).parents[1] / "data" / "decoders.csv"
_MEGATRON = re.compile(r"gpt-h(\d+)-l(\d+)-a(\d+)")
_MEGATRON_VOCAB = 51200  # GPT-2's 50,257 padded for tensor parallelism (Megatron-LM)


@functools.cache
def _rows() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


@functools.cache
def _written() -> dict[str, str]:
    """Every name and alias, folded -> canonical name."""
    return {folded(a): name for a, name in (aliases() | {n: n for n in _rows()}).items()}


@functools.cache
def _by_words() -> dict[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for said, name in (*((n, n) for n in _rows()), *aliases().items()):
        table.setdefault(words(said), name)
    return table


def names() -> tuple[str, ...]:
    """All canonical names, sorted."""
    return tuple(sorted(_rows()))


def aliases() -> dict[str, str]:
    """Other names that are understood, each with the canonical one."""
    said = ((name, row["aliases"].split("|")) for name, row in _rows().items())
    return {alias: name for name, given in said for alias in given if alias}


@functools.lru_cache(maxsize=256)
def find(name: str) -> DecoderConfig | None:
    """The decoder that ``name`` means, or None; ``gpt-h1024-l24-a16`` is Megatron's GPT."""
    megatron = _MEGATRON.fullmatch(name.lower().strip())
    if megatron:
        return _megatron(name, *map(int, megatron.groups()))
    key, table = words(name), _by_words()
    found = _written().get(folded(without_format(bare(name)))) or table.get(key)
    # The month of a release counts where several of one model are known.
    if found is None and undated(key) not in _dated():
        found = table.get(undated(key))
    return None if found is None else _config(found)


@functools.cache
def _dated() -> frozenset[tuple[str, ...]]:
    return frozenset(undated(key) for key in _by_words() if undated(key) != key)


@functools.cache
def _config(name: str) -> DecoderConfig:
    return config_of(_rows()[name])


def config_of(row: Mapping[str, str]) -> DecoderConfig:
    """The decoder of one row of the table: its columns, then the keys of ``more``.

    ``own`` is the format it is published in, ``towers`` the weights that see or hear.
    """
    given: dict[str, Any] = {"model_type": row["model_type"]}
    keys = toml(CHECKPOINTS)["keys"].items()
    given |= {key: int(row[column]) for column, key in keys if row[column]}
    for pair in filter(None, row["more"].split(";")):
        key, value = pair.split("=")
        given[key] = _value(value, int(row["layers"]))
    towers, own = given.pop("towers", 0), given.pop("own", "")
    if own:
        given["quantization_config"] = toml(CHECKPOINTS)["own"][own]
    return replace(from_dict(given, row["name"]), towers=towers)


def _value(text: str, layers: int) -> Any:
    """A number, yes or no, a word, or a list of them; what follows ``cycle:`` fills all layers."""
    if "," in text:
        first, _, again = text.partition("cycle:")
        said = [_value(word, 0) for word in first.split(",") if word]
        cycle = [_value(word, 0) for word in again.split(",") if word]
        return (said + cycle * layers)[: max(layers, len(said))]
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else text


def _megatron(name: str, hidden: int, layers: int, heads: int) -> DecoderConfig:
    given = {
        "model_type": "gpt2", "n_embd": hidden, "n_layer": layers, "n_head": heads,
        "vocab_size": _MEGATRON_VOCAB, "n_positions": 2048,
    }  # fmt: skip
    if heads < 1 or hidden % heads:
        raise InputError("run", "model", name, "a hidden size that its heads divide")
    return replace(from_dict(given, name), activation="gelu")  # one fused kernel there


def read_config(path: Path) -> DecoderConfig:
    """The decoder that a Hugging Face ``config.json`` describes; nothing in it is executed.

    ``hf_quant_config.json`` beside it says its format where it does not itself. Raises InputError
    for a missing file, malformed JSON, a missing size, or no decoder.
    """
    try:
        about = path.stat()
        return _read(path, about.st_mtime_ns, about.st_size)
    except OSError:
        return _read(path, 0, 0)


@functools.lru_cache(maxsize=16)
def _read(path: Path, changed: int, size: int) -> DecoderConfig:
    given = _object(path, "a readable config.json")
    beside = path.with_name("hf_quant_config.json")
    if "quantization_config" not in given and beside.is_file():
        given["hf_quant_config"] = _object(beside, "a readable hf_quant_config.json")
    try:
        return from_dict(given, str(path))
    except KeyError as error:
        raise InputError(str(path), str(error.args[0]), "nothing", "a whole number") from error
    except (AttributeError, TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        allowed = "the types that transformers writes"
        raise InputError(str(path), "values", str(error), allowed) from error


def _object(path: Path, allowed: str) -> dict[str, Any]:
    try:
        given = json.loads(read_user_text(path, allowed))
    except (ValueError, RecursionError) as error:
        raise InputError(str(path), "file", "no JSON", "a Hugging Face config.json") from error
    if not isinstance(given, dict):
        raise InputError(str(path), "file", type(given).__name__, "a JSON object")
    return given
