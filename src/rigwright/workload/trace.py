"""Operations of a torch module, traced with fake CPU tensors: no GPU, no weights, seconds.

The module runs forward and backward on shapes alone while every ATen operator is recorded, at two
batch sizes and sequence lengths (see ``symbolic``). What CUDA autocast would hold in 16 bit is
followed as a mark on each tensor, so one trace serves all precisions (see
``rigwright.spec.operation``). Needs the extra ``trace``.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from rigwright.spec.errors import RigwrightError
from rigwright.spec.operation import EXPONENTS, KINDS, MAX_DIMS, OperationList
from rigwright.workload import opaque, symbolic
from rigwright.workload.fusing import compiled
from rigwright.workload.recorder import FULL, Line, Recorder, tensors_in

Inputs = Callable[[int, int], Mapping[str, torch.Tensor] | Sequence[torch.Tensor]]
Loss = Callable[[Any], torch.Tensor]


class TraceError(RigwrightError):
    """The model cannot be traced; the message names the line of user code and what to do."""


@dataclass(slots=True)
class _Recorded:
    lines: list[Line]
    parameters: int
    trainable: int
    tensors: int
    buffers: int


def _user_line(error: BaseException) -> str:
    """file:line: text of the innermost frame that is neither torch nor this package."""
    frames = traceback.extract_tb(error.__traceback__)
    here = str(Path(__file__).parent)
    own = [f for f in frames if "site-packages" not in f.filename and here not in f.filename]
    frame = (own or list(frames))[-1]
    return f"{frame.filename}:{frame.lineno}: {frame.line}"


def _run(model: torch.nn.Module, inputs: Inputs, loss: Loss, batch: int, seq: int) -> _Recorded:
    """One forward and backward on fake tensors."""
    fake = FakeTensorMode(allow_non_fake_inputs=True)
    with fake:
        params = {
            n: torch.nn.Parameter(
                torch.empty(p.shape, dtype=p.dtype), requires_grad=p.requires_grad
            )
            for n, p in model.named_parameters()
        }
        buffers = {n: torch.empty(b.shape, dtype=b.dtype) for n, b in model.named_buffers()}
        given = inputs(batch, seq)
        recorder = Recorder([*params.values()], [*buffers.values()], tensors_in(given))
        args, kwargs = ((), dict(given)) if isinstance(given, Mapping) else (tuple(given), {})
        hooks = torch.autograd.graph.saved_tensors_hooks(recorder.pack, lambda t: t)
        with opaque.opaque_operators(), recorder, hooks:
            out = torch.func.functional_call(model, {**params, **buffers}, args, kwargs)
            result = loss(out)
            recorder.phase = 1
            result.backward()
        recorder.cast_gradients()
    trained = [p for p in params.values() if p.requires_grad]
    return _Recorded(
        recorder.lines,
        sum(p.numel() for p in params.values()),
        sum(p.numel() for p in trained),
        len(trained),
        sum(b.numel() for b in buffers.values() if b.is_floating_point()),
    )


def default_loss(out: Any) -> torch.Tensor:
    """Cross entropy over the last (or channel) dimension of the first floating output."""
    value = getattr(out, "logits", out)
    while isinstance(value, list | tuple):
        value = value[0]
    if isinstance(value, Mapping):
        value = next(iter(value.values()))
    if value.dim() == 2:
        target = torch.zeros(value.shape[0], dtype=torch.long)
        return torch.nn.functional.cross_entropy(value, target)
    return value.float().mean()


def trace(
    model: torch.nn.Module,
    inputs: Inputs,
    *,
    name: str,
    task: str,
    unit: str,
    img_size: int = 0,
    seq_len: int = 0,
    loss: Loss = default_loss,
) -> OperationList:
    """Trace ``model`` into an OperationList.

    inputs : (batch, seq) -> keyword or positional tensors, created under fake mode.
    seq_len : a typical length; 0 when the model has no sequence dimension.
    Raises TraceError naming the line that cannot be traced.
    """
    model.train()
    at = symbolic.points(seq_len)
    try:
        runs = [_run(model, inputs, loss, batch, seq) for batch, seq in at]
    except Exception as error:
        raise TraceError(
            f"{name}: cannot be traced: {type(error).__name__}: {str(error).splitlines()[0]}; "
            f"at {_user_line(error)}; try: take value-dependent code (.item(), if on a tensor, "
            "boolean masks) out of forward"
        ) from error
    return _symbolic(name, runs, at, (task, unit, img_size, seq_len))


def _same_operations(name: str, runs: Sequence[_Recorded]) -> None:
    """Raise TraceError at the first operator that only one batch size or length executes."""
    first, second = (
        [(x.kind, x.name, x.phase, len(x.reads), len(x.writes), len(x.saved)) for x in run.lines]
        for run in runs
    )
    if first != second:
        pairs = enumerate(zip(first, second, strict=False))
        index, there = next(
            ((i, a[1]) for i, (a, b) in pairs if a != b), (min(len(first), len(second)), "the end")
        )
        raise TraceError(
            f"{name}: the operations change with batch size or sequence length "
            f"({len(first)} and {len(second)} operators, first difference at number {index}: "
            f"{there}); try: a model whose control flow does not depend on them"
        )


def _fused(
    lines: Sequence[Line],
    traffic: Any,
    both: Sequence[Sequence[Line]],
    at: Sequence[symbolic.Point],
) -> tuple[Any, Any]:
    """Traffic [n, 6, monomials] of the compiled step and the lines that join an earlier kernel."""
    fused, joined = traffic.copy(), np.zeros(len(traffic), bool)
    for row, kept in enumerate(compiled([line.flow for line in lines])):
        one, two = (lines[row] for lines in both)
        if one.kind == "cast" and one.phase == 1:  # conversions of gradients join their makers
            fused[row], joined[row] = 0.0, True
            continue
        if all(kept.reads) and all(kept.writes) and not kept.joined:
            continue
        fused[row], joined[row] = 0.0, kept.joined
        for offset, keep, a, b in (
            (0, kept.reads, one.reads, two.reads), (3, kept.writes, one.writes, two.writes),
        ):  # fmt: skip
            symbolic.add(fused[row], offset, compress(zip(a, b, strict=True), keep), at)
    return fused, joined


def _symbolic(
    name: str,
    runs: Sequence[_Recorded],
    at: Sequence[symbolic.Point],
    about: tuple[str, str, int, int],
) -> OperationList:
    _same_operations(name, runs)
    run = runs[0]
    n = len(run.lines) + 1
    names = sorted({r.name for r in run.lines} | {"optimizer_step"})
    dims, exponents = np.zeros((n, MAX_DIMS)), np.zeros((n, MAX_DIMS, 2), np.int8)
    traffic, saved = np.zeros((n, 6, len(EXPONENTS))), np.zeros((n, 3, len(EXPONENTS)))
    for row, (one, two) in enumerate(zip(*(r.lines for r in runs), strict=True)):
        for d, values in enumerate(zip(one.dims, two.dims, strict=True)):
            dims[row, d], *exponents[row, d] = symbolic.monomial(values, at)
        symbolic.add(traffic[row], 0, zip(one.reads, two.reads, strict=True), at)
        symbolic.add(traffic[row], 3, zip(one.writes, two.writes, strict=True), at)
        symbolic.add(saved[row], 0, zip(one.saved, two.saved, strict=True), at)
    traffic[-1, FULL, 0] = 3.0 * run.trainable  # weight, gradient, momentum
    traffic[-1, 3 + FULL, 0] = 2.0 * run.trainable
    fused, joined = _fused(run.lines, traffic, [r.lines for r in runs], at)
    task, unit, img_size, seq_len = about
    kinds = [KINDS.index(r.kind) for r in run.lines] + [KINDS.index("optimizer")]
    used = [names.index(r.name) for r in run.lines] + [names.index("optimizer_step")]
    return OperationList(
        model=name, task=task, unit=unit, names=tuple(names),
        kind=np.array(kinds, np.uint8),
        phase=np.array([r.phase for r in run.lines] + [2], np.uint8),
        name=np.array(used, np.uint16),
        count=np.ones(n, np.int32),
        dims=dims, dim_exponents=exponents, traffic=traffic, saved=saved, fused=fused,
        joined=joined, parameters=run.parameters, trainable=run.trainable, buffers=run.buffers,
        parameter_tensors=run.tensors, img_size=img_size, seq_len=seq_len,
    )  # fmt: skip
