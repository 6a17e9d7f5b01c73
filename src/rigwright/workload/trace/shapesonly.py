"""Lets user code run on shapes alone: on the CPU, eagerly, where it would ask a GPU or values.

GPU devices become the CPU, ``torch.compile`` runs eagerly, autocast is left out (the recorder
follows it on its own), ``.item()`` gives a number that may be logged, checks of values pass, packed
sequences stay padded. What had to be taken for granted is kept in ``assumptions``.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensor
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from rigwright.workload.trace.unknowns import Unknown, UnknownArray, ValueNeededError, decide

_NUMBER = {"item", "__float__", "__int__", "__index__", "__complex__"}
_ARRAY = {"numpy", "__array__"}
_FINITE = {"isnan": False, "isinf": False, "isneginf": False, "isposinf": False, "isfinite": True}
"""Checks for values that training code hopes never to see."""
_KEEPS = {"any", "all", "max", "min", "to", "bool", "detach", "cpu", "logical_or", "logical_and",
          "__or__", "__and__", "squeeze", "view", "reshape"}  # fmt: skip
_ABOVE = {"lt": False, "__lt__": False, "le": False, "__le__": False,
          "gt": True, "__gt__": True, "ge": True, "__ge__": True}  # fmt: skip
FINITE = "values are finite (no NaN, no infinity)"
NOT_DRAWN = "nothing is skipped at random (a draw lies above its rate)"
_NEGATES = {"logical_not", "__invert__", "bitwise_not"}


def _elsewhere(value: Any) -> bool:
    kind = value.type if isinstance(value, torch.device) else value
    return isinstance(kind, str) and kind.split(":")[0] in ("cuda", "hip", "xpu", "mps", "npu")


class ShapesOnly(TorchFunctionMode):  # type: ignore[misc]
    """Answers what shapes alone cannot. assumptions : one line each, in the order made."""

    def __init__(self) -> None:
        super().__init__()
        self.assumptions: list[str] = []
        self.known: Any = WeakIdKeyDictionary()  # tensor of a truth value -> (value, why)
        self.drawn: Any = WeakIdKeyDictionary()  # single random numbers

    def assume(self, text: str) -> None:
        """Note an assumption once."""
        if text not in self.assumptions:
            self.assumptions.append(text)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, kwargs = getattr(func, "__name__", ""), dict(kwargs or {})
        if name == "cuda" and args and isinstance(args[0], Tensor):
            return args[0]
        args = self._on_cpu(name, args, kwargs)
        if name in _NUMBER or name in _ARRAY or name == "__bool__":
            return self._value(func, name, args, kwargs)
        out = func(*args, **kwargs)
        self._remember(name, args, out)
        return out

    # -- devices ---------------------------------------------------------------------------
    @staticmethod
    def _on_cpu(name: str, args: Any, kwargs: dict[str, Any]) -> Any:
        """Arguments with every GPU replaced: by the tensor's own device, or the default one."""
        if _elsewhere(kwargs.get("device")):
            kwargs.pop("device")
        kwargs.pop("pin_memory", None)
        if name == "to" and len(args) > 1 and _elsewhere(args[1]):
            wanted = next((a for a in args[2:] if isinstance(a, torch.dtype)), None)
            return (args[0],) if "dtype" in kwargs else (args[0], wanted or args[0].dtype)
        return args

    # -- values ----------------------------------------------------------------------------
    def _value(self, func: Any, name: str, args: Any, kwargs: dict[str, Any]) -> Any:
        tensor = args[0]
        if not isinstance(tensor, FakeTensor):
            return func(*args, **kwargs)
        if name in ("__bool__", "item") and tensor in self.known:
            value, why = self.known[tensor]
            self.assume(why)
            return value
        try:
            with contextlib.suppress(NotImplementedError):
                if name not in _ARRAY:  # numpy of a fake tensor would be memory that is not there
                    return func(*args, **kwargs)
        except DataDependentOutputException:
            pass
        if name == "__bool__":
            return decide("the value of a tensor decides what runs", self.assume)
        if name in _ARRAY:
            return UnknownArray(tuple(tensor.shape), f".{name}()")
        if name != "item":
            raise ValueNeededError(f"the value of a tensor is read by {name.strip('_')}()")
        return Unknown(not tensor.is_floating_point(), self.assume)

    def _remember(self, name: str, args: Any, out: Any) -> None:
        """Keep the truth values that may be assumed, through what combines them."""
        if not isinstance(out, Tensor):
            return
        if name in ("rand", "uniform_") and out.numel() == 1:
            self.drawn[out] = True
        first = args[0] if args and isinstance(args[0], Tensor) else None
        if out.dtype != torch.bool or (first is None and name not in _FINITE):
            return
        if name in _FINITE:
            self.known[out] = (_FINITE[name], FINITE)
        elif first in self.drawn and name in _ABOVE:
            self.known[out] = (_ABOVE[name], NOT_DRAWN)
        elif first in self.known:
            others = [self.known.get(a) for a in args if isinstance(a, Tensor)]
            if name in _KEEPS and len(set(others)) == 1:
                self.known[out] = self.known[first]
            elif name in _NEGATES:
                value, why = self.known[first]
                self.known[out] = (not value, why)


