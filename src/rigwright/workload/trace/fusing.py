"""What a compiler leaves of the recorded operators: which tensors still go through memory.

The rules are those of schedulers such as TorchInductor: streaming operators that feed each other
become one kernel; a tensor lives in memory only when something outside its kernel reads it; a
matrix product, convolution, attention, pooling or gather of unknown order ends a kernel, and so
does a reduction for those who need its finished result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rigwright.workload.operations.names import STREAMING


@dataclass(slots=True)
class Flow:
    """Where one line's tensors come from and go to.

    reads : per tensor read, (line that made it or -1, identity of the tensor's part).
    writes : per tensor written, its identity.
    """

    kind: str
    phase: int
    reads: list[tuple[int, Any]] = field(default_factory=list)
    writes: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Kept:
    """What a compiled step still moves for one line. joined : runs inside an earlier kernel."""

    reads: list[bool]
    writes: list[bool]
    joined: bool


def _levels(flows: Sequence[Flow]) -> list[int]:
    """How many finished results each line must wait for."""
    level: list[int] = []
    for flow in flows:
        need = 0
        for maker, _ in flow.reads:
            if maker < 0 or flows[maker].phase != flow.phase:
                continue
            source = flows[maker]
            waits = source.kind not in STREAMING or source.kind == "reduction"
            need = max(need, level[maker] + (waits or flow.kind not in STREAMING))
        level.append(need)
    return level


def _kernels(flows: Sequence[Flow]) -> list[int]:
    """Number of each line's kernel: streaming lines of one level that feed each other share it."""
    level = _levels(flows)
    kernel = list(range(len(flows)))

    def root(i: int) -> int:
        while kernel[i] != i:
            kernel[i] = kernel[kernel[i]]
            i = kernel[i]
        return i

    for i, flow in enumerate(flows):
        if flow.kind not in STREAMING:
            continue
        for maker, _ in flow.reads:
            if maker < 0 or flows[maker].kind not in STREAMING:
                continue
            if flows[maker].phase == flow.phase and level[maker] == level[i]:
                a, b = sorted((root(i), root(maker)))
                kernel[b] = a
    return [root(i) for i in range(len(flows))]


def compiled(flows: Sequence[Flow]) -> list[Kept]:
    """What remains of each line. Results that only backward wants are computed there again."""
    kernel = _kernels(flows)
    outside: set[tuple[int, Any]] = set()  # (line, tensor) read by another kernel of its phase
    later: set[tuple[int, Any]] = set()  # read at all
    for i, flow in enumerate(flows):
        for maker, part in flow.reads:
            if maker < 0:
                continue
            whole = part[0]
            later.add((maker, whole))
            if flows[maker].phase == flow.phase and kernel[maker] != kernel[i]:
                outside.add((maker, whole))
    seen: set[tuple[int, Any]] = set()
    begun: set[int] = set()
    kept = []
    for i, flow in enumerate(flows):
        if flow.kind not in STREAMING:
            kept.append(Kept([True] * len(flow.reads), [True] * len(flow.writes), False))
            continue
        reads = []
        for maker, part in flow.reads:
            inside = maker >= 0 and kernel[maker] == kernel[i]
            reads.append(not inside and (kernel[i], part) not in seen)
            seen.add((kernel[i], part))
        writes = [(i, w) in outside or (i, w) not in later for w in flow.writes]
        kept.append(Kept(reads, writes, kernel[i] in begun))
        begun.add(kernel[i])
    return kept
