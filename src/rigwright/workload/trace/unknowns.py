"""Numbers that a run on shapes alone cannot know: they may be logged and scaled by, not decided by.

``tensor.item()`` gives one. Arithmetic gives another one; a comparison, a truth value or a size
made of one raises ``ValueNeededError``, except where the line is a check that may be assumed to
pass (``userline.guard``).
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from rigwright.workload.operations.names import SCALES
from rigwright.workload.trace import userline

_ARITHMETIC = "add sub mul truediv floordiv mod pow"
_COMPARISONS = "lt le gt ge eq ne"
_STAND_IN = 1
"""Where arithmetic of torch needs some number: any number gives the same shapes."""


BRANCH = (
    "torch.where in place of the branch, an assert where it is only a check, or .item() where a "
    "value is only logged"
)
PLAIN = "a size or an argument in place of a tensor's value; .item() where it is only logged"


class ValueNeededError(Exception):
    """A value of a tensor is needed. ``place`` : the line, or None.  ``advice`` : what to do."""

    def __init__(self, what: str, advice: str = PLAIN) -> None:
        self.place, self.advice = userline.running(), advice
        super().__init__(what)


def decide(what: str, assume: Callable[[str], None]) -> bool:
    """A truth value that cannot be known: the one with which a check passes.

    Raises ValueNeededError where the line is no check.
    """
    place = userline.running()
    passing = userline.guard(place) if place else None
    if passing is None:
        raise ValueNeededError(what, BRANCH)
    assume(f"checks pass: {place}")
    return passing


class Unknown:
    """A number of a tensor. whole : an integer or truth value; assume : notes an assumption."""

    def __init__(self, whole: bool, assume: Callable[[str], None]) -> None:
        self.whole, self.assume = whole, assume

    def __format__(self, spec: str) -> str:
        return "?"

    __repr__ = __str__ = lambda self: "?"

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        return decide("the value of a tensor decides what runs", self.assume)

    def _needed(self, what: str) -> Any:
        raise ValueNeededError(what)

    def __index__(self) -> int:
        return int(self._needed("the value of a tensor is used as a size or position"))

    def __int__(self) -> int:
        return int(self._needed("the value of a tensor is made a whole number"))

    def __float__(self) -> float:
        return float(_STAND_IN)  # finite: math.isnan(loss.item()) and plain logging go on

    def __round__(self, digits: int | None = None) -> "Unknown":
        return Unknown(digits is None, self.assume)

    def __neg__(self) -> "Unknown":
        return self

    __abs__ = __pos__ = __neg__

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """torch arithmetic with an unknown number; nothing else takes one."""
        if getattr(func, "__name__", "").strip("_") not in SCALES:
            raise ValueNeededError("the value of a tensor is used as a size or setting")
        plain = [float(_STAND_IN) if isinstance(a, Unknown) else a for a in args]
        more = {
            k: float(_STAND_IN) if isinstance(v, Unknown) else v for k, v in (kwargs or {}).items()
        }
        return func(*plain, **more)


def _combined(name: str) -> Callable[[Unknown, Any], Any]:
    def combine(self: Unknown, other: Any) -> Any:
        if not isinstance(other, int | float | Unknown):
            return NotImplemented
        whole = self.whole and getattr(other, "whole", isinstance(other, int))
        return Unknown(whole and name != "truediv", self.assume)

    return combine


def _compared(name: str) -> Callable[[Unknown, Any], Any]:
    def compare(self: Unknown, other: Any) -> Any:
        if other is None:
            return name == "ne"
        if not isinstance(other, int | float | Unknown):
            return NotImplemented
        return decide("the value of a tensor decides what runs", self.assume)

    return compare


for _name in _ARITHMETIC.split():
    assert hasattr(operator, _name)
    setattr(Unknown, f"__{_name}__", _combined(_name))
    setattr(Unknown, f"__r{_name}__", _combined(_name))
for _name in _COMPARISONS.split():
    setattr(Unknown, f"__{_name}__", _compared(_name))


class UnknownArray:
    """What ``.numpy()`` gives: may be handed on, not read."""

    def __init__(self, shape: tuple[int, ...], how: str) -> None:
        self.shape, self.how = shape, how

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a number")
        return int(self.shape[0])

    def _read(self, *_: Any) -> Any:
        raise ValueNeededError(f"values are read out of a tensor ({self.how})")

    __iter__: "Callable[[UnknownArray], Iterator[Any]]" = _read
    __getitem__ = __contains__ = __array__ = __bool__ = __add__ = __radd__ = __mul__ = _read

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._read()
