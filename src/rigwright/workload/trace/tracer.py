"""Operations of a torch module, traced with fake CPU tensors: no GPU, no weights, seconds.

The module runs forward and backward on shapes alone while every ATen operator is recorded, at two
batch sizes and sequence lengths (see ``symbolic``). What CUDA autocast would hold in 16 bit is
followed as a mark on each tensor, so one trace serves all precisions (see
``rigwright.spec.operation``). Needs the extra ``trace``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from rigwright.spec.errors import RigwrightError
from rigwright.spec.operation import EXPONENTS, KINDS, MAX_DIMS, OperationList
from rigwright.workload.trace import opaque, symbolic, untraceable
from rigwright.workload.trace.fusing import compiled
from rigwright.workload.trace.recorder import FULL, Line, Recorder, tensors_in
from rigwright.workload.trace.shapesonly import shapes_only
from rigwright.workload.trace.userline import Place, running

Inputs = Callable[[int, int], Mapping[str, torch.Tensor] | Sequence[torch.Tensor]]
Loss = Callable[[Any], torch.Tensor]
FORWARD_ONLY = "nothing is trained: no parameter leads to the loss, so there is no backward pass"


class TraceError(RigwrightError):
    """The model cannot be traced; the message names the line of user code and what to do."""


@dataclass(slots=True)
class _Recorded:
    lines: list[Line]
    parameters: int
    trainable: int
    tensors: int
    buffers: int
    backward: bool
    assumptions: list[str]
    place: Place | None = None
    """Where the line number ``watch`` was executed."""


def _run(ask: "Ask", batch: int, seq: int, watch: int = -1) -> _Recorded:
    """One forward and backward on fake tensors. watch : line whose place in user code is wanted."""
    model = ask.model
    fake = FakeTensorMode(allow_non_fake_inputs=True)
    with fake:
        params = {
            n: torch.nn.Parameter(
                torch.empty(p.shape, dtype=p.dtype), requires_grad=p.requires_grad
            )
            for n, p in model.named_parameters()
        }
        buffers = {n: torch.empty(b.shape, dtype=b.dtype) for n, b in model.named_buffers()}
        with shapes_only() as shapes:
            given = ask.inputs(batch, seq)
            args, kwargs = ((), dict(given)) if isinstance(given, Mapping) else (tuple(given), {})
            recorder = Recorder([*params.values()], [*buffers.values()], tensors_in(given))
            recorder.tell, recorder.watch = ask.tell, watch
            recorder.assume = lambda text: shapes.assume(f"{text}: {running() or 'in a library'}")
            hooks = torch.autograd.graph.saved_tensors_hooks(recorder.pack, lambda t: t)
            with opaque.opaque_operators(), recorder, hooks:
                out = torch.func.functional_call(model, {**params, **buffers}, args, kwargs)
                result = ask.loss(out)
                recorder.phase = 1
                if result.requires_grad:
                    result.backward()
        recorder.cast_gradients()
    trained = [p for p in params.values() if p.requires_grad]
    return _Recorded(
        recorder.lines,
        sum(p.numel() for p in params.values()),
        sum(p.numel() for p in trained),
        len(trained),
        sum(b.numel() for b in buffers.values() if b.is_floating_point()),
        result.requires_grad,
        shapes.assumptions,
        recorder.place,
    )


def default_loss(out: Any) -> torch.Tensor:
    """The loss that the model returned, else cross entropy over the classes of its first output.

    Two dimensions count as [batch, classes]; more as a map of which the mean is taken.
    """
    own = getattr(out, "loss", None)
    value = own if isinstance(own, torch.Tensor) else getattr(out, "logits", out)
    while not isinstance(value, torch.Tensor):
        if isinstance(value, Mapping) and value:
            value = value.get("loss", next(iter(value.values())))
        elif isinstance(value, list | tuple) and value:
            value = value[0]
        else:
            raise TypeError(f"the output {type(value).__name__} holds no tensor to train on")
    if value.dim() == 2 and value.shape[1] > 1 and value.is_floating_point():
        target = torch.zeros(value.shape[0], dtype=torch.long)
        return torch.nn.functional.cross_entropy(value, target)
    return value.float().mean()


def next_token_loss(out: Any) -> torch.Tensor:
    """Cross entropy of every position of a text model; ``default_loss`` of another shape."""
    logits = getattr(out, "logits", out)
    if (
        getattr(out, "loss", None) is None
        and isinstance(logits, torch.Tensor)
        and logits.dim() == 3
    ):
        flat = logits.flatten(0, 1)
        target = torch.zeros(flat.shape[0], dtype=torch.long)
        return torch.nn.functional.cross_entropy(flat, target)
    return default_loss(out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is traced. inputs : (batch, seq) -> keyword or positional tensors, made under fake mode.

    seq_len : a typical length; 0 when the model has no sequence dimension.
    tell : called with a line of progress now and then.
    """

    model: torch.nn.Module
    inputs: Inputs
    name: str
    task: str
    unit: str
    img_size: int = 0
    seq_len: int = 0
    loss: Loss = default_loss
    tell: Callable[[str], None] = lambda _: None


