"""What one GPU of a language-model training run computes in one pass, before any chip.

The operations come from the decoder's own list, written for the part of each layer that one
tensor-parallel GPU holds. Lines of the blocks are kept apart from those of the ends (embedding,
output, loss), because pipeline stages hold some blocks each and checkpointing repeats blocks only.
"""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rigwright.predict.memory import base_format, weight_bytes
from rigwright.predict.memory.trainers import habits
from rigwright.predict.objectives import objective_of
from rigwright.spec.operation import EXPONENTS, KINDS, Array, OperationList
from rigwright.spec.run import DECOMPOSED, Run
from rigwright.workload import decoder
from rigwright.workload.decoder.config import DecoderConfig
from rigwright.workload.operations.flop import flop as flop_of

Mask = NDArray[np.bool_]

SIXTEEN_BIT = ("amp", "fp16", "bf16", "fp8", "int8")
NORM_BYTES = 16.0
"""Traffic of a weight's norm in a forward pass of DoRA, in 16 bit: the adapters' product written,
scaled (read, written), added (both read, the sum written), the sum read (peft's lora/dora.py)."""
FUSED = 1 / 3
"""Traffic and kernels left when a compiler merges elementwise chains: RMSNorm is, in eager PyTorch,
6 kernels forward and 14 backward, rotary embedding 5 and 5, SwiGLU 2 and 3; merged, 1 or 2."""
_GEMM, _ATTENTION, _BACK, _CAST = (
    KINDS.index(k) for k in ("gemm", "attention", "attention_backward", "cast")
)
_SCORES = EXPONENTS.index((1, 2))


@dataclass(frozen=True, slots=True)
class Passes:
    """Forward and backward of one micro-batch through all layers, on one tensor-parallel GPU.

    flop, moved : of one execution of each distinct matrix product. [n] FLOP, B
    count : executions of it in (blocks, ends). [n, 2]
    attention : of fused attention. [FLOP]
    stream : bytes of one execution of each other distinct operation.  stream_count : as count.
    kernels : launches of all operations in (blocks, ends). [2]
    """

    flop: Array
    moved: Array
    count: Array
    attention: float
    stream: Array
    stream_count: Array
    kernels: Array


def mixed(run: Run) -> bool:
    """Weights, activations and gradients in 16 bit beside 32-bit masters."""
    return run.precision in SIXTEEN_BIT and habits(run.software).has_masters(run.sharding)


def element_bytes(run: Run) -> tuple[float, float]:
    """Bytes of (low, full) elements of ``spec.operation``."""
    if run.precision not in SIXTEEN_BIT:
        return (8.0, 8.0) if run.precision == "fp64" else (4.0, 4.0)
    autocast = run.precision == "amp" and not mixed(run)
    return (2.0, 4.0) if autocast else (2.0, 2.0)


def with_length(config: DecoderConfig, run: Run) -> Run:
    """The run with its sequence length filled in: what the model takes, at most 2048 tokens."""
    length = min(config.max_positions, decoder.TYPICAL_LENGTH)
    return run if run.seq_len else replace(run, seq_len=length)


def compiled(run: Run) -> bool:
    """A compiler, or hand-written fused kernels, merge elementwise chains."""
    return run.software.fused_kernels or run.compile not in ("", "eager", "none")


@functools.lru_cache(maxsize=256)
def shard_operations(config: DecoderConfig, run: Run, tensor: int, batch: int) -> OperationList:
    """Operations of one tensor-parallel GPU's part; kept, as many chips ask the same."""
    fused = run.software.fused_attention and not run.software.masked_softmax
    part = config.shared(tensor)
    length = with_length(config, run).seq_len
    return decoder.operations(part, "train", batch=batch, seq_len=length, fused_attention=fused)


