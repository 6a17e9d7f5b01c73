"""Small operation lists written by hand, so that prediction is tested without the zoo."""

from __future__ import annotations

import numpy as np

from rigwright.spec.operation import KINDS, OperationList

Line = tuple[str, str, int, tuple[float, ...], tuple[int, ...], float, float]
"""kind, name, phase, dims (coefficients), which dims grow with batch, elements read, written
(both per batch item, 16-bit under autocast)."""


def ops_of(lines: list[Line], *, parameters: int = 1_000_000) -> OperationList:
    n = len(lines)
    names = sorted({line[1] for line in lines})
    dims, exponents = np.zeros((n, 12)), np.zeros((n, 12, 2), np.int8)
    traffic = np.zeros((n, 6, 6))
    for i, (_, _, _, d, grows, read, write) in enumerate(lines):
        dims[i, : len(d)] = d
        exponents[i, list(grows), 0] = 1
        traffic[i, 0, 1], traffic[i, 3, 1] = read, write
    return OperationList(
        model="toy", task="image", unit="img", names=tuple(names),
        kind=np.array([KINDS.index(line[0]) for line in lines], np.uint8),
        phase=np.array([line[2] for line in lines], np.uint8),
        name=np.array([names.index(line[1]) for line in lines], np.uint16),
        count=np.ones(n, np.int32), dims=dims, dim_exponents=exponents, traffic=traffic,
        saved=np.zeros((n, 3, 6)), parameters=parameters, trainable=parameters, buffers=0,
        parameter_tensors=10, img_size=224,
    )  # fmt: skip


def conv(phase: int = 0, kind: str = "conv") -> Line:
    """3x3, 64 -> 64 channels, 56 x 56 pixels."""
    dims = (1, 64, 56, 56, 64, 3, 3, 1, 1, 56, 56, 1)
    size = 64.0 * 56 * 56
    return (kind, "convolution", phase, dims, (0,), size, size)


def gemm(m: float = 196, n: float = 1024, k: float = 1024, phase: int = 0) -> Line:
    return ("gemm", "addmm", phase, (1, m, n, k), (1,), m * k, m * n)


def stream(kind: str = "elementwise", name: str = "relu", phase: int = 0) -> Line:
    size = 64.0 * 56 * 56
    return (kind, name, phase, (), (), size, size)


def small_cnn() -> OperationList:
    """Convolution, batch norm, relu, classifier; forward, backward, optimizer."""
    return ops_of(
        [
            conv(), stream("norm", "native_batch_norm"), stream(), gemm(),
            gemm(phase=1), stream(name="threshold_backward", phase=1),
            stream("norm_backward", "native_batch_norm_backward", phase=1),
            conv(1, "conv_dgrad"), conv(1, "conv_wgrad"),
            ("optimizer", "sgd", 2, (), (), 0.0, 0.0),
        ]
    )  # fmt: skip
