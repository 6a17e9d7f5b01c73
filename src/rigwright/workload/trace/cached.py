"""Operations of a model that is built and traced: ``file.py:callable``, ``timm:``, Hugging Face.

``file.py:callable`` runs the user's code; timm and transformers (extra ``trace``) build the others
without weights. For the command line only.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rigwright.spec.errors import InputError
from rigwright.spec.operation import OperationList
from rigwright.workload.sources import hub as hubmodel
from rigwright.workload.sources import timm_model as timmmodel
from rigwright.workload.sources.source import HUB, TIMM, Source, Tell, need, wants_memory
from rigwright.workload.trace import userfile


def is_traceable(name: str) -> bool:
    """Whether a name says that a module is to be built: a prefix, a user's file, a config.json."""
    return userfile.is_user_file(name) or name.startswith((*TIMM, HUB)) or name.endswith(".json")


def traced(
    name: str, *, img_size: int | None = None, seq_len: int | None = None, tell: Tell | None = None
) -> OperationList:
    """Operations of the model that ``name`` means, traced.

    Raises InputError for a bad name or file or without the extra, TraceError for a bad model.
    """
    need("torch", name)
    import torch

    say: Tell = tell or (lambda _: None)
    build = _builder(name, img_size, seq_len)
    say(f"building {name} without weights")
    source = None
    try:
        with torch.device("meta"):
            source = build()
        return _operations(name, source, say)
    except InputError:
        raise
    except Exception as error:
        if not wants_memory(error) or (source and not _fits(source)):
            raise
    say(f"building {name} in memory: its code reads values while it is built")
    return _operations(name, build(), say)


def _fits(source: Source) -> bool:
    """Whether the weights take at most half of this computer's memory."""
    elements = sum(p.numel() for p in source.module.parameters())
    try:
        memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return True
    return bool(4 * elements <= memory_bytes / 2)


def _builder(name: str, img_size: int | None, seq_len: int | None) -> Callable[[], Source]:
    if userfile.is_user_file(name):
        return lambda: userfile.source(name, img_size, seq_len)
    prefix = next((p for p in TIMM if name.startswith(p)), None)
    if prefix:
        return lambda: timmmodel.source(name.removeprefix(prefix), img_size)
    if name.endswith(".json") or name.startswith(HUB):
        return lambda: hubmodel.source(name, img_size, seq_len)
    raise InputError("trace", "model", name, "file.py:callable, timm:NAME, config.json or hf:NAME")


def _operations(name: str, source: Source, tell: Tell) -> OperationList:
    from rigwright.workload.trace.tracer import Ask, default_loss, trace

    label = name if name.startswith(HUB) else Path(name).name  # no directories of a user's machine
    ask = Ask(
        model=source.module, inputs=source.inputs, name=label, task=source.task,
        unit=source.unit, img_size=source.img_size, seq_len=source.seq_len,
        loss=source.loss or default_loss, tell=tell,
    )  # fmt: skip
    ops = trace(ask)
    meta = {**dict(source.meta), **ops.meta}
    return replace(ops, meta=meta, assumptions=(*source.notes, *ops.assumptions))
