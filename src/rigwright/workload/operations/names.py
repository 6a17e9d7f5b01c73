"""Which kind of operation each ATen operator is, and what autograd and CUDA autocast do with it.

The lists are in ``data/operators.toml``.
"""

from pathlib import Path
from typing import Any

from rigwright.spec.tables.table import toml

_LISTS: dict[str, Any] = toml(Path(__file__).parents[1] / "data" / "operators.toml")


def _words(name: str) -> frozenset[str]:
    return frozenset(_LISTS[name].split())


VIEWS = _words("views")
"""No kernel: metadata only, or memory that is written by a later operator."""
AUTOCAST_LOW = _words("autocast_low")
AUTOCAST_FULL = _words("autocast_full")
CONVERT_INSIDE = _words("convert_inside")
"""Of these, autocast asks for a 32-bit result: the kernel converts what it reads on the way
("CUDA Ops that can autocast to float32": operators with a ``dtype`` argument)."""
KEEPS_RESULT = _words("keeps_result")
"""Operators whose gradient uses what they returned (PyTorch's derivatives.yaml: ``result``)."""
KEEPS_STATISTICS = _words("keeps_statistics")
"""Operators whose gradient uses their further results, not the first."""
STREAMING = _words("streaming")
"""Kinds that compilers generate code for; all others call a library."""
SCALES = _words("scales")
"""Arithmetic that a number which nobody knows may take part in: any gives the same shapes."""
WHOLE = _words("whole")
"""Operators of our own, for what the CPU would take apart."""
KIND: dict[str, str] = {
    name: kind for kind, names in _LISTS["kinds"].items() for name in names.split()
}


def kind_of(name: str) -> str:
    """Kind of an ATen operator; an in-place variant is its out-of-place one; else `other`."""
    return KIND.get(name) or KIND.get(name.rstrip("_"), "other")
