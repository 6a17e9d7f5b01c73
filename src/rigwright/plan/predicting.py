"""Use case: step time and memory of one run, or of many lines of questions."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rigwright import predict
from rigwright.catalog.chipnames import resolve_chip
from rigwright.catalog.tables import load
from rigwright.plan import batch as batch_lines
from rigwright.plan import machine as machines
from rigwright.plan.results import Predicted
from rigwright.predict import serving
from rigwright.predict.memory import memory
from rigwright.spec.errors import InputError
from rigwright.spec.operation import OperationList
from rigwright.spec.parts import Chip
from rigwright.spec.run import QUANTISATIONS, Machine, Prediction, Run
from rigwright.workload import lookup

GIB = 1024**3


@functools.lru_cache(maxsize=64)
def operations(run: Run) -> OperationList:
    """The operation list of a run; kept, because many GPUs are asked about the same run.

    The user's own ``file.py:callable`` is run: these use cases serve a command line.
    """
    return lookup.operations(run, user_code=True)


def chip_named(text: str) -> Chip:
    """A chip of the catalogue. Raises UnknownNameError with the nearest names."""
    return resolve_chip(text, load(Chip))


def predict_run(run: Run, machine: Machine) -> Prediction:
    """Step time and memory of ``run`` on ``machine``; a decoder that is served goes its own way."""
    if served(run):
        config = lookup.decoder_of(run.model)
        mode = "prefill" if run.mode == "prefill" else "decode"
        return serving.serve(config, replace(run, mode=mode), machine)
    return predict.step(operations(run), run, machine, memory)


def memory_bytes(run: Run, machine: Machine) -> float:
    """Peak memory of one GPU. [B]"""
    if served(run):
        return predict_run(run, machine).memory_bytes
    return memory(operations(run), run, machine)[0]


def items_per_step(run: Run) -> int:
    """What throughput counts in one step: tokens of text models, else items of the batch."""
    if served(run):
        return run.batch * ((run.seq_len or 1) if run.mode == "prefill" else 1)
    ops = operations(run)
    return run.batch * ((run.seq_len or ops.seq_len or 1) if ops.unit == "tok" else 1)


def served(run: Run) -> bool:
    """Token by token, with quantised weights, or by an engine made for serving."""
    if run.mode in ("train", "forward_backward"):
        return False
    engine = any(word in run.framework.lower() for word in ("llama.cpp", "vllm", "mlx"))
    return run.mode == "decode" or run.precision in QUANTISATIONS or engine


def _count(value: Any) -> int:
    try:
        count = int(float(1 if value in (None, "") else value))
    except (TypeError, ValueError, OverflowError):
        count = 0
    if count < 1:
        raise InputError("line", "gpu_count", value, "a whole number of at least 1")
    return count


def predict_one(values: dict[str, Any]) -> Predicted:
    """Answer one question in the input keys of the batch contract."""
    run = batch_lines.run_of(values)
    chip = batch_lines.chip_from(values.get("gpu"), chip_named)
    count = _count(values.get("gpu_count"))
    prediction = predict_run(run, machines.of_chip(chip, count))
    return Predicted(run, chip.name, count, chip.vram_bytes, prediction)


def _line(values: dict[str, Any]) -> dict[str, Any]:
    p = predict_one(values).prediction
    return {
        "step_ms": p.step_s * 1e3,
        "throughput": p.throughput,
        "unit": p.unit,
        "memory_gib": p.memory_bytes / GIB,
        "fits": p.fits,
        "bound": p.bound,
        "shares": p.shares,
        "low_ms": p.low_s * 1e3,
        "high_ms": p.high_s * 1e3,
    }


def predict_batch(path: Path) -> Iterator[str]:
    """One JSON line per line of ``path`` (``-`` reads standard input)."""
    if str(path) == "-":
        yield from batch_lines.answers(sys.stdin, _line)
        return
    try:
        lines = path.open(encoding="utf-8")
    except OSError as error:
        raise InputError(str(path), "file", type(error).__name__, "JSON lines") from None
    with lines:
        yield from batch_lines.answers(lines, _line)