def trace(ask: Ask) -> OperationList:
    """Trace a model into an OperationList. Raises TraceError naming the line that cannot be."""
    model = getattr(ask.model, "_orig_mod", ask.model)  # torch.compile's wrapper
    model.train()
    ask = replace(ask, model=model)
    seq_len, at = ask.seq_len, symbolic.points(ask.seq_len)
    runs = _runs(ask, at)
    meta: dict[str, float] = {}
    if not _same(runs):
        if not seq_len:
            raise _changing(ask, runs, at, "batch size")
        # A loop over the sequence: then the list holds at this length alone.
        fixed = [(batch, seq_len) for batch, _ in at]
        again = _runs(ask, fixed)
        if not _same(again):
            raise _changing(ask, runs, at, "batch size or sequence length")
        runs, at, meta = again, symbolic.points(0), {"fixed_seq": float(seq_len)}
    ask.tell("solving for batch and sequence")
    return replace(_symbolic(ask, runs, at), meta=meta)


def _runs(ask: Ask, at: Sequence[symbolic.Point]) -> list[_Recorded]:
    """The model at every point. Raises TraceError."""
    runs = []
    for number, (batch, seq) in enumerate(at, 1):
        where = f"batch {batch}" + (f", {seq} tokens" if seq > 1 else "")
        ask.tell(f"forward and backward on shapes, {where} ({number} of {len(at)})")
        try:
            runs.append(_run(ask, batch, seq))
        except Exception as error:
            raise TraceError(untraceable.message(ask.name, error)) from error
    return runs


def _shape(line: Line) -> tuple[Any, ...]:
    counts = (len(line.reads), len(line.writes), len(line.saved))
    return (line.kind, line.name, line.phase, *counts)


def _same(runs: Sequence[_Recorded]) -> bool:
    """Whether every point executes the same operators."""
    first, second = ([_shape(line) for line in run.lines] for run in runs)
    return first == second


def _changing(
    ask: Ask, runs: Sequence[_Recorded], at: Sequence[symbolic.Point], what: str
) -> TraceError:
    """The error at the first operator that only one batch size or length executes."""
    first, second = ([_shape(line) for line in run.lines] for run in runs)
    pairs = enumerate(zip(first, second, strict=False))
    index = next((i for i, (a, b) in pairs if a != b), min(len(first), len(second)))
    longer = int(len(second) > len(first))
    place = _run(ask, *at[longer], watch=index).place
    return TraceError(
        f"{ask.name}: cannot be traced: the operations change with {what} ({len(first):,} "
        f"operators at {at[0]}, {len(second):,} at {at[1]} of batch and tokens), first at "
        f"{place or 'the end'}; "
        "try: a model whose control flow does not depend on it"
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


def _symbolic(ask: Ask, runs: Sequence[_Recorded], at: Sequence[symbolic.Point]) -> OperationList:
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
    kinds = [KINDS.index(r.kind) for r in run.lines] + [KINDS.index("optimizer")]
    used = [names.index(r.name) for r in run.lines] + [names.index("optimizer_step")]
    return OperationList(
        model=ask.name, task=ask.task, unit=ask.unit, names=tuple(names),
        kind=np.array(kinds, np.uint8),
        phase=np.array([r.phase for r in run.lines] + [2], np.uint8),
        name=np.array(used, np.uint16),
        count=np.ones(n, np.int32),
        dims=dims, dim_exponents=exponents, traffic=traffic, saved=saved, fused=fused,
        joined=joined, parameters=run.parameters, trainable=run.trainable, buffers=run.buffers,
        parameter_tensors=run.tensors, img_size=ask.img_size, seq_len=ask.seq_len,
        assumptions=tuple(run.assumptions) + (() if run.backward else (FORWARD_ONLY,)),
    )  # fmt: skip
