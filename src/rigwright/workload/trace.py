"""Operations of a torch module, traced with fake CPU tensors: no GPU, no weights, seconds.

The module runs forward and backward on shapes alone while every ATen operator is recorded, at two
batch sizes and sequence lengths (see ``symbolic``). What CUDA autocast would hold in 16 bit is
followed as a mark on each tensor, so one trace serves all precisions (see
``rigwright.spec.operation``). Needs the extra ``trace``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from rigwright.spec.errors import RigwrightError
from rigwright.spec.operation import EXPONENTS, KINDS, MAX_DIMS, OperationList
from rigwright.workload import opaque, opdims, symbolic
from rigwright.workload.opnames import AUTOCAST_FULL, AUTOCAST_LOW, VIEWS, kind_of

LOW, FULL, FIXED = 0, 1, 2
Inputs = Callable[[int, int], Mapping[str, torch.Tensor] | Sequence[torch.Tensor]]
Loss = Callable[[Any], torch.Tensor]


class TraceError(RigwrightError):
    """The model cannot be traced; the message names the line of user code and what to do."""


@dataclass(slots=True)
class Line:
    """One executed operator: tensors as (class, elements), dims by kind."""

    kind: str
    name: str
    phase: int
    dims: tuple[int, ...]
    reads: list[tuple[int, int]]
    writes: list[tuple[int, int]]
    saved: list[tuple[int, int]] = field(default_factory=list)


def _key(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _tensors(value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [t for v in value for t in _tensors(v)]
    if isinstance(value, Mapping):
        return [t for v in value.values() for t in _tensors(v)]
    return []


class _Recorder(TorchDispatchMode):  # type: ignore[misc, unused-ignore]  # torch is optional
    """Records operators; ``mark`` is the autocast class of each storage."""

    def __init__(self, parameters: Sequence[torch.Tensor], inputs: Sequence[torch.Tensor]) -> None:
        super().__init__()
        self.inputs = {_key(t) for t in inputs}
        self.input_cast: Line | None = None
        self.lines: list[Line] = []
        self.phase = 0
        self.mark: dict[int, int] = {}
        self.parameters = {_key(p) for p in parameters}
        self.cast_weights: set[int] = set()
        self.casts: dict[int, Line] = {}  # the latest cast of each tensor
        self.copied: dict[int, tuple[Line, Line, tuple[int, int]]] = {}
        self.seen: set[int] = set()
        self.pending: list[torch.Tensor] = []
        self.last_outputs: set[int] = set()
        self.alive: list[Any] = []  # storages, so that keys stay unique

    def mark_of(self, tensor: torch.Tensor) -> int:
        if not tensor.is_floating_point():
            return FIXED
        return self.mark.get(_key(tensor), FULL)

    def size(self, tensor: torch.Tensor, mark: int | None = None) -> tuple[int, int]:
        kind = self.mark_of(tensor)
        if kind == FIXED:
            return FIXED, tensor.numel() * tensor.element_size()
        return (kind if mark is None else mark), tensor.numel()

    def emit(self, kind: str, name: str, dims: tuple[int, ...], reads: Any, writes: Any) -> None:
        self.lines.append(Line(kind, name, self.phase, dims, list(reads), list(writes)))

    # -- what autograd keeps -------------------------------------------------------------
    def pack(self, tensor: torch.Tensor) -> torch.Tensor:
        if self.phase == 0 and _key(tensor) not in self.parameters:
            if self.lines and _key(tensor) in self.last_outputs:
                self._keep(tensor, self.lines[-1])
            else:
                self.pending.append(tensor)
        return tensor

    def _keep(self, tensor: torch.Tensor, line: Line) -> None:
        key, mark = _key(tensor), self.mark_of(tensor)
        cast_copy = line.name in AUTOCAST_LOW and mark == FULL
        if cast_copy:
            self._keep_copy(tensor, line)
            return
        if key in self.seen:
            return
        self.seen.add(key)
        if key in self.copied:  # then its copy exists under autocast alone
            at, cast, copy = self.copied.pop(key)
            at.saved.remove(copy)
            cast.saved.append(copy)
        storage = tensor.untyped_storage().nbytes()
        elements = storage if mark == FIXED else storage // tensor.element_size()
        line.saved.append((mark, elements))

    def _keep_copy(self, tensor: torch.Tensor, line: Line) -> None:
        """Autocast keeps its 16-bit copy, one per consumer; without autocast it is the tensor.

        So the first copy belongs to the consumer, further ones to the cast that makes them.
        """
        key, copy = _key(tensor), (LOW, tensor.numel())
        cast = self.casts[key]
        if key in self.seen or key in self.copied:
            cast.saved.append(copy)
        else:
            line.saved.append(copy)
            self.copied[key] = (line, cast, copy)

    # -- operators -----------------------------------------------------------------------
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = func._schema.name.split("::")[1]
        inputs, outputs = _tensors((args, kwargs or {})), _tensors(out)
        self.alive.extend(t.untyped_storage() for t in outputs)
        if name in VIEWS or not (outputs or func._schema.is_mutable):
            if inputs and inputs[0].is_floating_point():
                for t in outputs:
                    self.mark.setdefault(_key(t), self.mark_of(inputs[0]))
                    if _key(inputs[0]) in self.parameters and _key(t) == _key(inputs[0]):
                        self.parameters.add(_key(t))
            return out
        mark = self._casts(name, inputs)
        first = len(self.lines)
        if not name.endswith("_") or name.startswith("_"):
            for t in outputs:
                if t.is_floating_point():
                    self.mark[_key(t)] = mark
        self._record(name, args, inputs, outputs, mark)
        self.last_outputs = {_key(t) for t in outputs}
        if name in opaque.NAMES:  # these keep their inputs after they ran, others before
            self.last_outputs |= {_key(t) for t in inputs}
        if self.phase == 0 and self.pending and len(self.lines) > first:
            for t in self.pending:
                self._keep(t, self.lines[-1])
            self.pending.clear()
        return out

    def _casts(self, name: str, inputs: list[torch.Tensor]) -> int:
        """Emit the casts autocast inserts before ``name``; returns the class of its outputs."""
        floats = [t for t in inputs if t.is_floating_point()]
        if name in AUTOCAST_LOW:
            for t in floats:
                if self.mark_of(t) == FULL and t.numel() > 1 and self.phase == 0:
                    self._cast_down(t)
            return LOW
        if name in AUTOCAST_FULL and self.phase == 0:
            for t in floats:
                if self.mark_of(t) == LOW and t.numel() > 1:
                    self.emit("cast", "cast", (), [(LOW, t.numel())], [(FULL, t.numel())])
            return FULL
        if "batch_norm" in name and inputs:
            return self.mark_of(inputs[0])
        if name.endswith(("layer_norm_backward", "group_norm_backward")):
            return FULL
        data = [t for t in floats if t.dim() > 0 and _key(t) not in self.parameters]
        marks = {self.mark_of(t) for t in (data or floats)}
        return LOW if marks == {LOW} else FULL

    def cast_gradients(self) -> None:
        """Every cast of the forward pass is undone on its gradient; the input has none."""
        for line in [x for x in self.lines if x.kind == "cast" and x.phase == 0]:
            if line is not self.input_cast:
                self.emit("cast", "cast", (), line.writes, line.reads)

    def _cast_down(self, tensor: torch.Tensor) -> None:
        key, weight = _key(tensor), _key(tensor) in self.parameters
        if weight and key in self.cast_weights:
            return  # autocast keeps the 16-bit copy of a weight for the whole step
        if weight:
            self.cast_weights.add(key)
        n = tensor.numel()
        self.emit("cast", "cast", (), [(FULL, n)], [(LOW, n)])
        self.casts[key] = self.lines[-1]
        if key in self.inputs:
            self.input_cast = self.lines[-1]

    def _record(
        self, name: str, args: Any, inputs: list[Any], outputs: list[Any], mark: int
    ) -> None:
        kind = kind_of(name)
        forced = LOW if name in AUTOCAST_LOW else None
        distinct = list({id(t): t for t in inputs}.values())
        reads = [self.size(t, forced) for t in distinct]
        writes = [self.size(t) for t in outputs]
        if name == "convolution_backward":
            self._convolution_backward(args, outputs)
            return
        dims = opdims.DIMS[kind](args, outputs) if kind in opdims.DIMS else ()
        if kind == "gather":
            reads = writes + [r for r in reads if r[0] == FIXED]
        elif kind == "fill":
            reads = []
        elif kind == "scatter" and "backward" in name:
            reads = [self.size(inputs[0])]
        elif name in ("slice_backward", "select_backward", "copy_"):
            reads = [self.size(distinct[-1])]
        if name.endswith("_") and not name.startswith("_") and not outputs:
            writes = reads[:1]
        self.emit(kind, name, dims, reads, writes)

    def _convolution_backward(self, args: Any, outputs: list[Any]) -> None:
        grad, x, weight, mask = args[0], args[1], args[2], args[10]
        dims = opdims.convolution(x, weight, grad, args[4], args[6], args[9], bool(args[7]))
        g, n_x, n_w = grad.numel(), x.numel(), weight.numel()
        name, grads = "convolution_backward", (LOW, g)
        if mask[0]:
            self.emit("conv_dgrad", name, dims, [grads, (LOW, n_w)], [(LOW, n_x)])
        if mask[1]:
            self.emit("conv_wgrad", name, dims, [grads, (LOW, n_x)], [(LOW, n_w)])
        if mask[2]:
            channels = weight.shape[0]
            self.emit("reduction", "bias_gradient", (), [(LOW, g)], [(LOW, channels)])


@dataclass(slots=True)
class _Recorded:
    lines: list[Line]
    parameters: int
    trainable: int
    tensors: int
    buffers: int


def _user_line(error: BaseException) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "site-packages" not in f.filename and "rigwright" not in f.filename]
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
        recorder = _Recorder(list(params.values()), _tensors(given))
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
    task, unit, img_size, seq_len = about
    kinds = [KINDS.index(r.kind) for r in run.lines] + [KINDS.index("optimizer")]
    used = [names.index(r.name) for r in run.lines] + [names.index("optimizer_step")]
    return OperationList(
        model=name, task=task, unit=unit, names=tuple(names),
        kind=np.array(kinds, np.uint8),
        phase=np.array([r.phase for r in run.lines] + [2], np.uint8),
        name=np.array(used, np.uint16),
        count=np.ones(n, np.int32),
        dims=dims, dim_exponents=exponents, traffic=traffic, saved=saved,
        parameters=run.parameters, trainable=run.trainable, buffers=run.buffers,
        parameter_tensors=run.tensors, img_size=img_size, seq_len=seq_len,
    )  # fmt: skip
