"""The list of operations that a model's step executes, symbolic in batch and sequence length.

Every count in the list is a sum of monomials ``coefficient * batch**i * seq**j`` over
``EXPONENTS``; dimensions are single monomials. Element counts
are kept apart by how precision changes them:

* ``low``: elements that autocast (AMP) holds in 16 bit,
* ``full``: floating elements that autocast leaves in 32 bit,
* ``fixed``: *bytes* that no precision setting changes (indices, masks).

So one list serves fp32 (low and full 4 B, casts dropped), amp (2 B and 4 B, casts kept) and pure
16-bit (both 2 B, casts dropped).
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rigwright.spec.tables.table import toml

Array = NDArray[np.float64]
EXPONENTS: tuple[tuple[int, int], ...] = ((0, 0), (1, 0), (1, 1), (1, 2), (0, 1), (0, 2))
"""(batch, sequence) exponents of the six monomials a count may contain."""

_POWERS = np.arange(5.0)  # exponents that dimensions may carry

PHASES = ("forward", "backward", "optimizer")

NEEDED: dict[str, int] = toml(Path(__file__).parent / "tables" / "data" / "kinds.toml")
"""Kind of operation -> how many of its leading dimensions must be at least 1."""
KINDS = tuple(NEEDED)

TRAFFIC = ("read_low", "read_full", "read_fixed", "write_low", "write_full", "write_fixed")
SAVED = ("saved_low", "saved_full", "saved_fixed")
MAX_DIMS = 12


@dataclass(frozen=True, slots=True, eq=False)
class OperationList:
    """One model's operations in execution order (equal neighbours may be merged by ``count``).

    kind, phase : indices into KINDS and PHASES. [n] uint8
    name : index into ``names``, the framework's own operator name, for reports. [n] uint16
    count : how often this line is executed per step. [n] int32
    dims, dim_exponents : [n, 12] coefficients and [n, 12, 2] exponents (batch, seq); unused = 0.
    traffic : [n, 6 (TRAFFIC), 6 (EXPONENTS)] elements (``fixed``: bytes) moved per execution.
    fused : the same after a compiler joined streaming operators into kernels; joined : [n] lines
    that run inside an earlier line's kernel then. None where the list does not tell.
    saved : [n, 3 (SAVED), 6 (EXPONENTS)] newly kept alive for backward by this forward line.
    parameters, trainable : number of weights; buffers : non-trained state elements.
    parameter_tensors : number of trainable tensors (optimizer launches).
    img_size, seq_len : where it was traced (0 = not applicable); task : image, text, ...
    unit : what one batch item is called in throughput: img, seq, tok, item.
    meta : facts that operations do not tell: ``layers``, ``hidden`` ...; ``fixed_seq``: valid at
    ``seq_len`` alone.
    assumptions : what tracing took for granted where a shape depends on values, one line each.
    """

    model: str
    task: str
    unit: str
    names: tuple[str, ...]
    kind: NDArray[np.uint8]
    phase: NDArray[np.uint8]
    name: NDArray[np.uint16]
    count: NDArray[np.int32]
    dims: Array
    dim_exponents: NDArray[np.int8]
    traffic: Array
    saved: Array
    parameters: int
    trainable: int
    buffers: int
    parameter_tensors: int
    img_size: int = 0
    seq_len: int = 0
    meta: dict[str, float] = field(default_factory=dict)
    fused: Array | None = None
    joined: NDArray[np.bool_] | None = None
    assumptions: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """A model of text or of language."""
        return self.task in ("text", "language")

    def unknown(self) -> dict[str, int]:
        """Name -> executions per step of every operation of unknown kind."""
        counts: dict[str, int] = {}
        for row in np.flatnonzero(self.kind == KINDS.index("other")):
            name = self.names[self.name[row]]
            counts[name] = counts.get(name, 0) + int(self.count[row])
        return counts

    def at(self, batch: float, seq: float = 1.0) -> "ConcreteOperations":
        """The numbers for one batch size and sequence length."""
        batch, seq = float(batch), float(seq)
        scale = np.array([batch**i * seq**j for i, j in EXPONENTS])
        of_batch, of_seq = np.power(batch, _POWERS), np.power(seq, _POWERS)
        powers = of_batch[self.dim_exponents[..., 0]] * of_seq[self.dim_exponents[..., 1]]
        return ConcreteOperations(
            source=self, dims=self.dims * powers, traffic=self.traffic @ scale,
            saved=self.saved @ scale, fused=None if self.fused is None else self.fused @ scale,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConcreteOperations:
    """An ``OperationList`` with batch and sequence filled in.

    dims [n, 12], traffic [n, 6], saved [n, 3], fused [n, 6] or None.
    """

    source: OperationList
    dims: Array
    traffic: Array
    saved: Array
    fused: Array | None
