"""What a GPU holds for the whole step: weights, gradients, optimizer state, and who shares them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rigwright.predict.kernel.work import ELEMENT_BYTES
from rigwright.predict.memory.blocks import K, segments
from rigwright.predict.memory.formats import (
    base_format,
    element_bytes,
    format_called,
    optimizer_of,
    state_bytes,
    weight_bytes,
)
from rigwright.predict.memory.trainers import Trainer
from rigwright.predict.objectives import objective_of
from rigwright.spec.operation import OperationList
from rigwright.spec.run import DECOMPOSED, WIDE, Run

GATHERED_LAYERS = 2
"""Layers that fully sharded weights have in one piece: the one that runs and the next."""
ADAPTER_SHARE = 0.005
"""Trainable share of a LoRA run when the model does not state it (rank 16 on all projections)."""
NORM_MATRICES = 3
"""Matrices at the norm of a DoRA weight: adapters' product, scaled, the sum (peft's dora.py)."""
TRAINING = ("train", "forward_backward")
_STAGE = {"none": 0, "zero1": 1, "zero2": 2, "zero3": 3}
_PRODUCTS = tuple(K[k] for k in ("gemm", "conv", "rnn"))


@dataclass(frozen=True, slots=True)
class Split:
    """How many GPUs share a weight (tensor times pipeline parallel), and how many repeat it.

    shared : bytes of activations that are gathered from tensor-parallel neighbours for use.
    """

    parts: int = 1
    data: int = 1
    shared: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """Bytes on one GPU.

    gathered : what is in one piece only while it is used: sharded weights with their gradients,
    packed weights unpacked, activations that tensor-parallel GPUs share.
    copies : 16-bit copies that autocast keeps of 32-bit weights until the forward pass ends.
    recast : of them, what backward passes have at a time: under checkpointing nothing holds a
    block's copies when autocast ends, and it makes them again.  scratch : while stepping.
    streams : buffers of the streams that gather weights and reduce gradients (PyTorch's FSDP).
    """

    weights: float
    gradients: float = 0.0
    optimizer: float = 0.0
    gathered: float = 0.0
    copies: float = 0.0
    recast: float = 0.0
    scratch: float = 0.0
    streams: float = 0.0


class _Sizes(NamedTuple):
    """Weights by what happens to them, and their bytes each."""

    frozen: float
    frozen_bytes: float
    ends: float
    ends_bytes: float
    trained: float
    weight_bytes: float
    gradient_bytes: float
    master_bytes: float


def masters(run: Run, trainer: Trainer) -> bool:
    """16-bit training beside 32-bit weights: what sharded trainers do."""
    if run.method != "full" or run.precision in ("fp64", "fp32", "tf32"):
        return False
    return trainer.has_masters(run.sharding)


def _sizes(ops: OperationList, run: Run, trainer: Trainer) -> _Sizes:
    low, full = element_bytes(run.precision)
    ends = ops.meta.get("embedding_parameters", 0.0)
    inside = ops.parameters - ends
    if run.method == "full":
        kept = masters(run, trainer)
        master = 4.0 if kept else 0.0
        return _Sizes(0, 0, 0, 0, float(ops.trainable), full, full, master)
    trained = ops.meta.get("adapter_parameters", ADAPTER_SHARE * ops.parameters)
    each, at_ends = full, full
    if base := base_format(run):
        packed = weight_bytes(base) * (trainer.packed if base == "nf4" else 1.0)
        wide = 0.0 if trainer.packs_experts else ops.meta.get("expert_parameters", 0.0) / inside
        each = packed * (1.0 - wide) + max(low, 2.0) * wide
        at_ends = 4.0 if trainer.wide_ends else max(low, 2.0)
    learned = max(trainer.adapter_bytes, full)
    return _Sizes(inside, each, ends, at_ends, trained, learned, learned, 0.0)


def serving_state(ops: OperationList, run: Run) -> State:
    """Nothing is trained: weights alone. Of a pipeline the denoiser's alone are packed."""
    each, part = element_bytes(run.precision)[1], ops.meta.get("packed_parameters", 0.0)
    if not part and run.precision not in ELEMENT_BYTES and format_called(run.precision).blocks:
        return State(ops.parameters * weight_bytes(run.precision))
    own = each if run.precision in WIDE else weight_bytes(run.precision)
    return State((ops.parameters + ops.buffers - part) * each + part * own)


def state(ops: OperationList, run: Run, trainer: Trainer, split: Split) -> State:
    """What one GPU holds. Raises InputError for an unknown optimizer.

    Weights are sharded as ZeRO does (arXiv:1910.02054 section 5).
    """
    if run.mode not in TRAINING:
        return serving_state(ops, run)
    s = _sizes(ops, run, trainer)
    part = 1.0 / split.parts
    stage = _STAGE[run.sharding] if split.data > 1 else 0
    share = [1.0 / split.data if stage >= n else 1.0 for n in (1, 2, 3)]
    stepped = s.master_bytes or s.weight_bytes
    steps = run.mode == "train"
    each = s.master_bytes + state_bytes(run.optimizer, stepped) if steps else s.master_bytes
    weights = s.frozen * s.frozen_bytes + s.ends * s.ends_bytes + s.trained * s.weight_bytes
    if run.method == "full":  # beside adapters a reference is the model without them
        weights *= 1 + objective_of(run).references
    weights += ops.buffers * element_bytes(run.precision)[1]
    temporary = optimizer_of(run.optimizer).temporary
    scratch = 0.0 if trainer.fused_optimizer else temporary * stepped
    gathered = _gathered(ops, s, weights, run, trainer) * part if stage == 3 or run.offload else 0.0
    matrices = NORM_MATRICES * (run.method in DECOMPOSED) + (1 if base_format(run) else 0)
    gathered += split.shared + matrices * _unpacked(ops, run) * part
    gradients = s.trained * s.gradient_bytes * part * share[1]
    if run.software.optimizer_in_backward:  # what a unit makes is used before the next makes more
        gradients = min(gradients, _largest_unit(ops) * s.gradient_bytes * part)
    if run.offload:  # what a unit makes leaves for the host at once: it counts as gathered
        gradients = 0.0
    return State(
        weights=0.0 if run.offload else weights * part * share[2],
        gradients=gradients,
        optimizer=0.0 if run.offload else s.trained * each * part * share[0],
        gathered=gathered,
        # Autocast itself keeps copies of trained weights alone.
        copies=_copies(ops, run, recast=run.grad_checkpointing and run.method != "full") * part,
        recast=_copies(ops, run, recast=run.grad_checkpointing) * part,
        scratch=0.0 if run.offload or not steps else s.trained * scratch * part * share[0],
        streams=_streams(ops, s, run) * part if stage == 3 else 0.0,
    )


def _largest_unit(ops: OperationList) -> float:
    """Weights of the larger of one block and one of the ends (token table, output layer)."""
    ends = ops.meta.get("embedding_parameters", 0.0)
    return max((ops.parameters - ends) / _layers(ops), _largest_end(ops))


def _layers(ops: OperationList) -> float:
    """Blocks that follow each other; of a traced list as they are found."""
    return ops.meta.get("layers") or sum(p.times for p in segments(ops) if p.block) or 1.0


def _largest_end(ops: OperationList) -> float:
    return ops.meta.get("largest_end", 0.0)


def _gathered(ops: OperationList, s: _Sizes, weights: float, run: Run, trainer: Trainer) -> float:
    """Layers in use and the output layer in one piece, and gradients before they are reduced. [B]

    Beside masters, gradients are reduced in 32 bit (PyTorch's and DeepSpeed's setting).
    """
    low, full = element_bytes(run.precision)
    each = weights / max(ops.parameters, 1) if base_format(run) else full
    if run.method != "full" and run.software.keeps_gathered:
        return ops.parameters * each
    ends = ops.meta.get("embedding_parameters", 0.0)
    block = (ops.parameters - ends) / _layers(ops)
    used = min(GATHERED_LAYERS * block, ops.parameters - ends) * each
    used += _largest_end(ops) * max(each, low)
    if run.method != "full":
        return used
    return used + _largest_unit(ops) * (s.gradient_bytes + (4.0 if s.master_bytes else 0.0))


def _streams(ops: OperationList, s: _Sizes, run: Run) -> float:
    """The flat buffer that the next unit is gathered in, and the last block's gradients while they
    are reduced. [B]"""
    block = (ops.parameters - ops.meta.get("embedding_parameters", 0.0)) / ops.meta["layers"]
    reduced = block * (4.0 if s.master_bytes else s.gradient_bytes) if run.method == "full" else 0.0
    return _largest_unit(ops) * element_bytes(run.precision)[0] + reduced


def _unpacked(ops: OperationList, run: Run) -> float:
    """The largest matrix of a block, as its product reads it. [B]"""
    rows = (ops.phase == 0) & (ops.kind == K["gemm"]) & (ops.count > 1)
    largest = float(ops.traffic[rows, 0, 0].max(initial=0.0))
    return largest * element_bytes(run.precision)[0]


def _copies(ops: OperationList, run: Run, *, recast: bool = False) -> float:
    """16-bit copies of the weights in products, which autocast keeps for the backward pass. [B]

    Packed weights are unpacked for each product, into the format it computes in, and not kept.
    """
    low, full = element_bytes(run.precision)
    if low == full:
        return 0.0
    if base_format(run):
        return low * float(ops.meta.get("adapter_parameters", ADAPTER_SHARE * ops.parameters))
    rows = np.flatnonzero(ops.phase == 0)
    read = ops.traffic[rows, :2, 0].sum(axis=1) * ops.count[rows]
    read *= np.isin(ops.kind[rows], _PRODUCTS)
    if not recast:
        return float(min(read.sum(), ops.parameters)) * low
    parts = [(part.block, float(read[part.start : part.end].sum()), part.times)
             for part in segments(ops)]  # fmt: skip
    outside = sum(size for block, size, _ in parts if not block)
    one = max((size / times for block, size, times in parts if block), default=0.0)
    return min(outside + one, float(ops.parameters)) * low