# -- what no mode can see ------------------------------------------------------------------
class Padded:
    """A padded batch that user code believes to be packed."""

    def __init__(self, data: Tensor, batch_first: bool) -> None:
        self.data, self.batch_first = data, batch_first
        self.sorted_indices = self.unsorted_indices = self.batch_sizes = None


def _pack(original: Any) -> Any:
    def pack(input: Any, lengths: Any, batch_first: bool = False, *args: Any, **more: Any) -> Any:
        if not _active:
            return original(input, lengths, batch_first, *args, **more)
        _active[-1].assume("sequences of a batch are equally long: packed ones stay padded")
        return Padded(input, batch_first)

    return pack


def _pad(original: Any) -> Any:
    def pad(sequence: Any, batch_first: bool = False, *args: Any, **more: Any) -> Any:
        if not isinstance(sequence, Padded):
            return original(sequence, batch_first, *args, **more)
        same = sequence.batch_first == batch_first
        data = sequence.data if same else sequence.data.transpose(0, 1)
        steps, batch = data.shape[1 if batch_first else 0], data.shape[0 if batch_first else 1]
        return data, torch.full((batch,), steps, dtype=torch.long)

    return pad


def _convert(original: Any) -> Any:
    def apply(self: torch.nn.Module, fn: Any, recurse: bool = True) -> torch.nn.Module:
        """``.half()`` and ``.to()`` of a module that runs now: new weights, not changed ones."""
        if not any(isinstance(p, FakeTensor) for p in self.parameters()):
            return original(self, fn, recurse)
        for module in self.modules() if recurse else (self,):
            for name, old in module._parameters.items():
                if old is not None:
                    new = torch.nn.Parameter(fn(old.detach()), requires_grad=old.requires_grad)
                    module._parameters[name] = new
            for name, buffer in module._buffers.items():
                module._buffers[name] = buffer if buffer is None else fn(buffer)
        return self

    return apply


def _nothing() -> Callable[..., None]:
    """A function that does nothing; a new one each time, as torch's compiler tells them apart."""
    return lambda *_, **__: None


_active: list[ShapesOnly] = []


def _patches() -> list[tuple[Any, str, Any]]:
    """(object, attribute, replacement); user files import some of these by name."""
    rnn = torch.nn.utils.rnn
    packing = [
        (rnn, "pack_padded_sequence", _pack(rnn.pack_padded_sequence)),
        (rnn, "pad_packed_sequence", _pad(rnn.pad_packed_sequence)),
    ]
    autocast = torch.amp.autocast_mode.autocast
    quiet = [
        (autocast, "__enter__", lambda self: self),
        (autocast, "__exit__", lambda self, *_: None),
        (torch.nn.Module, "cuda", lambda self, device=None: self),
        (torch.nn.Module, "_apply", _convert(torch.nn.Module._apply)),
        (torch.nn.Module, "compile", _nothing()),
    ]
    quiet += [
        (torch.cuda, name, _nothing())
        for name in ("synchronize", "set_device", "reset_peak_memory_stats", "manual_seed")
    ]
    return packing + quiet


@contextlib.contextmanager
def _eager() -> Iterator[None]:
    """``torch.compile`` does nothing inside this block."""
    stance: Callable[..., Any] | None = getattr(torch.compiler, "set_stance", None)
    before = torch.compile
    torch.compile = lambda model=None, **_: (lambda function: function) if model is None else model
    try:
        with stance("force_eager") if stance else contextlib.nullcontext():
            yield
    finally:
        torch.compile = before


@contextlib.contextmanager
def shapes_only() -> Iterator[ShapesOnly]:
    """Run user code on shapes alone inside this block; gives the mode with its assumptions."""
    mode = ShapesOnly()
    patches = _patches()
    before = [(place, name, getattr(place, name)) for place, name, _ in patches]
    for place, name, value in patches:
        setattr(place, name, value)
    _active.append(mode)
    log = logging.getLogger("torch._subclasses.fake_tensor")
    level = log.level
    log.setLevel(logging.CRITICAL)  # errors are told once, in our own line
    try:
        with _eager(), mode:
            yield mode
    finally:
        log.setLevel(level)
        _active.pop()
        for place, name, value in before:
            setattr(place, name, value)
