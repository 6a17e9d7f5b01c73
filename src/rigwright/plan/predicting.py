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
from rigwright.predict import serving, training
from rigwright.predict.memory import memory
from rigwright.spec.errors import InputError, unreadable
from rigwright.spec.operation import OperationList
from rigwright.spec.parts import Chip
from rigwright.spec.run import QUANTISATIONS, Machine, Prediction, Run
from rigwright.workload import decoder, lookup

GIB = 1024**3
NAMES_SHOWN = 8


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
    """Step time and memory of ``run`` on ``machine``.

    A decoder that is served or trained goes its own way.
    """
    if trained(run):
        config = lookup.decoder_of(run.model)
        return training.train(config, run, machine)
    _whole(run)
    if served(run):
        config = lookup.decoder_of(run.model)
        mode = "prefill" if run.mode == "prefill" else "decode"
        return serving.serve(config, replace(run, mode=mode), machine)
    prediction = predict.step(operations(run), run, machine, memory)
    if run.sharding != "none" or run.micro_batch or run.offload:
        words = "sharding, micro-batches and offload count for decoders only"
        prediction = replace(prediction, notes=(*prediction.notes, words))
    if machine.nodes is not None and machine.nodes > 1:
        words = "the network between nodes counts for the training of decoders only"
        prediction = replace(prediction, notes=(*prediction.notes, words))
    return replace(prediction, notes=(*prediction.notes, *said_of(operations(run))))


def said_of(ops: OperationList) -> tuple[str, ...]:
    """What a reader must know of a list: operations of unknown kind by name, and assumptions."""
    unknown = [f"{name} ({count:,} times)" for name, count in ops.unknown().items()]
    shown = ", ".join(unknown[:NAMES_SHOWN])
    if len(unknown) > NAMES_SHOWN:
        shown += f" and {len(unknown) - NAMES_SHOWN} more"
    words = f"unknown operations, costed as memory traffic with a wider range: {shown}"
    assumed = tuple(f"assumed while tracing: {line}" for line in ops.assumptions)
    return ((words,) if unknown else ()) + assumed


def _whole(run: Run) -> None:
    """Only the training of decoders is split over GPUs by layers or inside them."""
    for name in ("tensor_parallel", "pipeline_parallel"):
        if getattr(run, name) > 1:
            allowed = "1 unless a language model is trained"
            raise InputError("run", name, getattr(run, name), allowed)


def memory_bytes(run: Run, machine: Machine) -> float:
    """Peak memory of one GPU. [B]"""
    if served(run) or trained(run):
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


@functools.lru_cache(maxsize=256)
def _is_decoder(model: str) -> bool:
    return model.endswith(".json") or decoder.find(model) is not None


def trained(run: Run) -> bool:
    """A training step of a decoder.

    Forward and backward alone, on one GPU that holds everything, is what single operations are
    timed by: those stay with the model of operations.
    """
    if run.mode not in training.MODES or not _is_decoder(run.model):
        return False
    split = training.laid_out(run) or run.method != "full" or run.grad_checkpointing
    return run.mode == "train" or split


def _count(name: str, value: Any) -> int:
    try:
        count = int(float(1 if value in (None, "") else value))
    except (TypeError, ValueError, OverflowError):
        count = 0
    if count < 1:
        raise InputError("line", name, value, "a whole number of at least 1")
    return count


def _machine(values: dict[str, Any], chip: Chip) -> Machine:
    """The chips of a line, in nodes and on a network where it says so."""
    machine = machines.of_chip(chip, _count("gpu_count", values.get("gpu_count")))
    if values.get("nodes") not in (None, ""):
        machine = replace(machine, nodes=_count("nodes", values["nodes"]))
    if (given := values.get("network_gbit_s")) not in (None, ""):
        try:
            rate = float(given)
        except (TypeError, ValueError):
            rate = 0.0
        if not 0 < rate < 1e6:
            raise InputError("line", "network_gbit_s", given, "Gbit/s of one node's network")
        machine = replace(machine, network_bytes_per_s=rate * 1e9 / 8)
    return machine


def predict_one(values: dict[str, Any]) -> Predicted:
    """Answer one question in the input keys of the batch contract."""
    run = batch_lines.run_of(values)
    chip = batch_lines.chip_from(values.get("gpu"), chip_named)
    machine = _machine(values, chip)
    prediction = predict_run(run, machine)
    return Predicted(run, chip.name, machine.gpu_count, chip.vram_bytes, prediction)


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
        hint = "--batch-size" if str(path).isdigit() else ""
        raise unreadable(path, "--batch", error, "JSON lines", hint) from None
    with lines:
        yield from batch_lines.answers(lines, _line)
