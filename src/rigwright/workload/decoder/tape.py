"""Writing operation lists by hand: symbolic tensor sizes, a tape of lines, forward and backward.

Kernels that frameworks always run one after another are rows of ``data/kernels.csv``.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rigwright.spec.operation import EXPONENTS, KINDS, MAX_DIMS, OperationList
from rigwright.spec.tables.table import table

LOW, FULL, FIXED = 0, 1, 2
WEIGHTS, SEQUENCES, TOKENS, SCORES, LENGTH = (0, 0), (1, 0), (1, 1), (1, 2), (0, 1)
"""Exponents of (batch, sequence length)."""
Power = tuple[int, int]


class Size(NamedTuple):
    """Elements (class FIXED: bytes) of a tensor: amount * batch**i * seq**j."""

    cls: int
    amount: float
    power: Power


class Dim(NamedTuple):
    """A dimension: amount * batch**i * seq**j."""

    amount: float
    power: Power = WEIGHTS


class Line(NamedTuple):
    """One execution of an operator."""

    kind: str
    name: str
    reads: tuple[Size, ...]
    writes: tuple[Size, ...]
    saved: tuple[Size, ...] = ()
    dims: tuple[Dim, ...] = ()


def low(amount: float, power: Power = TOKENS) -> Size:
    """A tensor that autocast holds in 16 bit."""
    return Size(LOW, amount, power)


def full(amount: float, power: Power = TOKENS) -> Size:
    """A tensor that autocast leaves in 32 bit."""
    return Size(FULL, amount, power)


def single(amount: float, power: Power = TOKENS) -> Size:
    """A tensor that models compute in float32 whatever the precision (4 B each)."""
    return Size(FIXED, 4.0 * amount, power)


def pointwise(name: str, reads: Iterable[Size], write: Size, saved: Iterable[Size] = ()) -> Line:
    """One elementwise kernel."""
    return Line("elementwise", name, tuple(reads), (write,), tuple(saved))


def reduction(name: str, read: Size, write: Size) -> Line:
    """One reduction kernel."""
    return Line("reduction", name, (read,), (write,))


def cast(read: Size, cls: int, saved: Iterable[Size] = ()) -> Line:
    """A conversion that only autocast makes; saved: the copy, where backward needs this one too."""
    write = Size(cls, read.amount, read.power)
    return Line("cast", "cast", (read,), (write,), tuple(saved))


@dataclass(frozen=True, slots=True)
class Kernel:
    """One kernel of a part of a model.

    only : word with which alone it runs.  step : forward or backward, in the order they run.
    reads, writes, saved : names of the part's tensors.  dims : name of its dimensions.
    """

    part: str
    only: str
    step: str
    kind: str
    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    saved: tuple[str, ...]
    dims: str


@functools.cache
def _kernels() -> dict[str, list[Kernel]]:
    found: dict[str, list[Kernel]] = {}
    for row in table(Kernel, Path(__file__).parents[1] / "data" / "kernels.csv"):
        found.setdefault(row.part, []).append(row)
    return found


@dataclass(slots=True)
class Tape:
    """Lines of one part of a model: ``forward`` in order, ``backward`` in the order it runs.

    tensors : weight tensors met.  count : how often the part is executed per step.
    """

    count: int = 1
    forward: list[Line] = field(default_factory=list)
    backward: list[Line] = field(default_factory=list)
    tensors: int = 0

    def add(self, forward: Sequence[Line], backward: Sequence[Line] = ()) -> None:
        """Append an operator; its gradients run before those of everything earlier."""
        self.forward.extend(forward)
        self.backward[:0] = backward

    def play(
        self, part: str, /, *words: str, dims: Mapping[str, tuple[Dim, ...]] | None = None,
        called: str = "", **sizes: Size,
    ) -> None:  # fmt: skip
        """Append a part as the table has it.

        words : of kernels that run only with them.  dims, sizes : by the names of the table.
        called : stands for the star in names of kernels.
        """
        steps: dict[str, list[Line]] = {"forward": [], "backward": []}
        for k in _kernels()[part]:
            if not k.only or k.only in words:
                reads, writes, saved = (
                    tuple([sizes[name] for name in names]) for names in (k.reads, k.writes, k.saved)
                )
                at = dims[k.dims] if dims and k.dims else ()
                name = k.name.replace("*", called)
                steps[k.step].append(Line(k.kind, name, reads, writes, saved, at))
        self.add(**steps)


def saved_share(parts: Sequence[Tape], inside: Sequence[Tape], batch: float, seq: float) -> float:
    """Share of what is kept for backward (in 16 bit) that ``inside`` keeps."""

    def kept(tapes: Sequence[Tape]) -> float:
        return sum(
            tape.count * s.amount * (1 if s.cls == FIXED else 2)
            * batch ** s.power[0] * seq ** s.power[1]
            for tape in tapes
            for line in tape.forward
            if line.kind != "cast"
            for s in line.saved
        )  # fmt: skip

    total = kept(parts)
    return kept(inside) / total if total else 1.0


def operation_list(
    parts: Sequence[Tape], *, model: str, parameters: int, seq_len: int, meta: dict[str, float]
) -> OperationList:
    """All forward lines, backward lines of the parts in reverse, and the optimizer."""
    rows = [(line, 0, part.count) for part in parts for line in part.forward]
    rows += [(line, 1, part.count) for part in reversed(parts) for line in part.backward]
    update = Line(
        "optimizer", "optimizer_step",
        (full(3.0 * parameters, WEIGHTS),), (full(2.0 * parameters, WEIGHTS),),
    )  # fmt: skip  # weight, gradient, momentum
    rows.append((update, 2, 1))
    names = sorted({line.name for line, _, _ in rows})
    n = len(rows)
    dims, exponents = np.zeros((n, MAX_DIMS)), np.zeros((n, MAX_DIMS, 2), np.int8)
    traffic, saved = np.zeros((n, 6, len(EXPONENTS))), np.zeros((n, 3, len(EXPONENTS)))
    for row, (line, _, _) in enumerate(rows):
        for d, dim in enumerate(line.dims):
            dims[row, d], exponents[row, d] = dim.amount, dim.power
        for held, offset, sizes in (
            (traffic, 0, line.reads), (traffic, 3, line.writes), (saved, 0, line.saved),
        ):  # fmt: skip
            for s in sizes:
                held[row, offset + s.cls, EXPONENTS.index(s.power)] += s.amount
    return OperationList(
        model=model, task="text", unit="tok", names=tuple(names),
        kind=np.array([KINDS.index(line.kind) for line, _, _ in rows], np.uint8),
        phase=np.array([phase for _, phase, _ in rows], np.uint8),
        name=np.array([names.index(line.name) for line, _, _ in rows], np.uint16),
        count=np.array([count for _, _, count in rows], np.int32),
        dims=dims, dim_exponents=exponents, traffic=traffic, saved=saved,
        parameters=parameters, trainable=parameters, buffers=0,
        parameter_tensors=sum(part.tensors * part.count for part in parts),
        seq_len=seq_len, meta=meta,
    )  # fmt: skip
