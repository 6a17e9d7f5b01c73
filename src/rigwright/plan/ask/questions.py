"""``predict --batch``: one JSON answer per JSON question, in order; a bad line spoils no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rigwright.catalog.custom import chip_of
from rigwright.plan.ask.software import Said, said, said_in_table
from rigwright.spec.errors import InputError
from rigwright.spec.parts import Chip
from rigwright.spec.run import METHODS, MODES, PRECISIONS, QUANTISATIONS, SHARDINGS, Run

CHOICES: dict[str, tuple[str, ...]] = {
    "mode": MODES,
    "precision": PRECISIONS + QUANTISATIONS,
    "layout": ("nchw", "nhwc"),
    "compile": ("eager", "dynamo"),
    "method": METHODS,
    "sharding": SHARDINGS,
}
SPOKEN = {"sharding": {"fsdp": "zero3", "full_shard": "zero3", "shard_grad_op": "zero2",
                       "no_shard": "none", "ddp": "none"}}  # fmt: skip
"""Other words for a choice, as frameworks call it."""
INTEGERS = (
    "batch", "img_size", "seq_len", "gen_len", "tensor_parallel", "pipeline_parallel",
    "micro_batch",
)  # fmt: skip
YES_NO = ("grad_checkpointing", "offload")
WORDS = ("model", "optimizer")


def _integer(name: str, value: Any) -> int:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1
    if not 1 <= number < 1e12 or number != int(number):
        raise InputError("line", name, value, "a whole number of at least 1")
    return int(number)


def _yes(name: str, value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if str(value).lower() not in words:
        raise InputError("line", name, value, "true or false")
    return words[str(value).lower()]


def run_of(data: dict[str, Any]) -> Run:
    """A Run from the input keys of the contract; empty values mean `not given`.

    What is not given is as the words of ``framework`` say, else as Run has it. Raises InputError
    for a word of it that is not known.
    """
    software = said(str(data.get("framework") or ""))
    for error in software.errors("line"):
        raise error
    return _run(data, software)


def row_of(data: dict[str, Any]) -> tuple[Run, tuple[str, ...]]:
    """The run of a table's line, whose ``framework`` may be a published label, and notes."""
    software = said_in_table(str(data.get("framework") or ""))
    return _run(data, software), software.notes("line")


def _run(data: dict[str, Any], software: Said) -> Run:
    given = {k: v for k, v in data.items() if v is not None and v != ""}
    if "model" not in given:
        raise InputError("line", "model", "nothing", "a model name", "resnet50")
    values: dict[str, Any] = {}
    for name in given.keys() & CHOICES.keys():
        word = str(given[name]).lower()
        word = SPOKEN.get(name, {}).get(word, word)
        if word not in CHOICES[name]:
            raise InputError("line", name, given[name], ", ".join(CHOICES[name]))
        values[name] = word
    values |= {name: _integer(name, given[name]) for name in given.keys() & set(INTEGERS)}
    values |= {name: str(given[name]) for name in given.keys() & set(WORDS)}
    values |= {name: _yes(name, given[name]) for name in given.keys() & set(YES_NO)}
    return Run(**(dict(software.run) | values), software=software.software)


def chip_from(value: Any, by_name: Callable[[str], Chip]) -> Chip:
    """The chip of a line: a name, or an object of specification values."""
    if isinstance(value, dict):
        return chip_of(value)
    if not isinstance(value, str) or not value.strip():
        raise InputError("line", "gpu", value, "a GPU name or an object of specification values")
    return by_name(value)
