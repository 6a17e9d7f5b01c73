"""Records the operators of a running module and what autograd keeps of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from rigwright.workload import opaque, opdims
from rigwright.workload.opnames import (
    AUTOCAST_FULL,
    AUTOCAST_LOW,
    KEEPS_RESULT,
    KEEPS_STATISTICS,
    VIEWS,
    kind_of,
)

LOW, FULL, FIXED = 0, 1, 2


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


def tensors_in(value: Any) -> list[torch.Tensor]:
    """Every tensor of nested lists, tuples and mappings."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [t for v in value for t in tensors_in(v)]
    if isinstance(value, Mapping):
        return [t for v in value.values() for t in tensors_in(v)]
    return []


def _kept_results(
    name: str, inputs: list[torch.Tensor], outputs: list[torch.Tensor]
) -> list[torch.Tensor]:
    """What autograd may keep right after an operator ran; other inputs are kept before it."""
    if name in opaque.NAMES:
        return inputs + outputs
    if name in KEEPS_STATISTICS:
        return outputs[1:]
    return (outputs or inputs[:1]) if name in KEEPS_RESULT else []


class Recorder(TorchDispatchMode):  # type: ignore[misc, unused-ignore]  # torch is optional
    """Records operators; ``mark`` is the autocast class of each storage."""

    def __init__(
        self,
        parameters: Sequence[torch.Tensor],
        buffers: Sequence[torch.Tensor],
        inputs: Sequence[torch.Tensor],
    ) -> None:
        super().__init__()
        self.buffers = {_key(b) for b in buffers}
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
        self.results: set[int] = set()  # what the latest operator may keep after it ran
        self.alive: list[Any] = []  # storages, so that keys stay unique

    def mark_of(self, tensor: torch.Tensor) -> int:
        """LOW, FULL or FIXED."""
        if not tensor.is_floating_point():
            return FIXED
        return self.mark.get(_key(tensor), FULL)

    def size(self, tensor: torch.Tensor, mark: int | None = None) -> tuple[int, int]:
        """(class, elements); bytes for what no precision changes."""
        kind = self.mark_of(tensor)
        if kind == FIXED:
            return FIXED, tensor.numel() * tensor.element_size()
        return (kind if mark is None else mark), tensor.numel()

    def emit(self, kind: str, name: str, dims: tuple[int, ...], reads: Any, writes: Any) -> None:
        """Append one line."""
        self.lines.append(Line(kind, name, self.phase, dims, list(reads), list(writes)))

    # -- what autograd keeps -------------------------------------------------------------
    def pack(self, tensor: torch.Tensor) -> torch.Tensor:
        """Autograd's hook for each tensor that it keeps."""
        key = _key(tensor)
        if self.phase == 0 and key not in self.parameters and key not in self.buffers:
            if key in self.results:  # kept by the operator that just ran
                self.results.discard(key)
                self._keep(tensor, self.lines[-1])
            else:  # kept by the operator that runs next
                self.pending.append(tensor)
        return tensor

    def _keep(self, tensor: torch.Tensor, line: Line) -> None:
        key, mark = _key(tensor), self.mark_of(tensor)
        wanted = LOW if line.name in AUTOCAST_LOW else FULL if line.name in AUTOCAST_FULL else mark
        if mark != FIXED and wanted != mark:
            self._keep_copy(tensor, line, wanted)
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

    def _keep_copy(self, tensor: torch.Tensor, line: Line, mark: int) -> None:
        """Autocast keeps its converted copy, one per consumer; without autocast it is the tensor.

        So the first copy belongs to the consumer, further ones to the cast that makes them.
        """
        key, copy = _key(tensor), (mark, tensor.numel())
        cast = self.casts.get(key, line)  # a few elements are converted without a line
        if key in self.seen or key in self.copied:
            cast.saved.append(copy)
        else:
            line.saved.append(copy)
            self.copied[key] = (line, cast, copy)

    # -- operators -----------------------------------------------------------------------
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = func._schema.name.split("::")[1]
        if name != "device":  # a question, no operator
            self.results = set()
        inputs, outputs = tensors_in((args, kwargs or {})), tensors_in(out)
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
            for i, t in enumerate(outputs):
                if t.is_floating_point():
                    self.mark[_key(t)] = FULL if i and name in KEEPS_STATISTICS else mark
        self._record(name, args, inputs, outputs, mark)
        self.results = {_key(t) for t in _kept_results(name, inputs, outputs)}
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
                    self.casts[_key(t)] = self.lines[-1]
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
