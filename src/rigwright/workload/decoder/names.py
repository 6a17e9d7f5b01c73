"""Names that people give decoders, and reading ``config.json``.

A name is cut into words and numbers. Case, separators, the organisation before a slash, and
words that do not change the dimensions (instruct, chat, Q4_K_M, ...) do not count; every number
must agree, so ``7b`` never finds a ``70b``.
"""

from __future__ import annotations

import csv
import functools
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from rigwright.spec.errors import InputError
from rigwright.spec.tables.userfile import read_user_text
from rigwright.workload.decoder.config import DecoderConfig
from rigwright.workload.decoder.families import from_dict

TABLE = Path(__file__).parents[1] / "data" / "decoders.csv"
_KEYS = {
    "layers": "num_hidden_layers",
    "hidden": "hidden_size",
    "heads": "num_attention_heads",
    "kv_heads": "num_key_value_heads",
    "intermediate": "intermediate_size",
    "vocab": "vocab_size",
    "positions": "max_position_embeddings",
}
_MEGATRON = re.compile(r"gpt-h(\d+)-l(\d+)-a(\d+)")
_MEGATRON_VOCAB = 51200  # GPT-2's 50,257 padded for tensor parallelism (Megatron-LM)
_QUANTISED = re.compile(
    r"(?<![a-z0-9])(?:(?:iq|q)\d(?:_[0-9a-z]+)*|[48][-_ ]?bit|bnb|awq|gptq|gguf|ggml|exl2|nf4|mxfp4"
    r"|f(?:p|loat)?(?:8|16|32)|bf16|int[48])(?![a-z0-9])"
)
_NOISE = re.compile(
    r"instruct|chat|hf|it|pt|base|text|unsloth|deduped|preview|sft|dpo|q?lora|moe|meta|model"
    r"|thinking|\d+k|r\d+"
)
_WORD = re.compile(
    r"\d+x\d+(?:\.\d+)?b|a\d+(?:\.\d+)?b(?![a-z])|v\d+(?:\.\d+)?(?![a-z0-9])|\d+(?:\.\d+)?[bmk]?(?![a-z])"
    r"|\d+(?:\.\d+)?|r\d+(?![a-z0-9.])|[a-z]+"
)


def words(name: str) -> tuple[str, ...]:
    """The words and numbers of a name that say which model it is."""
    text = re.sub(r"\([^)]*\)", " ", name.lower().strip()).removeprefix("hf:")
    text = text.rsplit("/", 1)[-1].removesuffix(".gguf").removeprefix("meta-")
    text = _QUANTISED.sub(" ", text)
    found: list[str] = []
    for word in _WORD.findall(text.replace("_", "-")):
        if found and _NOISE.fullmatch(word):
            continue
        if word.isalpha() and found and found[-1].isalpha():
            found[-1] += word
        else:
            found.append(word)
    return tuple(found)


@functools.cache
def _rows() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


@functools.cache
def _by_words() -> dict[tuple[str, ...], str]:
    table: dict[tuple[str, ...], str] = {}
    for alias, name in aliases().items():
        table.setdefault(words(alias), name)
    return table | {words(name): name for name in _rows()}


def names() -> tuple[str, ...]:
    """All canonical names, sorted."""
    return tuple(sorted(_rows()))


def aliases() -> dict[str, str]:
    """Other names that are understood, each with the canonical one."""
    said = ((name, row["aliases"].split("|")) for name, row in _rows().items())
    return {alias: name for name, given in said for alias in given if alias}


def find(name: str) -> DecoderConfig | None:
    """The decoder that ``name`` means, or None; ``gpt-h1024-l24-a16`` is Megatron's GPT."""
    megatron = _MEGATRON.fullmatch(name.lower().strip())
    if megatron:
        return _megatron(name, *map(int, megatron.groups()))
    key = words(name)
    table = _by_words()
    found = table.get(key)
    while found is None and len(key) > 1 and re.fullmatch(r"v[\d.]+|\d{4}", key[-1]):
        key = key[:-1]  # a release of the same dimensions: v0.2, 2507
        found = table.get(key)
    return None if found is None else _config(found)


@functools.cache
def _config(name: str) -> DecoderConfig:
    row = _rows()[name]
    given: dict[str, Any] = {"model_type": row["model_type"]}
    given |= {key: int(row[column]) for column, key in _KEYS.items() if row[column]}
    for pair in filter(None, row["more"].split(";")):
        key, value = pair.split("=")
        given[key] = value == "true" if value in ("true", "false") else int(value)
    return from_dict(given, name)


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

    Raises InputError for a missing file, malformed JSON, a missing size, or no known decoder.
    """
    try:
        given = json.loads(read_user_text(path, "a readable config.json"))
    except (ValueError, RecursionError) as error:
        raise InputError(str(path), "file", "no JSON", "a Hugging Face config.json") from error
    if not isinstance(given, dict):
        raise InputError(str(path), "file", type(given).__name__, "a JSON object")
    try:
        return from_dict(given, str(path))
    except KeyError as error:
        raise InputError(str(path), str(error.args[0]), "nothing", "a whole number") from error
    except (AttributeError, TypeError, ValueError, ZeroDivisionError) as error:
        allowed = "the types that transformers writes"
        raise InputError(str(path), "values", str(error), allowed) from error