@functools.lru_cache(maxsize=256)
def passes(config: DecoderConfig, run: Run, tensor: int, batch: int) -> Passes:
    """What one GPU does with a micro-batch of ``batch`` sequences."""
    ops = shard_operations(config, run, tensor, batch)
    seq = float(with_length(config, run).seq_len or 1)
    at, (low, full) = ops.at(batch, seq), element_bytes(run)
    keep = (ops.phase < 2) & ((ops.kind != _CAST) | (full > low))
    if run.software.masked_softmax:
        names = np.array(ops.names)[ops.name]
        keep &= ~(np.isin(names, ("div", "add")) & (ops.traffic[:, :, _SCORES].sum(axis=1) > 0))
    if run.method != "full":
        # What only makes gradients of weights: what it writes does not grow with the batch.
        fixed = ops.traffic[:, 3:, 1:].sum(axis=(1, 2)) == 0
        keep &= ~((ops.phase == 1) & fixed)
    kind, phase, work = ops.kind[keep], ops.phase[keep], flop_of(at)[keep]
    moved = at.traffic[keep] @ np.array([low, full, 1.0, low, full, 1.0])
    inside = in_blocks(config, ops)[keep]
    readings = objective_of(run).readings
    forward = readings + (2.0 if run.grad_checkpointing else 1.0)
    again = np.where(inside, forward, readings + 1.0)
    times = ops.count[keep] * np.where(phase == 0, again, 1.0)
    where = np.stack([np.where(inside, times, 0.0), np.where(inside, 0.0, times)], axis=1)
    gemm, attention = kind == _GEMM, (kind == _ATTENTION) | (kind == _BACK)
    rest = ~gemm & ~attention
    products = np.column_stack([work[gemm], moved[gemm]])
    product, count = _merged(products, where[gemm])
    flop = work[attention] @ where[attention]
    added, times_added = _beside(config, run, tensor, batch * seq, forward)
    merged = FUSED if compiled(run) else 1.0
    stream, stream_count = _merged(
        np.concatenate([moved[rest], added])[:, None],
        np.concatenate([merged * where[rest], times_added]),
    )
    return Passes(
        flop=product[:, 0], moved=product[:, 1], count=count, attention=float(flop.sum()),
        stream=stream[:, 0], stream_count=stream_count,
        kernels=where[~rest].sum(axis=0) + stream_count.sum(axis=0),
    )  # fmt: skip


def in_blocks(config: DecoderConfig, ops: OperationList) -> Mask:
    """Lines of the repeated layers; all lines where there is one layer only."""
    return np.asarray((ops.count > 1) | (config.layers == 1))


def _beside(
    config: DecoderConfig, run: Run, tensor: int, tokens: float, forward: float
) -> tuple[Array, Array]:
    """([n] bytes, [n, 2] times) of streams that the method adds to the blocks."""
    rows = []
    if run.method != "full":
        merged = FUSED if compiled(run) else 1.0
        rows = [
            (size, merged * times) for size, times in _adapters(config, tensor, tokens, forward)
        ]
    if run.method in DECOMPOSED:
        inside = config.block_parameters + config.expert_parameters
        rows.append((NORM_BYTES * inside / config.layers / tensor, forward * config.layers))
    if base := base_format(run):
        weights, projections = _unpacked(config, tensor, base)
        rows.append((weights, (forward + 1.0) * projections))
    table = np.array(rows).reshape(-1, 2)
    return table[:, 0], np.stack([table[:, 1], 0.0 * table[:, 1]], axis=1)


def _merged(rows: Array, times: Array) -> tuple[Array, Array]:
    """Distinct rows and how often each is executed."""
    unique, inverse = np.unique(rows, axis=0, return_inverse=True)
    count = np.zeros((len(unique), 2))
    np.add.at(count, inverse.ravel(), times)
    return unique, count


def _adapters(
    config: DecoderConfig, tensor: int, tokens: float, forward: float
) -> list[tuple[float, float]]:
    """(bytes, times) of what adapters stream beside the projections of all layers.

    Per projection of i inputs and o outputs, forward: read i, write o, scale o, add o (5 kernels);
    backward: read o twice, write and add i (7). Their products are too thin to count beside that.
    """
    each = 2.0 * tokens / tensor
    rows = []
    for (_, i, o, _), layers in decoder.adapted(config):
        rows.append((each * (i + 6 * o) / 5, 5 * forward * layers))
        rows.append((each * (5 * i + 2 * o) / 7, 7.0 * layers))
    return rows


def _unpacked(config: DecoderConfig, tensor: int, base: str) -> tuple[float, float]:
    """(bytes of unpacking one projection's weights from ``base``, projections), on average."""
    inside = config.block_parameters + config.expert_parameters
    projections = float(sum(n for _, n in decoder.adapted(config)))
    return inside / projections * (2.0 + weight_bytes(base)) / tensor, projections
