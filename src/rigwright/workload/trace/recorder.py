"""Records the operators of a running module and what autograd keeps of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from rigwright.spec.operation import PHASES
from rigwright.workload.operations import dims as opdims
from rigwright.workload.operations import names
from rigwright.workload.trace import userline
from rigwright.workload.trace.fusing import Flow

LOW, FULL, FIXED = 0, 1, 2
TELL_EVERY = 500


@dataclass(slots=True)
class Line:
    """One executed operator: tensors as (class, elements), dims by kind; flow: where they go."""

    kind: str
    name: str
    phase: int
    dims: tuple[int, ...]
    reads: list[tuple[int, int]]
    writes: list[tuple[int, int]]
    saved: list[tuple[int, int]] = field(default_factory=list)
    flow: Flow = field(default_factory=lambda: Flow("other", 0))


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


_OWN = ("aten", "prim", "prims", "rigwright")


def operator_name(schema: str) -> str:
    """``mm`` of torch itself, ``mylib::mm`` of anyone else: that one may do anything."""
    space, _, name = schema.partition("::")
    return name if space in _OWN else schema


def overwritten(schema: Any, args: Any, kwargs: Any) -> list[torch.Tensor]:
    """Tensors that an operator without result writes into."""
    given = {a.name: value for a, value in zip(schema.arguments, args, strict=False)} | kwargs
    return [
        tensor
        for a in schema.arguments
        if a.alias_info is not None and a.alias_info.is_write and a.name in given
        for tensor in tensors_in(given[a.name])
    ]


def _kept_results(
    name: str, inputs: list[torch.Tensor], outputs: list[torch.Tensor]
) -> list[torch.Tensor]:
    """What autograd may keep right after an operator ran; other inputs are kept before it."""
    if name in names.WHOLE or "::" in name:  # custom operators say so after they ran
        return inputs + outputs
    if name in names.KEEPS_STATISTICS:
        return outputs[1:]
    return (outputs or inputs[:1]) if name in names.KEEPS_RESULT else []


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
        self.operator: Line = Line("other", "", 0, (), [], [])  # line of the latest operator
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
        self.maker: dict[Any, int] = {}  # line that wrote a storage, or made a 16-bit copy of it
        self.assume: Callable[[str], None] = lambda _: None
        self.tell: Callable[[str], None] = lambda _: None
        self.watch = -1  # number of a line
        self.place: userline.Place | None = None  # the user's code that made it
        self.half_softmax: set[int] = set()  # results whose input autocast held in 16 bit

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
        """Append one line; its flow knows nothing of where the tensors come from."""
        reads, writes = list(reads), list(writes)
        if len(self.lines) == self.watch:
            self.place = userline.running()
        if len(self.lines) % TELL_EVERY == TELL_EVERY - 1:
            self.tell(f"{len(self.lines) + 1:,} operators, {PHASES[self.phase]}")
        flow = Flow(
            kind, self.phase, [(-1, (object(),)) for _ in reads], [object() for _ in writes]
        )
        self.lines.append(Line(kind, name, self.phase, dims, reads, writes, flow=flow))

    def source(self, tensor: torch.Tensor, copy: int | None = None) -> tuple[int, Any]:
        """(line that made ``tensor``, its identity); copy : the class autocast converted it to."""
        key = _key(tensor)
        whole = (key, copy) if copy is not None and (key, copy) in self.maker else (key, None)
        made = self.maker.get(whole, -1)
        identity = (*whole, made)
        return made, (identity, tensor.storage_offset(), tensor.numel())

    def made(self, tensor: torch.Tensor, copy: int | None = None) -> Any:
        """Identity of ``tensor`` (or its converted copy) as the latest line wrote it."""
        line = len(self.lines) - 1
        key = _key(tensor)
        if copy is None:
            for cls in (LOW, FULL):
                self.maker.pop((key, cls), None)  # an older copy no longer holds
        self.maker[key, copy] = line
        return (key, copy, line)

    # -- what autograd keeps -------------------------------------------------------------
    def pack(self, tensor: torch.Tensor) -> torch.Tensor:
        """Autograd's hook for each tensor that it keeps."""
        key = _key(tensor)
        if self.phase == 0 and key not in self.parameters and key not in self.buffers:
            if key in self.results:  # kept by the operator that just ran
                self.results.discard(key)
                self._keep(tensor, self.operator)
            else:  # kept by the operator that runs next
                self.pending.append(tensor)
        return tensor

    def _keep(self, tensor: torch.Tensor, line: Line) -> None:
        key, mark = _key(tensor), self.mark_of(tensor)
        wanted = (
            LOW if line.name in names.AUTOCAST_LOW else FULL if self._raised(line.name) else mark
        )
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

    @staticmethod
    def _raised(name: str) -> bool:
        """Whether autocast converts the operator's inputs to 32 bit beforehand."""
        return name in names.AUTOCAST_FULL and name not in names.CONVERT_INSIDE

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
        name, kwargs = operator_name(func._schema.name), kwargs or {}
        made = opdims.all_selected(func, name, args, kwargs)
        if made is None:
            out = func(*args, **kwargs)
        else:
            out = made[0]
            self.assume(made[1])
        if name != "device":  # a question, no operator
            self.results = set()
        inputs, outputs = tensors_in((args, kwargs)), tensors_in(out)
        self.alive.extend(t.untyped_storage() for t in outputs)
        changed = [] if outputs else overwritten(func._schema, args, kwargs)
        custom = "::" in name  # never dropped, whatever it returns
        if name in names.VIEWS or not (outputs or func._schema.is_mutable or custom):
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
                    self.mark[_key(t)] = FULL if i and name in names.KEEPS_STATISTICS else mark
        self._record(name, args, inputs, outputs or changed, mark)
        self.results = {_key(t) for t in _kept_results(name, inputs, outputs)}
        if self.phase == 0 and self.pending and len(self.lines) > first:
            for t in self.pending:
                self._keep(t, self.operator)
            self.pending.clear()
        return out

    def _casts(self, name: str, inputs: list[torch.Tensor]) -> int:
        """Emit the casts autocast inserts before ``name``; returns the class of its outputs."""
        floats = [t for t in inputs if t.is_floating_point()]
        if name in names.AUTOCAST_LOW:
            for t in floats:
                if self.mark_of(t) == FULL and t.numel() > 1 and self.phase == 0:
                    self._cast_down(t)
            return LOW
        if name in names.AUTOCAST_FULL and self.phase == 0:
            for t in floats:
                if self.mark_of(t) == LOW and t.numel() > 1 and self._raised(name):
                    self._cast(t, LOW, FULL)
            return FULL
        if "batch_norm" in name and inputs:
            return self.mark_of(inputs[0])
        if name.endswith(("layer_norm_backward", "group_norm_backward")):
            return FULL
        if name.endswith("softmax_backward_data") and len(inputs) > 1:
            return LOW if _key(inputs[1]) in self.half_softmax else FULL
        # Type promotion: any 32-bit tensor, weights too, makes the result 32 bit; scalars do not.
        marks = {self.mark_of(t) for t in ([t for t in floats if t.dim() > 0] or floats)}
        return LOW if marks == {LOW} else FULL

    def _cast(self, tensor: torch.Tensor, before: int, after: int) -> None:
        n, source = tensor.numel(), self.source(tensor)
        self.emit("cast", "cast", (), [(before, n)], [(after, n)])
        line = self.lines[-1]
        line.flow.reads, line.flow.writes = [source], [self.made(tensor, after)]
        self.casts[_key(tensor)] = line

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
        self._cast(tensor, FULL, LOW)
        if key in self.inputs:
            self.input_cast = self.lines[-1]

    def _record(
        self, name: str, args: Any, inputs: list[Any], outputs: list[Any], mark: int
    ) -> None:
        kind = names.kind_of(name)
        forced = LOW if name in names.AUTOCAST_LOW else None
        if self._raised(name) and self.phase == 0:
            forced = FULL
        distinct = list({id(t): t for t in inputs}.values())
        reads = [self.size(t, forced) for t in distinct]
        sources = [self.source(t, forced) for t in distinct]
        writes = [self.size(t) for t in outputs]
        if name == "convolution_backward":
            self._convolution_backward(args, outputs)
            self.operator = self.lines[-1]
            return
        find = opdims.BY_NAME.get(name) or opdims.DIMS.get(kind)
        dims = find(args, outputs) if find else ()
        if kind == "gather":
            fixed = [i for i, r in enumerate(reads) if r[0] == FIXED]
            sources = sources[:1] * len(writes) + [sources[i] for i in fixed]
            reads = writes + [reads[i] for i in fixed]
        elif kind == "fill":
            reads, sources = [], []
        elif kind == "scatter" and "backward" in name:
            reads, sources = [self.size(inputs[0])], [self.source(inputs[0])]
        elif name in ("slice_backward", "select_backward", "copy_"):
            reads, sources = [self.size(distinct[-1])], [self.source(distinct[-1])]
        changed = outputs
        if name.endswith("_") and not name.startswith("_") and not outputs:
            writes, changed = reads[:1], distinct[:1]
        if kind.startswith("attention") and args[kind.endswith("backward")].dim() != 4:
            name += "_math"  # fused kernels take (batch, heads, tokens, width) alone
        self.emit(kind, name, dims, reads, writes)
        self.operator = self.lines[-1]
        flow = self.operator.flow
        flow.reads, flow.writes = sources, [self.made(t) for t in changed[: len(writes)]]
        if kind == "softmax" and self.mark_of(inputs[0]) == LOW:
            self.half_softmax |= {_key(t) for t in outputs}
        if name == "convolution" and args[2] is not None:
            self._convolution_bias(args, outputs[0])

    def _convolution_bias(self, args: Any, output: torch.Tensor) -> None:
        """Libraries convolve without the bias; the framework adds it in a kernel of its own.

        Depthwise convolutions have a kernel of the framework, which adds it on the way.
        """
        weight, groups = args[1], args[8]
        if groups > 1 and weight.shape[1] == 1:
            return
        source = self.source(output)
        self.emit("elementwise", "convolution_bias", (), [self.size(output)], [self.size(output)])
        flow = self.lines[-1].flow
        flow.reads, flow.writes = [source], [self.made(output)]

    def _convolution_backward(self, args: Any, outputs: list[Any]) -> None:
        grad, x, weight, mask = args[0], args[1], args[2], args[10]
        dims = opdims.convolution(x, weight, grad, args[4], args[6], args[9], bool(args[7]))
        g, n_x, n_w = grad.numel(), x.numel(), weight.numel()
        name, grads = "convolution_backward", (LOW, g)
        source = self.source(grad)

        def flow(*made: torch.Tensor | None) -> None:
            to = self.lines[-1].flow
            to.reads[0] = source
            to.writes = [self.made(t) for t in made if t is not None]

        if mask[0]:
            self.emit("conv_dgrad", name, dims, [grads, (LOW, n_w)], [(LOW, n_x)])
            flow(outputs[0])
        if mask[1]:
            self.emit("conv_wgrad", name, dims, [grads, (LOW, n_x)], [(LOW, n_w)])
            flow(outputs[1 if mask[0] else 0])
        if mask[2]:
            channels = weight.shape[0]
            self.emit("reduction", "bias_gradient", (), [(LOW, g)], [(LOW, channels)])
            flow(outputs[-1])
