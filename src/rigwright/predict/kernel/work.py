"""Chip-independent work of a step: matrix dimensions, bytes and launches of each operation."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from rigwright.spec.operation import KINDS, Array

CLASSES = (
    "gemm", "conv", "conv_dgrad", "conv_wgrad", "depthwise", "depthwise_dgrad", "depthwise_wgrad",
    "attention", "attention_backward", "recurrent", "norm", "norm_backward", "batch_norm",
    "batch_norm_backward", "softmax", "elementwise", "reduction", "pool", "pool_backward", "gather",
    "scatter", "copy", "cast", "optimizer", "other",
)  # fmt: skip
CLASS = {name: i for i, name in enumerate(CLASSES)}
ARITHMETIC = CLASS["recurrent"] + 1  # classes below this do matrix arithmetic
SAME = {  # kinds that take time like another class
    "softmax_backward": "softmax",
    "fill": "elementwise",
    "rnn": "recurrent",
    "rnn_backward": "recurrent",
}
SHARES = {  # class -> the word a prediction reports
    "gemm": "matrix multiply", "conv": "convolution", "conv_dgrad": "convolution",
    "conv_wgrad": "convolution", "depthwise": "convolution", "depthwise_dgrad": "convolution",
    "depthwise_wgrad": "convolution", "attention": "attention", "attention_backward": "attention",
    "softmax": "attention", "recurrent": "recurrent", "norm": "normalisation",
    "batch_norm": "normalisation", "batch_norm_backward": "normalisation",
    "norm_backward": "normalisation", "optimizer": "optimizer",
}  # fmt: skip
ELEMENT_BYTES = {  # precision -> bytes of (low, full) elements
    "fp64": (8.0, 8.0), "fp32": (4.0, 4.0), "tf32": (4.0, 4.0), "amp": (2.0, 4.0),
    "fp16": (2.0, 2.0), "bf16": (2.0, 2.0), "fp8": (2.0, 2.0), "int8": (2.0, 2.0),
}  # fmt: skip
KIND_CLASS = np.array([CLASS[SAME.get(k, k)] for k in KINDS])


@dataclass(frozen=True, slots=True)
class Work:
    """One row per distinct operation of a step.

    cls : index into CLASSES.  count : executions per step.
    b, m, n, k : matrix multiply that the operation is (convolutions as implicit GEMM).
    m, n : of softmax and norms by row: rows, columns.
    flop : arithmetic of one execution, without padding.
    read, write : bytes of one execution.  saved : bytes kept for backward.
    window : filter area of a convolution (else 0).  stride1 : 3x3 stride-1 ungrouped convolution
    (Winograd applies).  groups, channels : of a convolution (else 1, 0).
    backward : runs in the backward phase.
    kernels : GPU launches of one execution.  dispatches : host calls of one execution.
    """

    cls: NDArray[np.intp]
    count: Array
    b: Array
    m: Array
    n: Array
    k: Array
    flop: Array
    read: Array
    write: Array
    saved: Array
    window: Array
    stride1: Array
    groups: Array
    channels: Array
    backward: Array
    kernels: Array
    dispatches: Array

    def __len__(self) -> int:
        return len(self.cls)

    def where(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> "Work":
        """Chosen rows."""
        return Work(**{f.name: getattr(self, f.name)[keep] for f in fields(Work)})

    def merged(self) -> "Work":
        """Equal rows once, counts added."""
        columns = [getattr(self, f.name) for f in fields(Work) if f.name != "count"]
        order = np.lexsort(columns)  # equal rows are neighbours
        new = np.ones(len(self), dtype=np.bool_)
        new[1:] = False
        for column in columns:
            placed = column[order]
            new[1:] |= placed[1:] != placed[:-1]
        count = np.add.reduceat(self.count[order], np.flatnonzero(new))
        return replace(self.where(order[new]), count=count)


def concatenate(parts: list[Work]) -> Work:
    """Rows of all parts, in order."""
    return Work(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Work)}
    )
