"""Names and operation lists of a run."""

import functools
import re
from dataclasses import replace
from typing import Any

from rigwright.catalog.names.chipnames import resolve_chip
from rigwright.catalog.systems import system_of, whole_of
from rigwright.catalog.tables import load
from rigwright.plan.ask.kinds import is_decoder, served
from rigwright.plan.speed.results import Model
from rigwright.predict import memory
from rigwright.predict.chip.processor import in_turn, processor_chip
from rigwright.spec.errors import UnknownNameError
from rigwright.spec.operation import OperationList
from rigwright.spec.parts import Chip
from rigwright.spec.run import Run, is_quantised
from rigwright.workload import lookup, pipelines
from rigwright.workload.naming import folded


@functools.lru_cache(maxsize=64)
def operations(run: Run) -> OperationList:
    """The operation list of a run; kept, because many GPUs are asked about the same run.

    The user's own ``file.py:callable`` is run: these use cases serve a command line.
    """
    return lookup.operations(run, user_code=True)


@functools.lru_cache(maxsize=256)
def model_of(run: Run) -> Model:
    """The model of a run, and what its weights take."""
    name, resolved = run.model, lookup.resolved(run.model)
    if is_decoder(name):
        config = lookup.decoder_of(name)
        size = memory.stored(config, run).all(config)
        return Model(name, resolved, config.parameters, size)
    ops = operations(run)
    if pipeline := pipelines.asked(run):  # a picture model is as large as its denoiser
        ops = replace(ops, parameters=int(ops.meta["packed_parameters"]), buffers=0)
        resolved = name if folded(name) == folded(pipeline.name) else pipeline.name
    return Model(name, resolved, ops.parameters, memory.serving_state(ops, run).weights)


def read_notes(run: Run) -> tuple[str, ...]:
    """What reading the model took for granted, and a precision that only its name says."""
    if not is_decoder(run.model):
        return ()
    config = lookup.decoder_of(run.model)
    named = config.stored is None and run.precision == lookup.own_format(run.model)
    words = f"{run.precision} is what the name says: every product but the ends counts so"
    narrow = is_quantised(run.precision) or run.precision in ("fp8", "int8")
    return config.notes + ((words,) if named and narrow else ())


def chip_named(text: str) -> Chip:
    """A chip of the catalogue, by its name or that of the machine it is in (``DGX Spark``); for
    ``none`` a processor, whose name is said beside it (or ``CPU Core i9-12900K``), for ``A + B``
    cards that work in turn.

    Raises UnknownNameError with the nearest names.
    """
    if text.strip().lower() in ("none", "cpu"):
        return processor_chip()
    if text.strip().lower().startswith("cpu "):
        return replace(processor_chip(), name=text.strip()[4:].strip())
    if "+" in text:
        pieces = [counted(piece.strip()) for piece in text.split("+")]
        return in_turn([c for n, name in pieces for c in [chip_named(name)] * (n or 1)])
    try:
        return resolve_chip(text, load(Chip))
    except UnknownNameError:
        machine = whole_of(text, load(Chip)) if system_of(text) else None
        if machine is None or machine.chip is None:
            raise
        return machine.chip


_COUNTED = re.compile(r"\s*(\d{1,3})\s*[x\u00d7]\s+(\S[^+]*)", re.IGNORECASE)


def counted(text: str) -> tuple[int | None, str]:
    """``2x RTX 3090`` -> (2, "RTX 3090"); no number where none is written."""
    found = _COUNTED.fullmatch(text)
    return (None, text) if found is None else (int(found[1]), found[2])


def cards_said(gpu: Any, values: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Name of a question's GPU, and its values; ``2x RTX 3090`` says its own number."""
    number, name = counted(gpu) if isinstance(gpu, str) else (None, gpu)
    return name, values if number is None else values | {"gpu_count": max(number, 1)}


def replicas(run: Run, gpu_count: int) -> int:
    """Copies of the model that share a batch, each with an item at least; served models have one.

    A served model is split over its cards by layers or inside them.
    """
    return 1 if served(run) else gpu_count // (run.tensor_parallel * run.pipeline_parallel)


def on(run: Run, count: int) -> Run:
    """The run on so many GPUs: one alone has nobody to share with."""
    return replace(run, sharding="none") if count == 1 and run.sharding != "none" else run
